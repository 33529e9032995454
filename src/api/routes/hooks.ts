// Webhooks: list, create, get, change, delete, their configuration by itself, and the two ways to
// send something by hand. The same routes serve whoever has hooks.
import type { FastifyInstance } from 'fastify'
import { bareConfigJson, hookJson, hookUrl, lastResponseOf } from '../../github/hook.ts'
import {
  type ConfigBody,
  type HookBody,
  isForwarderBody,
  readConfigChange,
  readHookChange,
} from '../../github/hook-body.ts'
import type { Hook } from '../../hook.ts'
import { lastAttemptsOf } from '../../store/attempts.ts'
import { countHooks, listHooks } from '../../store/hooks.ts'
import type { ApiContext } from '../context.ts'
import { invalidRequest } from '../faults.ts'
import { forwarderJson, makeForwarder } from '../forwarder-change.ts'
import { changeHook, makeHook, pingHook, removeHook, sendLatestPush } from '../hook-change.ts'
import {
  getHook,
  HOOK_FAMILIES,
  HOOK_PARAMS,
  type HookFamily,
  type HookParams,
  type HookRequestScene,
  operation,
  sceneOf,
  targetOf,
} from '../hook-family.ts'
import { linkPages, readPage } from '../paging.ts'

export function hookRoutes(app: FastifyInstance, context: ApiContext): void {
  // Of all that is below a hook, in whichever file.
  app.decorateRequest('ownIntegration', null)
  for (const family of HOOK_FAMILIES) {
    // An App's hook comes and goes with the App.
    if (family.kind !== 'app') collectionRoutes(app, context, family)
    hookRoute(app, context, family)
    configRoutes(app, context, family)
    sendingRoutes(app, context, family)
  }
}

type Create = { Body: HookBody }
type One = { Params: HookParams }
type Change = One & { Body: HookBody }
type ChangeConfig = One & { Body: ConfigBody }

function collectionRoutes(app: FastifyInstance, context: ApiContext, family: HookFamily): void {
  const { kind, path } = family
  const { store } = context

  app.get(path, operation(context, family, 'list', 'read'), async (request, reply) => {
    const scene = sceneOf(request, kind)
    const target = targetOf(scene.owner)
    const page = readPage(request.query)
    linkPages(request, reply, page, await countHooks(store.read, target))
    return present(context, scene, await listHooks(store.read, store.vault, target, page))
  })

  const body = kind === 'repository' ? NEW_HOOK : NEW_NAMED_HOOK
  app.post<Create>(path, operation(context, family, 'create', 'write', { body }), async (request, reply) => {
    const scene = sceneOf(request, kind)
    const isForwarder = isForwarderBody(request.body, kind)
    const hook = isForwarder
      ? await makeForwarder(context, request, scene)
      : await makeHook(context, scene, request.body)
    reply.code(201).header('location', hookUrl(hook.id, scene.place, scene.links))
    const json = await presentOne(context, scene, hook)
    return isForwarder ? { ...json, ...forwarderJson(hook, scene.links) } : json
  })
}

function hookRoute(app: FastifyInstance, context: ApiContext, family: HookFamily): void {
  const { kind, hookPath } = family
  const { store } = context

  app.get<One>(
    hookPath,
    operation(context, family, 'get', 'read', { params: HOOK_PARAMS }),
    // GitHub sends Last-Modified here. We do not: `last_response` changes without `updated_at`, so it would
    // be wrong. The ETag covers everything.
    async request => {
      const scene = sceneOf(request, kind)
      const hook = await getHook(store.read, store, scene.owner, request.params.hook_id)
      return presentOne(context, scene, hook)
    },
  )

  app.patch<Change>(
    hookPath,
    operation(context, family, 'update', 'write', { params: HOOK_PARAMS, body: HOOK_CHANGE }),
    async request => {
      const { body, params } = request
      if (kind !== 'repository') refuseKeys(body, ['add_events', 'remove_events'])
      const scene = sceneOf(request, kind)
      const hook = await changeHook(context, scene, params.hook_id, (before, ownEvents) =>
        readHookChange(body, before, ownEvents),
      )
      return presentOne(context, scene, hook)
    },
  )

  if (kind === 'app') return
  app.delete<One>(
    hookPath,
    operation(context, family, 'delete', 'delete', { params: HOOK_PARAMS }),
    async (request, reply) => {
      await removeHook(context, sceneOf(request, kind), request.params.hook_id)
      return reply.code(204).send()
    },
  )
}

function configRoutes(app: FastifyInstance, context: ApiContext, family: HookFamily): void {
  const { kind, hookPath } = family
  const { store } = context
  const url = `${hookPath}/config`

  app.get<One>(
    url,
    operation(context, family, 'get-config', 'read', { params: HOOK_PARAMS }),
    async request => {
      const { owner } = sceneOf(request, kind)
      const { config } = await getHook(store.read, store, owner, request.params.hook_id)
      return bareConfigJson(config)
    },
  )

  app.patch<ChangeConfig>(
    url,
    operation(context, family, 'update-config', 'write', { params: HOOK_PARAMS, body: CONFIG_CHANGE }),
    async request => {
      const { body, params } = request
      const hook = await changeHook(context, sceneOf(request, kind), params.hook_id, before => {
        const config = readConfigChange(body, before.config, before.forwarder !== null)
        // GitHub's API has no way to activate an App's hook: its first URL does.
        const isFirst = before.config.url === '' && config.url !== ''
        return isFirst ? { config, active: true } : { config }
      })
      return bareConfigJson(hook.config)
    },
  )
}

function sendingRoutes(app: FastifyInstance, context: ApiContext, family: HookFamily): void {
  const { kind, hookPath } = family
  app.post<One>(
    `${hookPath}/pings`,
    operation(context, family, 'ping', 'read', { params: HOOK_PARAMS }),
    async (request, reply) => {
      await pingHook(context, sceneOf(request, kind), request.params.hook_id)
      return reply.code(204).send()
    },
  )

  if (kind !== 'repository') return
  // `test_url` has the singular, GitHub's former name of it.
  for (const name of ['tests', 'test']) {
    app.post<One>(
      `${hookPath}/${name}`,
      operation(context, family, 'test', 'read', { params: HOOK_PARAMS }),
      async (request, reply) => {
        await sendLatestPush(context, sceneOf(request, kind), request.params.hook_id)
        return reply.code(204).send()
      },
    )
  }
}

async function present(
  { store }: ApiContext,
  { owner, links, place }: HookRequestScene,
  hooks: readonly Hook[],
) {
  const ids = hooks.map(({ id }) => id)
  // Only a repository's hook shows its `last_response`.
  const latest = owner.kind === 'repository' ? await lastAttemptsOf(store.read, ids) : undefined
  return hooks.map(hook => hookJson(hook, place, lastResponseOf(latest?.get(hook.id) ?? null), links))
}

async function presentOne(context: ApiContext, scene: HookRequestScene, hook: Hook) {
  const [json] = await present(context, scene, [hook])
  return json
}

/** Keys that GitHub has for repositories alone are refused: ignored, they would seem to have worked. */
function refuseKeys(body: object, keys: readonly string[]): void {
  const faults = keys.filter(key => Object.hasOwn(body, key)).map(key => `"${key}" is not a permitted key.`)
  if (faults.length > 0) throw invalidRequest(...faults)
}

// More than there are events, few enough to look at.
const EVENTS = { type: 'array', maxItems: 200, items: { type: 'string' } } as const

// Values, and unknown keys, are judged in github/hook-body.ts.
const CONFIG_PROPERTIES = {
  url: { type: 'string' },
  content_type: { type: 'string' },
  secret: { type: 'string' },
  insecure_ssl: { type: ['string', 'number'] },
} as const

const CONFIG = { type: 'object', properties: CONFIG_PROPERTIES } as const

// GitHub's description allows `username` and `password` for organizations alone. They are dropped.
const ORGANIZATION_CONFIG = {
  type: 'object',
  properties: { ...CONFIG_PROPERTIES, username: { type: 'string' }, password: { type: 'string' } },
} as const

const NEW_HOOK_PROPERTIES = {
  name: { type: 'string' },
  config: CONFIG,
  events: EVENTS,
  active: { type: 'boolean' },
} as const

const NEW_HOOK_OF_FORWARDER = { ...NEW_HOOK_PROPERTIES, forwarder: { type: 'string' } } as const

const NEW_HOOK = { type: 'object', additionalProperties: false, properties: NEW_HOOK_OF_FORWARDER } as const

const NEW_NAMED_HOOK = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'config'],
  properties: { ...NEW_HOOK_OF_FORWARDER, config: ORGANIZATION_CONFIG },
} as const

// Unknown keys are allowed: clients send back the whole hook that they were given.
const HOOK_CHANGE = {
  type: 'object',
  properties: { ...NEW_HOOK_PROPERTIES, add_events: EVENTS, remove_events: EVENTS },
} as const

const CONFIG_CHANGE = { type: 'object', additionalProperties: false, properties: CONFIG_PROPERTIES } as const
