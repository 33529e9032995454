// A team's own kinds of event: registered once for an organization or a user, then published and subscribed
// to by name in all of its repositories. An addition to GitHub's API.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { customItem, notFound, validationFailed } from '../../errors.ts'
import { EVENT_TYPES_MAX, type EventType } from '../../event-type.ts'
import { type EventTypeBody, eventTypeJson, readEventType } from '../../github/event-type.ts'
import {
  countEventTypes,
  deleteEventType,
  findEventType,
  listEventTypes,
  putEventType,
} from '../../store/event-types.ts'
import {
  needsOrganization,
  needsRepository,
  needsScope,
  organizationOf,
  repositoryOf,
  requireCaller,
} from '../auth.ts'
import type { ApiContext } from '../context.ts'
import { linksOf } from '../links.ts'
import { needsOwnedOrganization } from '../owned-organization.ts'
import { linkPages, readPage } from '../paging.ts'
import type { OnRequest } from '../route.ts'

/** Whose they are, and how the API calls them. */
type Owner = { readonly accountId: number; readonly place: string }

type Family = {
  readonly path: string
  readonly reads: OnRequest
  readonly changes: OnRequest
  ownerOf(request: FastifyRequest): Owner
}

type One = { Params: { readonly name: string } }

const BODY = {
  type: 'object',
  additionalProperties: false,
  properties: {
    description: { type: ['string', 'null'] },
    actions: { type: ['array', 'null'], items: { type: 'string' } },
    schema: { type: ['object', 'null'] },
  },
} as const

export function eventTypeRoutes(app: FastifyInstance, context: ApiContext): void {
  const families: readonly Family[] = [
    {
      path: '/orgs/:org',
      reads: needsOrganization(context, 'member'),
      changes: needsOwnedOrganization(context),
      ownerOf: request => {
        const { id, login } = organizationOf(request).organization
        return { accountId: id, place: `/orgs/${login}` }
      },
    },
    {
      path: '/user',
      reads: needsScope('read:repo_hook'),
      changes: needsScope('write:repo_hook'),
      ownerOf: request => ({ accountId: requireCaller(request).user.id, place: '/user' }),
    },
  ]
  for (const family of families) {
    listRoute(app, context, family)
    readingRoute(app, context, family)
    changingRoutes(app, context, family)
  }
  // What may be published in a repository is its owner's to say, and of use to all who may publish there.
  listRoute(app, context, {
    path: '/repos/:owner/:repo',
    reads: needsRepository(context, 'write'),
    ownerOf: request => {
      const { id, login, type } = repositoryOf(request).repository.owner
      return { accountId: id, place: type === 'Organization' ? `/orgs/${login}` : '/user' }
    },
  })
}

function listRoute(
  app: FastifyInstance,
  { store }: ApiContext,
  { path, reads, ownerOf }: Omit<Family, 'changes'>,
): void {
  app.get(`${path}/event-types`, { onRequest: reads }, async (request, reply) => {
    const { accountId, place } = ownerOf(request)
    const page = readPage(request.query)
    linkPages(request, reply, page, await countEventTypes(store.read, accountId))
    const types = await listEventTypes(store.read, accountId, page)
    return types.map(type => eventTypeJson(type, place, linksOf(request)))
  })
}

function readingRoute(
  app: FastifyInstance,
  { store }: ApiContext,
  { path, reads, ownerOf }: Omit<Family, 'changes'>,
): void {
  app.get<One>(`${path}/event-types/:name`, { onRequest: reads }, async request => {
    const { accountId, place } = ownerOf(request)
    const type = await findEventType(store.read, accountId, request.params.name)
    if (!type) throw notFound()
    return eventTypeJson(type, place, linksOf(request))
  })
}

function changingRoutes(
  app: FastifyInstance,
  { store, clock }: ApiContext,
  { path, changes, ownerOf }: Family,
): void {
  app.put<One & { Body: EventTypeBody }>(
    `${path}/event-types/:name`,
    { onRequest: changes, schema: { body: BODY } },
    async (request, reply) => {
      const { accountId, place } = ownerOf(request)
      const read = readEventType(request.params.name, request.body)
      const { type, isNew } = await store.write(async tx => {
        const before = await findEventType(tx, accountId, read.name)
        if (!before && (await countEventTypes(tx, accountId)) >= EVENT_TYPES_MAX) throw tooMany()
        const now = new Date(clock.nowMs())
        const type: EventType = { accountId, ...read, createdAt: before?.createdAt ?? now, updatedAt: now }
        await putEventType(tx, type)
        return { type, isNew: !before }
      })
      reply.code(isNew ? 201 : 200)
      return eventTypeJson(type, place, linksOf(request))
    },
  )

  app.delete<One>(`${path}/event-types/:name`, { onRequest: changes }, async (request, reply) => {
    const { accountId } = ownerOf(request)
    const isGone = await store.write(tx => deleteEventType(tx, accountId, request.params.name))
    if (!isGone) throw notFound()
    return reply.code(204).send()
  })
}

function tooMany() {
  return validationFailed(
    customItem('EventType', `No account can have more than ${EVENT_TYPES_MAX} event types`),
  )
}
