// Webhooks: list, create, get, change, delete, their configuration by itself, and the two ways to
// send something by hand. The same routes serve repositories and organizations.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { AppError, type ErrorItem, validationFailed } from '../../errors.ts'
import type { EventDraft } from '../../event.ts'
import { hookConfigJson, hookJson, hookUrl, lastResponseOf } from '../../github/hook.ts'
import {
  type ConfigBody,
  type HookBody,
  type HookDraft,
  readConfigChange,
  readHookChange,
  readNewHook,
} from '../../github/hook-body.ts'
import { type HookOwner, metaDeletedPayload, pingPayload } from '../../github/payload/ping.ts'
import { zen } from '../../github/zen.ts'
import { type Hook, subscribes } from '../../hook.ts'
import { lastAttemptsOf } from '../../store/attempts.ts'
import { findLatestPush } from '../../store/events.ts'
import {
  countHooks,
  createHook,
  deleteHook,
  listHooks,
  listSubscriptions,
  updateHook,
} from '../../store/hooks.ts'
import type { Tx } from '../../store/store.ts'
import { requireCaller } from '../auth.ts'
import type { ApiContext } from '../context.ts'
import {
  getHook,
  HOOK_FAMILIES,
  HOOK_PARAMS,
  type HookFamily,
  type HookParams,
  needsHooks,
  originOf,
  ownerOf,
  placeOf,
  targetOf,
} from '../hook-family.ts'
import { addressFaults, neighbourFaults } from '../hook-rules.ts'
import { linksOf } from '../links.ts'
import { linkPages, readPage } from '../paging.ts'

export function hookRoutes(app: FastifyInstance, context: ApiContext): void {
  for (const family of HOOK_FAMILIES) {
    collectionRoutes(app, context, family)
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
  const { kind, path, docs, noun, one } = family
  const { store } = context

  app.get(
    path,
    { onRequest: needsHooks(context, family, 'read'), config: { docs: `${docs}#list-${noun}-webhooks` } },
    async (request, reply) => {
      const owner = ownerOf(request, kind)
      const page = readPage(request.query)
      linkPages(request, reply, page, await countHooks(store.read, targetOf(owner)))
      return present(context, request, owner, await listHooks(store.read, store.vault, targetOf(owner), page))
    },
  )

  app.post<Create>(
    path,
    {
      onRequest: needsHooks(context, family, 'write'),
      schema: { body: NEW_HOOK[kind] },
      config: { docs: `${docs}#create-${one}-webhook` },
    },
    async (request, reply) => {
      const owner = ownerOf(request, kind)
      const hook = await create(context, request, owner, request.body)
      const [json] = await present(context, request, owner, [hook])
      reply.code(201).header('location', hookUrl(hook.id, placeOf(owner), linksOf(request)))
      return json
    },
  )
}

function hookRoute(app: FastifyInstance, context: ApiContext, family: HookFamily): void {
  const { kind, path, docs, one } = family
  const url = `${path}/:hook_id`

  app.get<One>(
    url,
    {
      onRequest: needsHooks(context, family, 'read'),
      schema: { params: HOOK_PARAMS },
      config: { docs: `${docs}#get-${one}-webhook` },
    },
    async (request, reply) => {
      const owner = ownerOf(request, kind)
      const hook = await getHook(context.store.read, context.store, owner, request.params.hook_id)
      const [json] = await present(context, request, owner, [hook])
      reply.header('last-modified', hook.updatedAt.toUTCString())
      return json
    },
  )

  app.patch<Change>(
    url,
    {
      onRequest: needsHooks(context, family, 'write'),
      schema: { params: HOOK_PARAMS, body: HOOK_CHANGE },
      config: { docs: `${docs}#update-${one}-webhook` },
    },
    async request => {
      const { body, params } = request
      if (kind === 'organization') refuseKeys(body, ['add_events', 'remove_events'])
      const owner = ownerOf(request, kind)
      const hook = await change(context, owner, params.hook_id, current => readHookChange(body, current))
      const [json] = await present(context, request, owner, [hook])
      return json
    },
  )

  app.delete<One>(
    url,
    {
      onRequest: needsHooks(context, family, 'delete'),
      schema: { params: HOOK_PARAMS },
      config: { docs: `${docs}#delete-${one}-webhook` },
    },
    async (request, reply) => {
      await remove(context, request, ownerOf(request, kind), request.params.hook_id)
      return reply.code(204).send()
    },
  )
}

function configRoutes(app: FastifyInstance, context: ApiContext, family: HookFamily): void {
  const { kind, path, docs, one } = family
  const url = `${path}/:hook_id/config`

  app.get<One>(
    url,
    {
      onRequest: needsHooks(context, family, 'read'),
      schema: { params: HOOK_PARAMS },
      config: { docs: `${docs}#get-a-webhook-configuration-for-${one}` },
    },
    async request => {
      const owner = ownerOf(request, kind)
      const { config } = await getHook(context.store.read, context.store, owner, request.params.hook_id)
      return hookConfigJson(config)
    },
  )

  app.patch<ChangeConfig>(
    url,
    {
      onRequest: needsHooks(context, family, 'write'),
      schema: { params: HOOK_PARAMS, body: CONFIG_CHANGE },
      config: { docs: `${docs}#update-a-webhook-configuration-for-${one}` },
    },
    async request => {
      const { body, params } = request
      const hook = await change(context, ownerOf(request, kind), params.hook_id, current => ({
        ...current,
        config: readConfigChange(body, current.config),
      }))
      return hookConfigJson(hook.config)
    },
  )
}

function sendingRoutes(app: FastifyInstance, context: ApiContext, family: HookFamily): void {
  const { kind, path, docs, one } = family
  const { clock, engine, store } = context

  app.post<One>(
    `${path}/:hook_id/pings`,
    {
      onRequest: needsHooks(context, family, 'read'),
      schema: { params: HOOK_PARAMS },
      config: { docs: `${docs}#ping-${one}-webhook` },
    },
    async (request, reply) => {
      const owner = ownerOf(request, kind)
      const hook = await getHook(store.read, store, owner, request.params.hook_id)
      await engine.publish([pingDraft(request, owner, hook, zen(clock.random()))])
      return reply.code(204).send()
    },
  )

  if (kind === 'organization') return
  // `test_url` has the singular, GitHub's former name of it.
  for (const name of ['tests', 'test']) {
    app.post<One>(
      `${path}/:hook_id/${name}`,
      {
        onRequest: needsHooks(context, family, 'read'),
        schema: { params: HOOK_PARAMS },
        config: { docs: `${docs}#test-the-push-repository-webhook` },
      },
      async (request, reply) => {
        await sendLatestPush(context, request, ownerOf(request, kind), request.params.hook_id)
        return reply.code(204).send()
      },
    )
  }
}

async function present(
  { store }: ApiContext,
  request: FastifyRequest,
  owner: HookOwner,
  hooks: readonly Hook[],
) {
  const ids = hooks.map(({ id }) => id)
  // An organization's hook shows no `last_response`.
  const latest = owner.kind === 'repository' ? await lastAttemptsOf(store.read, ids) : undefined
  return hooks.map(hook =>
    hookJson(hook, placeOf(owner), lastResponseOf(latest?.get(hook.id) ?? null), linksOf(request)),
  )
}

async function create(
  { clock, engine, guard, store }: ApiContext,
  request: FastifyRequest,
  owner: HookOwner,
  body: HookBody,
): Promise<Hook> {
  const target = targetOf(owner)
  const hook = await engine.commit(async (tx, tell) => {
    const draft = attempted(() => readNewHook(body, target.kind))
    // A duplicate is told together with what is wrong with the rest, as far as it can be read.
    const wanted = draft.ok
      ? { url: draft.value.config.url, events: draft.value.events }
      : { url: body.config?.url, events: body.events ?? [] }
    const faults = [
      ...(draft.ok ? addressFaults(draft.value.config.url, guard) : draft.faults),
      ...neighbourFaults(wanted, await listSubscriptions(tx, target), target.kind),
    ]
    if (!draft.ok || faults.length > 0) throw validationFailed(...faults)

    const now = new Date(clock.nowMs())
    const { accountId } = originOf(owner)
    const made = { ...draft.value, accountId, target, createdAt: now, updatedAt: now }
    const hook = await createHook(tx, store.vault, made)
    tell(pingDraft(request, owner, hook, zen(clock.random())))
    return hook
  })
  engine.hooksChanged(target)
  return hook
}

/** `read` makes of the hook what it is to be, or throws. */
async function change(
  { clock, engine, guard, store }: ApiContext,
  owner: HookOwner,
  id: number,
  read: (hook: Hook) => HookDraft,
): Promise<Hook> {
  const { before, after } = await store.write(async tx => {
    const before = await getHook(tx, store, owner, id)
    const draft = read(before)
    const after = { ...before, ...draft, updatedAt: new Date(clock.nowMs()) }
    const faults = [
      ...(draft.config === before.config ? [] : addressFaults(draft.config.url, guard)),
      ...(await faultsAmongOthers(tx, after)),
    ]
    if (faults.length > 0) throw validationFailed(...faults)
    await updateHook(tx, store.vault, after)
    return { before, after }
  })
  engine.hooksChanged(after.target)
  if (after.active && !before.active) await engine.release(id)
  return after
}

async function faultsAmongOthers(tx: Tx, hook: Hook): Promise<readonly ErrorItem[]> {
  const others = (await listSubscriptions(tx, hook.target)).filter(({ id }) => id !== hook.id)
  return neighbourFaults({ url: hook.config.url, events: hook.events }, others, hook.target.kind)
}

async function remove(
  { clock, engine, store }: ApiContext,
  request: FastifyRequest,
  owner: HookOwner,
  id: number,
): Promise<void> {
  await engine.commit(async (tx, tell) => {
    const hook = await getHook(tx, store, owner, id)
    await deleteHook(tx, id, new Date(clock.nowMs()))
    if (hook.active && subscribes(hook, 'meta')) tell(metaDraft(request, owner, hook))
  })
  engine.hooksChanged(targetOf(owner))
}

/** Nothing when the hook did not ask for pushes, and when there was none yet. */
async function sendLatestPush(
  { engine, store }: ApiContext,
  request: FastifyRequest,
  owner: HookOwner,
  id: number,
): Promise<void> {
  const hook = await getHook(store.read, store, owner, id)
  if (!hook.active || !subscribes(hook, 'push')) return
  const payload = await findLatestPush(store.read, targetOf(owner).id)
  if (payload) await engine.publish([draftOf(request, owner, hook, 'push', null, payload)])
}

function pingDraft(request: FastifyRequest, owner: HookOwner, hook: Hook, sentence: string): EventDraft {
  const sender = requireCaller(request).user
  const payload = pingPayload({ hook, owner, sender, zen: sentence }, linksOf(request))
  return draftOf(request, owner, hook, 'ping', null, Buffer.from(JSON.stringify(payload)))
}

function metaDraft(request: FastifyRequest, owner: HookOwner, hook: Hook): EventDraft {
  const sender = requireCaller(request).user
  const payload = metaDeletedPayload({ hook, owner, sender }, linksOf(request))
  return draftOf(request, owner, hook, 'meta', payload.action, Buffer.from(JSON.stringify(payload)))
}

function draftOf(
  request: FastifyRequest,
  owner: HookOwner,
  hook: Hook,
  name: string,
  action: string | null,
  payload: Uint8Array,
): EventDraft {
  const senderId = requireCaller(request).user.id
  return { ...originOf(owner), name, action, payload, senderId, onlyHookId: hook.id }
}

type Attempted<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly faults: readonly ErrorItem[] }

function attempted<T>(read: () => T): Attempted<T> {
  try {
    return { ok: true, value: read() }
  } catch (error) {
    if (error instanceof AppError && error.code === 'validation_failed')
      return { ok: false, faults: error.items }
    throw error
  }
}

/** What GitHub knows elsewhere and not here is refused: ignored, it would seem to have worked. */
function refuseKeys(body: object, keys: readonly string[]): void {
  const faults = keys.filter(key => Object.hasOwn(body, key)).map(key => `"${key}" is not a permitted key.`)
  if (faults.length > 0) throw new AppError('invalid_request', 'Invalid request.', { faults })
}

// More than there are events, few enough to look at.
const EVENTS = { type: 'array', maxItems: 200, items: { type: 'string' } } as const

// The sense of these, and keys that are none, are judged in github/hook-body.ts.
const CONFIG_PROPERTIES = {
  url: { type: 'string' },
  content_type: { type: 'string' },
  secret: { type: 'string' },
  insecure_ssl: { type: ['string', 'number'] },
} as const

const CONFIG = { type: 'object', properties: CONFIG_PROPERTIES } as const

const NEW_HOOK_PROPERTIES = {
  name: { type: 'string' },
  config: CONFIG,
  events: EVENTS,
  active: { type: 'boolean' },
} as const

const NEW_HOOK = {
  repository: { type: 'object', additionalProperties: false, properties: NEW_HOOK_PROPERTIES },
  organization: {
    type: 'object',
    additionalProperties: false,
    required: ['name', 'config'],
    properties: NEW_HOOK_PROPERTIES,
  },
} as const

// Clients send back the whole hook that they were given, so more keys are let pass here.
const HOOK_CHANGE = {
  type: 'object',
  properties: { ...NEW_HOOK_PROPERTIES, add_events: EVENTS, remove_events: EVENTS },
} as const

const CONFIG_CHANGE = { type: 'object', additionalProperties: false, properties: CONFIG_PROPERTIES } as const
