// GitHub Apps: registered, changed, given keys and removed by their owners, which GitHub has forms for and no
// API; and as anybody sees them. The body is GitHub's App manifest, the answer is GitHub's to one.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { notFound } from '../../errors.ts'
import { integrationJson, keyJson, newIntegrationJson } from '../../github/integration.ts'
import { countInstallations } from '../../store/installations.ts'
import {
  countIntegrations,
  deleteKey,
  findIntegration,
  listIntegrations,
  listKeys,
} from '../../store/integrations.ts'
import { needsOrganization, needsScope, requireCaller } from '../auth.ts'
import type { ApiContext } from '../context.ts'
import { NUMBER } from '../fields.ts'
import { integrationOf, needsIntegration } from '../integration-access.ts'
import {
  changeIntegrationBy,
  type IntegrationBody,
  type IntegrationChangeBody,
  makeKey,
  registerIntegration,
  removeIntegration,
} from '../integration-change.ts'
import { linksOf, ownLinks } from '../links.ts'
import { getOwnIntegration as getOwn, ownerOf } from '../own-integration.ts'
import { linkPages, readPage } from '../paging.ts'
import { type OnRequest, route } from '../route.ts'

export function integrationRoutes(app: FastifyInstance, context: ApiContext): void {
  seenRoutes(app, context)
  const owners = [
    // An App that is installed may do what its owner's token would have to be allowed to.
    { path: '/user/apps', needs: [needsScope('repo')] },
    { path: '/orgs/:org/apps', needs: [needsOrganization(context, 'admin')] },
  ]
  for (const { path, needs } of owners) {
    collectionRoutes(app, context, path, needs)
    oneRoutes(app, context, `${path}/:app_slug`, needs)
    keyRoutes(app, context, `${path}/:app_slug/keys`, needs)
  }
}

function seenRoutes(app: FastifyInstance, { store }: ApiContext): void {
  app.get('/app', route('apps/apps#get-the-authenticated-app', needsIntegration), async request => {
    const { integration } = integrationOf(request)
    const count = await countInstallations(store.read, { integrationId: integration.id })
    return integrationJson(integration, linksOf(request), count)
  })

  app.get<{ Params: { readonly app_slug: string } }>(
    '/apps/:app_slug',
    route('apps/apps#get-an-app'),
    async request => {
      const integration = await findIntegration(store.read, { slug: request.params.app_slug })
      if (!integration) throw notFound()
      return integrationJson(integration, linksOf(request))
    },
  )
}

type One = { Params: { readonly app_slug: string; readonly key_id: number } }

function collectionRoutes(app: FastifyInstance, context: ApiContext, path: string, needs: OnRequest[]): void {
  const { store } = context

  app.get(path, { onRequest: needs }, async (request, reply) => {
    const owner = ownerOf(request)
    const page = readPage(request.query)
    linkPages(request, reply, page, await countIntegrations(store.read, owner.id))
    const integrations = await listIntegrations(store.read, owner.id, page)
    return integrations.map(integration => integrationJson(integration, linksOf(request)))
  })

  app.post<{ Body: IntegrationBody }>(
    path,
    { onRequest: needs, schema: { body: NEW_INTEGRATION } },
    async (request, reply) => {
      const { integration, secrets } = await registerIntegration(context, sceneOf(request), request.body)
      reply.code(201)
      return newIntegrationJson(integration, secrets, linksOf(request))
    },
  )
}

function oneRoutes(app: FastifyInstance, context: ApiContext, path: string, needs: OnRequest[]): void {
  app.get<One>(path, { onRequest: needs }, async request =>
    integrationJson(await getOwn(context, request), linksOf(request)),
  )

  app.patch<One & { Body: IntegrationChangeBody }>(
    path,
    { onRequest: needs, schema: { body: INTEGRATION_CHANGE } },
    async request => {
      const before = await getOwn(context, request)
      const after = await changeIntegrationBy(context, sceneOf(request), before, request.body)
      return integrationJson(after, linksOf(request))
    },
  )

  app.delete<One>(path, { onRequest: needs }, async (request, reply) => {
    await removeIntegration(context, await getOwn(context, request))
    return reply.code(204).send()
  })
}

function keyRoutes(app: FastifyInstance, context: ApiContext, path: string, needs: OnRequest[]): void {
  const { store } = context

  app.get<One>(path, { onRequest: needs }, async request => {
    const { id } = await getOwn(context, request)
    return (await listKeys(store.read, id)).map(keyJson)
  })

  // A key opens whatever the App was given, wherever it is installed.
  const widest = (['repo', 'delete_repo', 'admin:org', 'admin:org_hook'] as const).map(needsScope)
  app.post<One>(path, { onRequest: [...needs, ...widest] }, async (request, reply) => {
    const integration = await getOwn(context, request)
    const { key, pem } = await makeKey(context, integration)
    reply.code(201)
    return { ...keyJson(key), pem }
  })

  app.delete<One>(
    `${path}/:key_id`,
    { onRequest: needs, schema: { params: KEY_PARAMS } },
    async (request, reply) => {
      const { id } = await getOwn(context, request)
      if (!(await store.write(tx => deleteKey(tx, id, request.params.key_id)))) throw notFound()
      return reply.code(204).send()
    },
  )
}

function sceneOf(request: FastifyRequest) {
  return { owner: ownerOf(request), sender: requireCaller(request).user, eventLinks: ownLinks(request) }
}

const KEY_PARAMS = { type: 'object', properties: { key_id: NUMBER } } as const

// More than there are events.
const EVENTS = { type: 'array', maxItems: 200, items: { type: 'string' } } as const

// More than there are permissions.
const PERMISSIONS = { type: 'object', maxProperties: 100, additionalProperties: { type: 'string' } } as const

const CHANGEABLE = {
  url: { type: 'string' },
  description: { type: ['string', 'null'] },
  default_events: EVENTS,
  default_permissions: PERMISSIONS,
} as const

const NEW_INTEGRATION = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'url'],
  properties: {
    ...CHANGEABLE,
    name: { type: 'string' },
    // Its values are judged in github/hook-body.ts, as those of every hook.
    hook_attributes: { type: 'object', properties: { url: { type: 'string' }, active: { type: 'boolean' } } },
  },
} as const

const INTEGRATION_CHANGE = { type: 'object', additionalProperties: false, properties: CHANGEABLE } as const
