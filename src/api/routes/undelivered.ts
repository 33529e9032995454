// What a hook did not get: what waits, is held, was given up, or was skipped; and letting go of all that
// is held. GitHub drops such events, and so has no such list.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../../errors.ts'
import { queuedJson, skippedJson } from '../../github/delivery-state.ts'
import type { OpenBreaker } from '../../standing.ts'
import { type ListedDelivery, listQueued, type QueueState } from '../../store/delivery-list.ts'
import { countQueued, findOpenBreaker } from '../../store/health.ts'
import { bringAllForward } from '../../store/redeliveries.ts'
import { type ListedSkip, listSkips } from '../../store/skips.ts'
import type { Db } from '../../store/store.ts'
import type { ApiContext } from '../context.ts'
import { invalidRequest, shown } from '../faults.ts'
import {
  getHook,
  HOOK_FAMILIES,
  HOOK_PARAMS,
  type HookFamily,
  type HookParams,
  needsHooks,
  sceneOf,
} from '../hook-family.ts'
import { urlOf } from '../links.ts'
import { readPage } from '../paging.ts'

/** Counts in answers go no further. */
export const COUNT_MAX = 10_000

// Each is a commit of its own, so that deliveries go on meanwhile.
const RELEASED_PER_COMMIT = 1000
const RELEASE_COMMITS_MAX = 1000

const STATES = ['pending', 'held', 'exhausted', 'skipped'] as const

type State = (typeof STATES)[number]

type List = { Params: HookParams; Querystring: { readonly state: State; readonly cursor?: string } }
type One = { Params: HookParams }

const LIST_QUERY = {
  type: 'object',
  required: ['state'],
  properties: { state: { type: 'string', enum: STATES }, cursor: { type: 'string' } },
} as const

export function undeliveredRoutes(app: FastifyInstance, context: ApiContext): void {
  for (const family of HOOK_FAMILIES) {
    listRoute(app, context, family)
    releaseRoute(app, context, family)
  }
}

function listRoute(app: FastifyInstance, context: ApiContext, family: HookFamily): void {
  const { kind, hookPath } = family
  const { store } = context
  app.get<List>(
    `${hookPath}/undelivered`,
    {
      onRequest: needsHooks(context, family, 'read'),
      schema: { params: HOOK_PARAMS, querystring: LIST_QUERY },
    },
    async (request, reply) => {
      const { state, cursor } = request.query
      const after = readCursor(cursor)
      const { id } = await getHook(store.read, store, sceneOf(request, kind).owner, request.params.hook_id)
      const breaker = await findOpenBreaker(store.read, id)
      const limit = readPage(request.query).perPage
      // One more than asked: whether there is a next page.
      const entries = await listEntries(store.read, id, sourcesOf(state, breaker), after, limit + 1)
      const last = entries[limit - 1]
      if (last && entries.length > limit) linkNext(request, reply, last)
      return entries.slice(0, limit).map(entry => entryJson(entry, breaker))
    },
  )
}

function releaseRoute(app: FastifyInstance, context: ApiContext, family: HookFamily): void {
  const { kind, hookPath } = family
  const { store, engine, clock } = context
  app.post<One>(
    `${hookPath}/releases`,
    { onRequest: needsHooks(context, family, 'write'), schema: { params: HOOK_PARAMS } },
    async (request, reply) => {
      const { owner, sender } = sceneOf(request, kind)
      const hook = await getHook(store.read, store, owner, request.params.hook_id)
      if (!hook.active) {
        throw new AppError(
          'conflict',
          'The hook is inactive. Activate it, which releases what is held for it: {"active": true}.',
        )
      }
      const breaker = await findOpenBreaker(store.read, hook.id)
      const held = await countQueued(store.read, hook.id, 'held', { limit: COUNT_MAX })
      const behindBreaker = breaker
        ? await countQueued(store.read, hook.id, 'pending', { limit: COUNT_MAX })
        : 0
      if (held > 0) (await store.write(tx => engine.release(tx, hook.id)))()
      if (breaker) {
        await bringForwardInBatches(context, hook.id, clock.nowMs())
        engine.closeBreaker(hook, `Released by ${sender.login}.`)
      }
      reply.code(202)
      return { released: Math.min(COUNT_MAX, held + behindBreaker), limit: COUNT_MAX }
    },
  )
}

/** What waits for its retry behind a breaker that is about to be closed. */
async function bringForwardInBatches({ store }: ApiContext, hookId: number, nowMs: number): Promise<void> {
  for (let commits = 0; commits < RELEASE_COMMITS_MAX; commits++) {
    const count = await store.write(tx => bringAllForward(tx, hookId, nowMs, RELEASED_PER_COMMIT))
    if (count < RELEASED_PER_COMMIT) return
  }
}

type Source = QueueState | 'skipped'

/** Where the list goes on: behind this one. */
type Place = { readonly source: Source; readonly dueAtMs: number; readonly id: number }

type Entry = Place & { readonly item: ListedDelivery | ListedSkip }

// What is pending behind an open breaker is held, although its row says otherwise.
function sourcesOf(state: State, breaker: OpenBreaker | null): readonly Source[] {
  if (!breaker) return [state]
  if (state === 'held') return ['held', 'pending']
  return state === 'pending' ? [] : [state]
}

async function listEntries(
  db: Db,
  hookId: number,
  sources: readonly Source[],
  after: Place | undefined,
  limit: number,
): Promise<Entry[]> {
  const entries: Entry[] = []
  const from = after ? sources.indexOf(after.source) : 0
  // A breaker that closed meanwhile has taken its source with it.
  if (from < 0) return entries
  for (const source of sources.slice(from)) {
    const place = source === after?.source ? after : undefined
    entries.push(...(await listSource(db, hookId, source, place, limit - entries.length)))
    if (entries.length >= limit) break
  }
  return entries
}

async function listSource(
  db: Db,
  hookId: number,
  source: Source,
  after: Place | undefined,
  limit: number,
): Promise<Entry[]> {
  if (source === 'skipped') {
    const skips = await listSkips(db, hookId, { after: after?.id, limit })
    return skips.map(item => ({ source, dueAtMs: 0, id: item.event.id, item }))
  }
  const queued = await listQueued(db, hookId, source, { after, limit })
  return queued.map(item => ({ source, dueAtMs: item.delivery.dueAt.getTime(), id: item.delivery.id, item }))
}

function entryJson({ item }: Entry, breaker: OpenBreaker | null) {
  return 'skip' in item ? skippedJson(item) : queuedJson(item, breaker)
}

// Opaque to clients, as GitHub's are: the source's first letter, and the place in it.
const LETTERS: Readonly<Record<string, Source>> = {
  p: 'pending',
  h: 'held',
  e: 'exhausted',
  s: 'skipped',
}

function readCursor(cursor: string | undefined): Place | undefined {
  if (cursor === undefined || cursor === '') return undefined
  const [, letter = '', dueAtMs, id] = /^v1_([phes])(\d{1,16})_(\d{1,16})$/.exec(cursor) ?? []
  const source = LETTERS[letter]
  if (source) return { source, dueAtMs: Number(dueAtMs), id: Number(id) }
  throw invalidRequest(`For 'properties/cursor', ${shown(cursor)} is not a cursor.`)
}

function linkNext(request: FastifyRequest, reply: FastifyReply, { source, dueAtMs, id }: Place): void {
  const query = new URL(request.url, 'http://localhost').searchParams
  query.set('cursor', `v1_${source.charAt(0)}${dueAtMs}_${id}`)
  reply.header('link', `<${urlOf(request)}?${query}>; rel="next"`)
}
