// A hook's delivery log. GitHub calls every attempt a delivery, and so do these paths: each try of
// the retry schedule is a row of its own.
import type { FastifyInstance } from 'fastify'
import type { Attempt } from '../../delivery.ts'
import { notFound } from '../../errors.ts'
import { deliveryItemJson, deliveryJson } from '../../github/delivery.ts'
import { withInstallation } from '../../github/payload/installed.ts'
import type { HookOwner } from '../../github/payload/ping.ts'
import {
  type AttemptFilter,
  type AttemptQuery,
  findAttempt,
  findAttemptBelow,
  listAttempts,
  listLaterAttemptIds,
  type StatusFilter,
} from '../../store/attempts.ts'
import { findPayload } from '../../store/queue.ts'
import type { Db } from '../../store/store.ts'
import type { ApiContext } from '../context.ts'
import { invalidRequest, shown } from '../faults.ts'
import { parseTime } from '../fields.ts'
import {
  getHook,
  HOOK_FAMILIES,
  HOOK_PARAMS,
  type HookFamily,
  type HookParams,
  operation,
  sceneOf,
} from '../hook-family.ts'
import { cursorLinks, readPage } from '../paging.ts'

export function deliveryRoutes(app: FastifyInstance, context: ApiContext): void {
  for (const family of HOOK_FAMILIES) {
    listRoute(app, context, family)
    deliveryRoute(app, context, family)
    redeliverRoute(app, context, family)
  }
}

type List = {
  Params: HookParams
  Querystring: {
    readonly cursor?: string
    readonly status?: StatusFilter
    readonly event?: string
    readonly since?: string
    readonly until?: string
  }
}
type One = { Params: HookParams }

const LIST_QUERY = {
  type: 'object',
  properties: {
    cursor: { type: 'string' },
    status: { type: 'string', enum: ['success', 'failure'] },
    // Not GitHub's.
    event: { type: 'string' },
    since: { type: 'string' },
    until: { type: 'string' },
  },
} as const

// Events have no index of their own. A page looks at no more attempts than this, some 50 ms of reading, and
// its `next` goes on from there: such a page may be short, or empty.
const WALKED_MAX = 20_000

function listRoute(app: FastifyInstance, context: ApiContext, family: HookFamily): void {
  const { kind, hookPath } = family
  const { store } = context
  app.get<List>(
    `${hookPath}/deliveries`,
    operation(context, family, 'list-deliveries', 'read', { params: HOOK_PARAMS, querystring: LIST_QUERY }),
    async (request, reply) => {
      const { cursor } = request.query
      const filter = readFilter(request.query)
      const fromId = readCursor(cursor)
      const { id } = await getHook(store.read, store, sceneOf(request, kind).owner, request.params.hook_id)

      const limit = readPage(request.query).perPage
      // One more than asked: the first of the next page, if there is one.
      const endId = await findWalkEnd(store.read, id, fromId, filter)
      const aboveId = endId ?? undefined
      const attempts = await listAttempts(store.read, id, { ...filter, fromId, aboveId, limit: limit + 1 })
      const next = attempts[limit]?.id ?? endId
      const prev = await previousPage(store.read, id, fromId, { ...filter, limit })
      const link = cursorLinks(request, { next, prev })
      if (link !== undefined) reply.header('link', link)
      return attempts.slice(0, limit).map(deliveryItemJson)
    },
  )
}

function deliveryRoute(app: FastifyInstance, context: ApiContext, family: HookFamily): void {
  const { kind, hookPath } = family
  const { store } = context
  app.get<One>(
    `${hookPath}/deliveries/:delivery_id`,
    operation(context, family, 'get-delivery', 'read', { params: HOOK_PARAMS }),
    async request => {
      const { owner } = sceneOf(request, kind)
      const attempt = await getAttempt(context, owner, request.params)
      const payload = await findPayload(store.read, attempt.eventId)
      return deliveryJson(attempt, payload && withInstallation(payload, attempt))
    },
  )
}

function redeliverRoute(app: FastifyInstance, context: ApiContext, family: HookFamily): void {
  const { kind, hookPath } = family
  app.post<One>(
    `${hookPath}/deliveries/:delivery_id/attempts`,
    operation(context, family, 'redeliver', 'write', { params: HOOK_PARAMS }),
    async (request, reply) => {
      const { owner } = sceneOf(request, kind)
      await context.engine.redeliver(await getAttempt(context, owner, request.params))
      reply.code(202)
      return {}
    },
  )
}

async function getAttempt({ store }: ApiContext, owner: HookOwner, params: HookParams): Promise<Attempt> {
  const { id } = await getHook(store.read, store, owner, params.hook_id)
  const attempt = await findAttempt(store.read, id, params.delivery_id)
  if (!attempt) throw notFound()
  return attempt
}

/** GitHub's: `v1_` and the id of the page's first delivery. */
function readCursor(cursor: string | undefined): number | undefined {
  if (cursor === undefined || cursor === '') return undefined
  const id = Number(/^v1_(\d{1,16})$/.exec(cursor)?.[1])
  if (Number.isSafeInteger(id)) return id
  throw invalidRequest(`For 'properties/cursor', ${shown(cursor)} is not a cursor.`)
}

/** Null when the page may look at all that there is. */
async function findWalkEnd(
  db: Db,
  hookId: number,
  fromId: number | undefined,
  { event, ...filter }: AttemptFilter,
): Promise<number | null> {
  if (event === undefined) return null
  return findAttemptBelow(db, hookId, { ...filter, fromId, limit: WALKED_MAX })
}

function readFilter({ status, event, since, until }: List['Querystring']): AttemptFilter {
  return {
    status,
    event: event || undefined,
    sinceMs: readTime('since', since),
    untilMs: readTime('until', until),
  }
}

/** Ignored, a time that is none would list everything. */
function readTime(name: 'since' | 'until', text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined
  const timeMs = parseTime(text)
  if (!Number.isNaN(timeMs)) return timeMs
  throw invalidRequest(`For 'properties/${name}', ${shown(text)} is not a time in ISO 8601.`)
}

/** The first delivery of the page before: a page further up, or the newest of all. */
async function previousPage(
  db: Db,
  hookId: number,
  fromId: number | undefined,
  query: AttemptQuery,
): Promise<number | null> {
  // Upward, nothing would bound the walk.
  if (fromId === undefined || query.event !== undefined) return null
  const later = await listLaterAttemptIds(db, hookId, { ...query, afterId: fromId })
  return later.at(-1) ?? null
}
