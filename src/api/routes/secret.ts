// A hook's secret: whether there is one, and its rotation. An addition to GitHub's API, under the
// hook. The same routes serve repositories and organizations.
import type { FastifyInstance } from 'fastify'
import { type RotationBody, readRotation, secretJson } from '../../github/rotation.ts'
import type { ApiContext } from '../context.ts'
import { changeHook } from '../hook-change.ts'
import {
  getHook,
  HOOK_FAMILIES,
  HOOK_PARAMS,
  type HookFamily,
  type HookParams,
  needsHooks,
  sceneOf,
} from '../hook-family.ts'

export function secretRoutes(app: FastifyInstance, context: ApiContext): void {
  for (const family of HOOK_FAMILIES) secretRoute(app, context, family)
}

type One = { Params: HookParams }

function secretRoute(app: FastifyInstance, context: ApiContext, family: HookFamily): void {
  const { kind, hookPath } = family
  const { clock, store } = context
  const url = `${hookPath}/secret`

  app.get<One>(
    url,
    { onRequest: needsHooks(context, family, 'read'), schema: { params: HOOK_PARAMS } },
    async request => {
      const { owner } = sceneOf(request, kind)
      return secretJson(await getHook(store.read, store, owner, request.params.hook_id), clock.nowMs())
    },
  )

  app.post<One & { Body: RotationBody }>(
    `${url}/rotations`,
    { onRequest: needsHooks(context, family, 'write'), schema: { params: HOOK_PARAMS, body: ROTATION } },
    async (request, reply) => {
      const { body, params } = request
      const nowMs = clock.nowMs()
      const hook = await changeHook(context, sceneOf(request, kind), params.hook_id, before =>
        readRotation(body, before, nowMs),
      )
      reply.code(201)
      return secretJson(hook, nowMs)
    },
  )
}

const ROTATION = {
  type: 'object',
  additionalProperties: false,
  required: ['secret'],
  properties: { secret: { type: 'string' }, overlap_seconds: { type: 'integer' } },
} as const
