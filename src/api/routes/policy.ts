// How a hook wants to be delivered to: an addition to GitHub's API, under the hook. The same
// routes serve whoever has hooks.
import type { FastifyInstance } from 'fastify'
import { type PolicyBody, policyJson, readPolicyChange } from '../../github/policy.ts'
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

export function policyRoutes(app: FastifyInstance, context: ApiContext): void {
  for (const family of HOOK_FAMILIES) policyRoute(app, context, family)
}

type One = { Params: HookParams }

function policyRoute(app: FastifyInstance, context: ApiContext, family: HookFamily): void {
  const { kind, hookPath } = family
  const { store } = context
  const url = `${hookPath}/policy`

  app.get<One>(
    url,
    { onRequest: needsHooks(context, family, 'read'), schema: { params: HOOK_PARAMS } },
    async request => {
      const { owner } = sceneOf(request, kind)
      return policyJson(await getHook(store.read, store, owner, request.params.hook_id))
    },
  )

  app.patch<One & { Body: PolicyBody }>(
    url,
    {
      onRequest: needsHooks(context, family, 'write'),
      schema: { params: HOOK_PARAMS, body: POLICY_CHANGE },
    },
    async request => {
      const { body, params } = request
      const read = readPolicyChange.bind(null, body)
      return policyJson(await changeHook(context, sceneOf(request, kind), params.hook_id, read))
    },
  )
}

// Ranges, and which words there are, are judged in github/policy.ts, all in one answer.
const POLICY_CHANGE = {
  type: 'object',
  additionalProperties: false,
  properties: {
    timeout_seconds: { type: ['integer', 'null'] },
    retry: { type: ['string', 'array', 'null'], items: { type: 'integer' } },
    concurrency: { type: ['integer', 'null'] },
    rate_limit: {
      type: ['object', 'null'],
      additionalProperties: false,
      required: ['deliveries', 'per_seconds'],
      properties: { deliveries: { type: 'integer' }, per_seconds: { type: 'integer' } },
    },
    order: { type: ['string', 'null'] },
    standard_webhooks: { type: ['boolean', 'null'] },
  },
} as const
