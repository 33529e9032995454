// Where Apps are installed, as people see and change it. GitHub installs in the browser alone; here it is a
// call beside GitHub's own lists.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Account, grants, type Scope } from '../../account.ts'
import { type ErrorItem, notFound, refuse } from '../../errors.ts'
import { installationJson } from '../../github/integration.ts'
import type { Links } from '../../github/links.ts'
import { minimalRepositoryJson } from '../../github/repository.ts'
import { type Installation, type Integration, permits } from '../../integration.ts'
import { findRole, organizationIdsOf } from '../../store/accounts.ts'
import { countInstallations, listInstallations } from '../../store/installations.ts'
import { findIntegration, findIntegrationsById } from '../../store/integrations.ts'
import {
  countCoveredRepositories,
  findRepository,
  listCoveredRepositories,
} from '../../store/repositories.ts'
import type { Db } from '../../store/store.ts'
import {
  isSiteAdmin,
  needsCaller,
  needsOrganization,
  needsScope,
  organizationOf,
  requireCaller,
} from '../auth.ts'
import type { ApiContext } from '../context.ts'
import { NUMBER } from '../fields.ts'
import {
  acceptPermissions,
  getInstalled,
  type Installed,
  install,
  select,
  suspend,
  uninstall,
} from '../installation-change.ts'
import { linksOf, ownLinks } from '../links.ts'
import { linkPages, readPage } from '../paging.ts'
import { type OnRequest, route } from '../route.ts'

export function installationRoutes(app: FastifyInstance, context: ApiContext): void {
  listRoutes(app, context)
  installRoute(app, context, '/user/installations', [needsScope('repo')])
  installRoute(app, context, '/orgs/:org/installations', [needsOrganization(context, 'admin')])
  ownRoutes(app, context)
  selectionRoutes(app, context)
}

type Install = {
  Body: {
    readonly app_slug: string
    readonly repository_selection?: 'all' | 'selected'
    readonly repositories?: readonly string[]
  }
}
type One = { Params: { readonly installation_id: number; readonly repository_id: number } }

function listRoutes(app: FastifyInstance, context: ApiContext): void {
  const { store } = context
  app.get(
    '/user/installations',
    route('apps/installations#list-app-installations-accessible-to-the-user-access-token', needsCaller),
    async (request, reply) => {
      const { user, scopes } = requireCaller(request)
      const organizationIds = grants(scopes, 'read:org') ? await organizationIdsOf(store.read, user.id) : []
      return listOn(request, reply, [user.id, ...organizationIds])
    },
  )

  app.get(
    '/orgs/:org/installations',
    route('orgs/orgs#list-app-installations-for-an-organization', needsOrganization(context, 'admin')),
    async (request, reply) => {
      const { id } = organizationOf(request).organization
      return listOn(request, reply, [id])
    },
  )

  async function listOn(request: FastifyRequest, reply: FastifyReply, accountIds: readonly number[]) {
    const page = readPage(request.query)
    const count = await countInstallations(store.read, { accountIds })
    linkPages(request, reply, page, count)
    const installations = await listInstallations(store.read, { accountIds }, page)
    return {
      total_count: count,
      installations: await present(store.read, installations, linksOf(request)),
    }
  }
}

function installRoute(app: FastifyInstance, context: ApiContext, path: string, needs: OnRequest[]): void {
  const { store } = context
  app.post<Install>(path, { onRequest: needs, schema: { body: INSTALL } }, async (request, reply) => {
    const { app_slug: slug, repository_selection: selection = 'all', repositories = [] } = request.body
    const account = request.organizationPlace?.organization ?? requireCaller(request).user
    const integration = await findIntegration(store.read, { slug })
    if (!integration) throw notFound()
    refuseBeyond(request, integration, account)
    const repositoryIds =
      selection === 'all' ? null : await readRepositories(store.read, account, repositories)
    const installed = await install(context, sceneOf(request), { integration, account, repositoryIds })
    reply.code(201)
    return installationJson(installed.installation, integration, linksOf(request))
  })
}

/** Our own, for whoever administers the account. */
function ownRoutes(app: FastifyInstance, context: ApiContext): void {
  const path = '/user/installations/:installation_id'
  const ours = { onRequest: [needsScope('repo')], schema: { params: INSTALLATION_PARAMS } }

  app.delete<One>(path, ours, async (request, reply) => {
    await uninstall(context, sceneOf(request), await getAdministered(context, request))
    return reply.code(204).send()
  })

  for (const [method, suspended] of [
    ['PUT', true],
    ['DELETE', false],
  ] as const) {
    app.route<One>({
      method,
      url: `${path}/suspended`,
      ...ours,
      handler: async (request, reply) => {
        const { installation } = await getAdministered(context, request)
        await suspend(context, sceneOf(request), installation, suspended)
        return reply.code(204).send()
      },
    })
  }

  // What the App asks for by now is granted.
  app.put<One>(`${path}/permissions`, ours, async request => {
    const { installation, integration } = await getAdministered(context, request)
    refuseBeyond(request, integration, installation.account)
    const accepted = await acceptPermissions(context, sceneOf(request), installation)
    return installationJson(accepted.installation, accepted.integration, linksOf(request))
  })
}

function selectionRoutes(app: FastifyInstance, context: ApiContext): void {
  const { store } = context
  const path = '/user/installations/:installation_id/repositories'
  const schema = { params: INSTALLATION_PARAMS }

  app.get<One>(
    path,
    route(
      'apps/installations#list-repositories-accessible-to-the-user-access-token',
      needsScope('repo'),
      schema,
    ),
    async (request, reply) => {
      const { installation } = await getSeen(context, request)
      const { account, repositoryIds } = installation
      const page = readPage(request.query)
      const count = await countCoveredRepositories(store.read, account, repositoryIds)
      linkPages(request, reply, page, count)
      const repositories = await listCoveredRepositories(store.read, account, repositoryIds, page)
      return {
        total_count: count,
        repository_selection: repositoryIds === null ? 'all' : 'selected',
        repositories: repositories.map(it => minimalRepositoryJson(it, 'push', linksOf(request))),
      }
    },
  )

  for (const [method, action, anchor] of [
    ['PUT', 'added', 'add-a-repository-to-an-app-installation'],
    ['DELETE', 'removed', 'remove-a-repository-from-an-app-installation'],
  ] as const) {
    app.route<One>({
      method,
      url: `${path}/:repository_id`,
      ...route(`apps/installations#${anchor}`, needsScope('repo'), schema),
      handler: async (request, reply) => {
        const { installation } = await getAdministered(context, request)
        const { account } = installation
        const ids = [request.params.repository_id]
        const page = { page: 1, perPage: 1 }
        const [repository] = await listCoveredRepositories(store.read, account, ids, page)
        if (!repository) throw notFound()
        await select(context, sceneOf(request), installation, repository, action)
        return reply.code(204).send()
      },
    })
  }
}

export async function present(db: Db, installations: readonly Installation[], links: Links) {
  const integrations = await findIntegrationsById(
    db,
    installations.map(({ integrationId }) => integrationId),
  )
  return installations.flatMap(installation => {
    const integration = integrations.get(installation.integrationId)
    return integration ? [installationJson(installation, integration, links)] : []
  })
}

/** What an App may do must not go beyond what the caller's own token may. */
function refuseBeyond(request: FastifyRequest, { permissions }: Integration, { type }: Account): void {
  const { scopes } = requireCaller(request)
  const needed: Scope[] = ['repo']
  if (type === 'Organization') needed.push('admin:org', 'admin:org_hook')
  if (permits(permissions, 'administration', 'write')) needed.push('delete_repo')
  if (!needed.every(scope => grants(scopes, scope))) throw notFound()
}

async function readRepositories(db: Db, account: Account, names: readonly string[]): Promise<number[]> {
  const found = await Promise.all(names.map(name => findRepository(db, account.login, name)))
  const isEmpty: ErrorItem = { resource: 'Installation', code: 'missing_field', field: 'repositories' }
  const isUnknown: ErrorItem = { resource: 'Installation', code: 'invalid', field: 'repositories' }
  refuse([...(names.length === 0 ? [isEmpty] : []), ...(found.includes(undefined) ? [isUnknown] : [])])
  return [...new Set(found.flatMap(repository => repository?.id ?? []))]
}

type OfInstallation = FastifyRequest<One>

/** Of the caller's own account, or of an organization that the caller owns. */
async function getAdministered(context: ApiContext, request: OfInstallation): Promise<Installed> {
  const installed = await getInstalled(context.store.read, request.params.installation_id)
  const role = await roleOn(context, request, installed.installation.account)
  if (role !== 'admin') throw notFound()
  const { type } = installed.installation.account
  if (type === 'Organization' && !grants(requireCaller(request).scopes, 'admin:org')) throw notFound()
  return installed
}

/** Also of an organization that the caller belongs to. */
async function getSeen(context: ApiContext, request: OfInstallation): Promise<Installed> {
  const installed = await getInstalled(context.store.read, request.params.installation_id)
  if (!(await roleOn(context, request, installed.installation.account))) throw notFound()
  return installed
}

async function roleOn({ store }: ApiContext, request: FastifyRequest, account: Account) {
  const caller = requireCaller(request)
  if (caller.user.id === account.id || isSiteAdmin(caller)) return 'admin'
  return findRole(store.read, account.id, caller.user.id)
}

function sceneOf(request: FastifyRequest) {
  return { sender: requireCaller(request).user, eventLinks: ownLinks(request) }
}

const INSTALLATION_PARAMS = {
  type: 'object',
  properties: { installation_id: NUMBER, repository_id: NUMBER },
} as const

const INSTALL = {
  type: 'object',
  additionalProperties: false,
  required: ['app_slug'],
  properties: {
    app_slug: { type: 'string' },
    repository_selection: { type: 'string', enum: ['all', 'selected'] },
    // GitHub's own forms stop at 500.
    repositories: { type: 'array', maxItems: 500, items: { type: 'string' } },
  },
} as const
