// What became of an event: for each hook of its target, and for one hook in a sentence. An event is named
// by its identifier or by its GUID, which receivers know as `X-GitHub-Delivery`. And sending it to that hook
// after all, for which GitHub needs an attempt, and a skip has none.
import type { FastifyInstance } from 'fastify'
import { notFound } from '../../errors.ts'
import { explanationJson, standingJson } from '../../github/delivery-state.ts'
import type { Hook, HookTarget } from '../../hook.ts'
import { covers } from '../../integration.ts'
import { type Facts, isAboutOneHook, type QueuedDelivery, type Skip, type Standing } from '../../standing.ts'
import { latestDeliveriesOf, listDeliveriesOf } from '../../store/delivery-list.ts'
import { listAttemptsOf } from '../../store/event-attempts.ts'
import { findEventByGuid, findStoredEvent, type StoredEvent } from '../../store/event-search.ts'
import { findOpenBreaker, openBreakersOf } from '../../store/health.ts'
import { listAllHooks } from '../../store/hooks.ts'
import { findInstallationOn } from '../../store/installations.ts'
import { findSkip, skipsOf } from '../../store/skips.ts'
import type { Db } from '../../store/store.ts'
import type { ApiContext } from '../context.ts'
import {
  getHook,
  HOOK_FAMILIES,
  HOOK_PARAMS,
  type HookFamily,
  type HookParams,
  needsHooks,
  sceneOf,
  targetOf,
} from '../hook-family.ts'
import { linkPages, readPage } from '../paging.ts'
import { targetPath } from '../target-path.ts'

export function explanationRoutes(app: FastifyInstance, context: ApiContext): void {
  for (const family of HOOK_FAMILIES) {
    eventRoute(app, context, family)
    explainRoute(app, context, family)
    sendRoute(app, context, family)
  }
}

type OfEvent = { Params: { readonly event: string } }
type OfHook = { Params: HookParams & { readonly event: string } }

function eventRoute(app: FastifyInstance, context: ApiContext, family: HookFamily): void {
  const { store, clock } = context
  const { read, vault } = store
  app.get<OfEvent>(
    `${targetPath(family)}/events/:event/deliveries`,
    { onRequest: needsHooks(context, family, 'read') },
    async (request, reply) => {
      const target = targetOf(sceneOf(request, family.kind).owner)
      const event = await getEvent(read, target, request.params.event)
      const hooks = await listAllHooks(read, vault, target)
      const page = readPage(request.query)
      linkPages(request, reply, page, hooks.length)
      const shown = hooks.slice((page.page - 1) * page.perPage, page.page * page.perPage)

      const [deliveries, skips, breakers] = await Promise.all([
        latestDeliveriesOf(read, event.id),
        skipsOf(read, event.id),
        openBreakersOf(
          read,
          shown.map(({ id }) => id),
        ),
      ])
      const now = new Date(clock.nowMs())
      return shown.map(hook => {
        const standing = standingOf(deliveries.get(hook.id), skips.get(hook.id))
        return standingJson({ hook, event, standing, breaker: breakers.get(hook.id) ?? null, now })
      })
    },
  )
}

function explainRoute(app: FastifyInstance, context: ApiContext, family: HookFamily): void {
  const { kind, hookPath } = family
  const { store, clock } = context
  const { read } = store
  app.get<OfHook>(
    `${hookPath}/explanations/:event`,
    { onRequest: needsHooks(context, family, 'read'), schema: { params: HOOK_PARAMS } },
    async request => {
      const { owner } = sceneOf(request, kind)
      const hook = await getHook(read, store, owner, request.params.hook_id)
      const event = await getEvent(read, hook.target, request.params.event, hook.id)
      const deliveries = await listDeliveriesOf(read, hook.id, event.id)
      const facts = await factsOf(read, hook, event, deliveries, new Date(clock.nowMs()))
      const count = deliveries.reduce((sum, { attempts }) => sum + attempts, 0)
      return explanationJson(facts, count, await listAttemptsOf(read, hook.id, event.id, deliveries))
    },
  )
}

function sendRoute(app: FastifyInstance, context: ApiContext, family: HookFamily): void {
  const { kind, hookPath } = family
  const { store, engine } = context
  app.post<OfHook>(
    `${hookPath}/undelivered/:event/attempts`,
    { onRequest: needsHooks(context, family, 'write'), schema: { params: HOOK_PARAMS } },
    async (request, reply) => {
      const { owner } = sceneOf(request, kind)
      const { id, target } = await getHook(store.read, store, owner, request.params.hook_id)
      const event = await getEvent(store.read, target, request.params.event, id)
      // What is about one hook holds that hook's settings, and belongs to no other.
      const [latest] = await listDeliveriesOf(store.read, id, event.id)
      if (!latest && isAboutOneHook(event.name)) throw notFound()
      const installation =
        target.kind === 'app' ? await findInstallationOn(store.read, target.id, event.accountId) : undefined
      await engine.redeliver({ hookId: id, eventId: event.id, installationId: installation?.id ?? null })
      reply.code(202)
      return {}
    },
  )
}

async function factsOf(
  db: Db,
  hook: Hook,
  event: StoredEvent,
  deliveries: readonly QueuedDelivery[],
  now: Date,
): Promise<Facts> {
  const skip = await findSkip(db, hook.id, event.id)
  const breaker = await findOpenBreaker(db, hook.id)
  return { hook, event, standing: standingOf(deliveries[0], skip), breaker, now }
}

function standingOf(delivery: QueuedDelivery | undefined, skip: Skip | undefined): Standing {
  if (delivery) return { kind: 'delivery', delivery }
  return skip ? { kind: 'skip', skip } : { kind: 'none' }
}

/** An event that its hooks could not hear of is not found, unless it was sent to the one that is asked about. */
async function getEvent(db: Db, target: HookTarget, named: string, hookId?: number): Promise<StoredEvent> {
  const event = await findNamed(db, named)
  if (!event) throw notFound()
  if (await isKnownTo(db, target, event)) return event
  const wasSent = hookId !== undefined && (await listDeliveriesOf(db, hookId, event.id)).length > 0
  if (!wasSent) throw notFound()
  return event
}

async function isKnownTo(db: Db, { kind, id }: HookTarget, event: StoredEvent): Promise<boolean> {
  switch (kind) {
    case 'repository':
      return event.repositoryId === id
    case 'organization':
      return event.organizationId === id
    case 'site':
      return true
    case 'app': {
      const installation = await findInstallationOn(db, id, event.accountId)
      // What belongs to neither was told to one App, or to the site.
      if (event.repositoryId === null && event.organizationId === null) return false
      return installation !== undefined && covers(installation, event.repositoryId)
    }
  }
}

async function findNamed(db: Db, named: string): Promise<StoredEvent | undefined> {
  if (!/^\d{1,16}$/.test(named)) return findEventByGuid(db, named)
  const id = Number(named)
  return Number.isSafeInteger(id) ? findStoredEvent(db, id) : undefined
}
