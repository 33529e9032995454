// Where it is installed, as an App sees and changes it by its own key; and what its installations' tokens can
// reach. A token lives for an hour.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { AppError, notFound } from '../../errors.ts'
import { installationJson, installationTokenJson } from '../../github/integration.ts'
import { minimalRepositoryJson } from '../../github/repository.ts'
import { covers, type Installation, isWithin, type Permissions } from '../../integration.ts'
import type { Repository } from '../../repository.ts'
import { findAccount, findAccountById } from '../../store/accounts.ts'
import { createInstallationToken, deleteInstallationToken } from '../../store/installation-tokens.ts'
import {
  countInstallations,
  findInstallation,
  findInstallationOn,
  listInstallations,
} from '../../store/installations.ts'
import {
  countCoveredRepositories,
  findRepository,
  listCoveredRepositories,
} from '../../store/repositories.ts'
import type { Db } from '../../store/store.ts'
import { findMeant, requireCaller } from '../auth.ts'
import type { ApiContext } from '../context.ts'
import { type InstallationCaller, SUSPENDED } from '../credentials.ts'
import { NUMBER } from '../fields.ts'
import { NOT_ACCESSIBLE } from '../installation-access.ts'
import { suspend, uninstall } from '../installation-change.ts'
import { integrationOf, needsIntegration } from '../integration-access.ts'
import { linksOf, ownLinks } from '../links.ts'
import { redirectMoved } from '../moved.ts'
import { linkPages, readPage } from '../paging.ts'
import { route } from '../route.ts'
import { present } from './installations.ts'

export function integrationInstallationRoutes(app: FastifyInstance, context: ApiContext): void {
  listRoutes(app, context)
  oneRoutes(app, context)
  whereRoutes(app, context)
  tokenRoute(app, context)
  reachRoutes(app, context)
}

// GitHub's description has this one page in an old version of its Enterprise Server's.
const LIST_PAGE = '/enterprise-server@3.9/rest/apps/apps#list-installations-for-the-authenticated-app'

type One = { Params: { readonly installation_id: number } }

function listRoutes(app: FastifyInstance, { store }: ApiContext): void {
  app.get('/app/installations', route(LIST_PAGE, needsIntegration), async (request, reply) => {
    const of = { integrationId: integrationOf(request).integration.id }
    const page = readPage(request.query)
    linkPages(request, reply, page, await countInstallations(store.read, of))
    return present(store.read, await listInstallations(store.read, of, page), linksOf(request))
  })

  // Whoever may install does so at once: nobody asks for it.
  app.get(
    '/app/installation-requests',
    route('apps/apps#list-installation-requests-for-the-authenticated-app', needsIntegration),
    async () => [],
  )
}

function oneRoutes(app: FastifyInstance, context: ApiContext): void {
  const path = '/app/installations/:installation_id'
  const schema = { params: INSTALLATION_PARAMS }

  app.get<One>(
    path,
    route('apps/apps#get-an-installation-for-the-authenticated-app', needsIntegration, schema),
    async request => {
      const installation = await getOwn(context, request)
      return installationJson(installation, integrationOf(request).integration, linksOf(request))
    },
  )

  app.delete<One>(
    path,
    route('apps/apps#delete-an-installation-for-the-authenticated-app', needsIntegration, schema),
    async (request, reply) => {
      const installation = await getOwn(context, request)
      const { integration } = integrationOf(request)
      await uninstall(context, sceneOf(request), { installation, integration })
      return reply.code(204).send()
    },
  )

  for (const [method, suspended, anchor] of [
    ['PUT', true, 'suspend-an-app-installation'],
    ['DELETE', false, 'unsuspend-an-app-installation'],
  ] as const) {
    app.route<One>({
      method,
      url: `${path}/suspended`,
      ...route(`apps/apps#${anchor}`, needsIntegration, schema),
      handler: async (request, reply) => {
        const installation = await getOwn(context, request)
        const { bot } = integrationOf(request)
        // What the account has suspended, the App cannot take back.
        if (!suspended && installation.suspendedBy && installation.suspendedBy.id !== bot.id) throw notFound()
        await suspend(context, sceneOf(request), installation, suspended)
        return reply.code(204).send()
      },
    })
  }
}

type Where = { Params: { readonly org?: string; readonly username?: string } }

/** The App's installation on an account, or for a repository. */
function whereRoutes(app: FastifyInstance, context: ApiContext): void {
  const { store } = context
  app.get<Where>(
    '/repos/:owner/:repo/installation',
    route('apps/apps#get-a-repository-installation-for-the-authenticated-app', needsIntegration),
    async (request, reply) => {
      const repository = await findMeant(store.read, request)
      // Whoever is not installed there does not learn of its new name either.
      const shown = await presentOn(context, request, repository?.owner.id, repository)
      if (repository) await redirectMoved(request, reply, repository)
      return reply.sent ? reply : shown
    },
  )

  for (const [path, type, anchor] of [
    ['/orgs/:org/installation', 'Organization', 'get-an-organization-installation'],
    ['/users/:username/installation', 'User', 'get-a-user-installation'],
  ] as const) {
    app.get<Where>(
      path,
      route(`apps/apps#${anchor}-for-the-authenticated-app`, needsIntegration),
      async request => {
        const { org, username = org ?? '' } = request.params
        const account = await findAccount(store.read, username)
        return presentOn(context, request, account?.type === type ? account.id : undefined)
      },
    )
  }
}

async function presentOn(
  { store }: ApiContext,
  request: FastifyRequest,
  accountId: number | undefined,
  repository?: Repository,
) {
  const { integration } = integrationOf(request)
  const found = accountId !== undefined && (await findInstallationOn(store.read, integration.id, accountId))
  if (!found || (repository && !covers(found, repository.id))) throw notFound()
  return installationJson(found, integration, linksOf(request))
}

type TokenBody = {
  readonly repositories?: readonly string[]
  readonly repository_ids?: readonly number[]
  readonly permissions?: Permissions
}

function tokenRoute(app: FastifyInstance, context: ApiContext): void {
  const { clock, store } = context
  app.post<One & { Body: TokenBody | null | undefined }>(
    '/app/installations/:installation_id/access_tokens',
    route('apps/apps#create-an-installation-access-token-for-an-app', needsIntegration, {
      params: INSTALLATION_PARAMS,
      body: TOKEN,
    }),
    async (request, reply) => {
      const installation = await getOwn(context, request)
      if (installation.suspendedAt) throw new AppError('forbidden', SUSPENDED)
      const { permissions = installation.permissions, ...asked } = request.body ?? {}
      if (!isWithin(permissions, installation.permissions)) throw refusal(NOT_GRANTED)
      const repositories = await readSelection(store.read, installation, asked)
      const { token, text } = await store.write(tx =>
        createInstallationToken(
          tx,
          {
            installationId: installation.id,
            permissions,
            repositoryIds: repositories?.map(({ id }) => id) ?? null,
          },
          clock.nowMs(),
        ),
      )
      reply.code(201)
      return installationTokenJson(token, text, repositories ?? [], {
        repositorySelection: installation.repositoryIds === null ? 'all' : 'selected',
        links: linksOf(request),
      })
    },
  )
}

/** Null for all that the installation covers. */
async function readSelection(
  db: Db,
  { account, repositoryIds }: Installation,
  { repositories: names, repository_ids: ids }: Omit<TokenBody, 'permissions'>,
): Promise<readonly Repository[] | null> {
  if (names === undefined && ids === undefined) return null
  const named = await Promise.all((names ?? []).map(name => findRepository(db, account.login, name)))
  const wanted = new Set([...(ids ?? []), ...named.map(repository => repository?.id ?? 0)])
  const page = { page: 1, perPage: wanted.size }
  const found = await listCoveredRepositories(db, account, [...wanted], page)
  const isWhole = found.length === wanted.size && found.every(({ id }) => covers({ repositoryIds }, id))
  if (!isWhole || wanted.size === 0) throw refusal(NOT_COVERED)
  return found
}

/** By an installation's own token. */
function reachRoutes(app: FastifyInstance, { store }: ApiContext): void {
  app.get(
    '/installation/repositories',
    route('apps/installations#list-repositories-accessible-to-the-app-installation', needsInstallation),
    async (request, reply) => {
      const { accountId, repositoryIds } = installationOf(request)
      const account = await findAccountById(store.read, accountId)
      if (!account) throw notFound()
      const page = readPage(request.query)
      const count = await countCoveredRepositories(store.read, account, repositoryIds)
      linkPages(request, reply, page, count)
      const repositories = await listCoveredRepositories(store.read, account, repositoryIds, page)
      return {
        total_count: count,
        repository_selection: repositoryIds === null ? 'all' : 'selected',
        repositories: repositories.map(it => minimalRepositoryJson(it, 'admin', linksOf(request))),
      }
    },
  )

  app.delete(
    '/installation/token',
    route('apps/installations#revoke-an-installation-access-token', needsInstallation),
    async (request, reply) => {
      const { tokenText } = installationOf(request)
      await store.write(tx => deleteInstallationToken(tx, tokenText))
      return reply.code(204).send()
    },
  )
}

async function needsInstallation(request: FastifyRequest): Promise<void> {
  installationOf(request)
}

function installationOf(request: FastifyRequest): InstallationCaller {
  const { installation } = requireCaller(request)
  if (!installation) throw new AppError('forbidden', NOT_ACCESSIBLE)
  return installation
}

/** An installation of another App is not found. */
async function getOwn({ store }: ApiContext, request: FastifyRequest<One>): Promise<Installation> {
  const installation = await findInstallation(store.read, request.params.installation_id)
  if (installation?.integrationId !== integrationOf(request).integration.id) throw notFound()
  return installation
}

function sceneOf(request: FastifyRequest) {
  return { sender: integrationOf(request).bot, eventLinks: ownLinks(request) }
}

// GitHub's words.
const NOT_GRANTED = 'The permissions requested are not granted to this installation.'
const NOT_COVERED =
  'There is at least one repository that does not exist or is not accessible to the parent installation.'

function refusal(message: string): AppError {
  return new AppError('validation_failed', message)
}

const INSTALLATION_PARAMS = { type: 'object', properties: { installation_id: NUMBER } } as const

// GitHub's limit on repositories.
const REPOSITORIES_MAX = 500

const TOKEN = {
  type: ['object', 'null'],
  properties: {
    repositories: { type: 'array', maxItems: REPOSITORIES_MAX, items: { type: 'string' } },
    repository_ids: { type: 'array', maxItems: REPOSITORIES_MAX, items: { type: 'integer' } },
    permissions: {
      type: 'object',
      maxProperties: 100,
      additionalProperties: { type: 'string', enum: ['read', 'write', 'admin'] },
    },
  },
} as const
