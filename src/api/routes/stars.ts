// Stars: whoever may see a repository may star it. GitHub tells of a new one twice, as `star` and as its
// older twin `watch`, and of one that is taken back once.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Account, grants } from '../../account.ts'
import { notFound } from '../../errors.ts'
import { type StarEvent, starPayload, watchStartedPayload } from '../../github/payload/star.ts'
import { minimalRepositoryJson } from '../../github/repository.ts'
import { stargazerJson, starredRepositoryJson } from '../../github/star.ts'
import { simpleUserJson } from '../../github/user.ts'
import { findAccount, organizationIdsOf } from '../../store/accounts.ts'
import { reloadRepository } from '../../store/repositories.ts'
import {
  addStar,
  countStarred,
  hasStarred,
  listStargazers,
  listStarred,
  removeStar,
  type Starred,
  type StarredFilter,
  type StarredOrder,
} from '../../store/stars.ts'
import type { Db } from '../../store/store.ts'
import {
  isSiteAdmin,
  needsCaller,
  needsRepository,
  type RepositoryParams,
  repositoryOf,
  requireCaller,
  roleIn,
} from '../auth.ts'
import type { ApiContext } from '../context.ts'
import type { Caller } from '../credentials.ts'
import { repositoryDraft } from '../draft.ts'
import { linksOf } from '../links.ts'
import { linkPages, readPage } from '../paging.ts'
import { route } from '../route.ts'
import { commit, type Work } from '../work.ts'

export function starRoutes(app: FastifyInstance, context: ApiContext): void {
  oneRoutes(app, context)
  starredRoutes(app, context)
  stargazersRoute(app, context)
}

function oneRoutes(app: FastifyInstance, context: ApiContext): void {
  type One = { Params: RepositoryParams }
  const path = '/user/starred/:owner/:repo'

  app.get<One>(
    path,
    route('activity/starring#check-if-a-repository-is-starred-by-the-authenticated-user', [
      needsCaller,
      needsRepository(context, 'read'),
    ]),
    async (request, reply) => {
      const { user } = requireCaller(request)
      if (!(await hasStarred(context.store.read, user.id, repositoryOf(request).repository.id))) {
        throw notFound()
      }
      return reply.code(204).send()
    },
  )

  app.put<One>(
    path,
    route(
      'activity/starring#star-a-repository-for-the-authenticated-user',
      needsRepository(context, 'participate'),
    ),
    async (request, reply) => {
      await commit(context, request, async work => {
        const { tx, sender, repository, nowMs } = work
        if (!(await addStar(tx, sender.id, repository.id, nowMs))) return
        await tell(work, { action: 'created', starredAt: new Date(nowMs) })
      })
      return reply.code(204).send()
    },
  )

  app.delete<One>(
    path,
    route(
      'activity/starring#unstar-a-repository-for-the-authenticated-user',
      needsRepository(context, 'participate'),
    ),
    async (request, reply) => {
      await commit(context, request, async work => {
        if (await removeStar(work.tx, work.sender.id, work.repository.id)) {
          await tell(work, { action: 'deleted' })
        }
      })
      return reply.code(204).send()
    },
  )
}

// With the count as it is by then.
async function tell({ tx, tell, repository, sender, links }: Work, event: StarEvent): Promise<void> {
  const scene = { repository: await reloadRepository(tx, repository), sender }
  tell(repositoryDraft('star', starPayload(event, scene, links), scene))
  if (event.action === 'created') tell(repositoryDraft('watch', watchStartedPayload(scene, links), scene))
}

const LIST_QUERY = {
  type: 'object',
  properties: {
    sort: { type: 'string', enum: ['created', 'updated'], default: 'created' },
    direction: { type: 'string', enum: ['asc', 'desc'], default: 'desc' },
  },
} as const

function starredRoutes(app: FastifyInstance, context: ApiContext): void {
  app.get<{ Querystring: StarredOrder }>(
    '/user/starred',
    route('activity/starring#list-repositories-starred-by-the-authenticated-user', needsCaller, {
      querystring: LIST_QUERY,
    }),
    async (request, reply) => sendStarred(context, request, reply, requireCaller(request).user),
  )

  app.get<{ Params: { readonly username: string }; Querystring: StarredOrder }>(
    '/users/:username/starred',
    route('activity/starring#list-repositories-starred-by-a-user', [], { querystring: LIST_QUERY }),
    async (request, reply) => {
      const account = await findAccount(context.store.read, request.params.username)
      if (account?.type !== 'User') throw notFound()
      return sendStarred(context, request, reply, account)
    },
  )
}

async function sendStarred(
  { store: { read } }: ApiContext,
  request: FastifyRequest<{ Querystring: StarredOrder }>,
  reply: FastifyReply,
  { id }: Account,
) {
  const filter = { userId: id, ...(await privateFor(read, request.caller)) }
  const page = readPage(request.query)
  linkPages(request, reply, page, await countStarred(read, filter))
  const starred = await listStarred(read, filter, request.query, page)
  const links = linksOf(request)
  const withTimes = wantsTimes(request)
  const json = async ({ repository, starredAt }: Starred) => {
    const role = (await roleIn(read, repository, request.caller)) ?? 'pull'
    return withTimes
      ? starredRepositoryJson(repository, starredAt, role, links)
      : minimalRepositoryJson(repository, role, links)
  }
  return Promise.all(starred.map(json))
}

function stargazersRoute(app: FastifyInstance, context: ApiContext): void {
  app.get<{ Params: RepositoryParams }>(
    '/repos/:owner/:repo/stargazers',
    route('activity/starring#list-stargazers', needsRepository(context, 'read')),
    async (request, reply) => {
      const { id, stars } = repositoryOf(request).repository
      const page = readPage(request.query)
      linkPages(request, reply, page, stars)
      const stargazers = await listStargazers(context.store.read, id, page)
      const links = linksOf(request)
      return wantsTimes(request)
        ? stargazers.map(({ user, starredAt }) => stargazerJson(user, starredAt, links))
        : stargazers.map(({ user }) => simpleUserJson(user, links))
    },
  )
}

/** Whose private repositories the caller may see. */
async function privateFor(db: Db, caller: Caller | null): Promise<Omit<StarredFilter, 'userId'>> {
  if (!caller || !grants(caller.scopes, 'repo')) return { privateOf: [] }
  if (isSiteAdmin(caller)) return { privateOf: 'everybody' }
  const { id } = caller.user
  return { privateOf: [id, ...(await organizationIdsOf(db, id))], collaboratorId: id }
}

/** GitHub's `application/vnd.github.star+json`, and its older spelling with a version. */
function wantsTimes({ headers }: FastifyRequest): boolean {
  return /application\/vnd\.github\.(?:v3\.)?star(?:\+json)?/.test(headers.accept ?? '')
}
