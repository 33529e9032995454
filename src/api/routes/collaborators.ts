// Who else may work in a repository. Who is added is in: like GitHub Enterprise Server, and unlike
// github.com, it sends no invitation that would have to be accepted.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Account } from '../../account.ts'
import { AppError, customItem, notFound, validationFailed } from '../../errors.ts'
import { collaboratorJson, collaboratorPermissionJson } from '../../github/collaborator.ts'
import { type MemberEvent, memberPayload } from '../../github/payload/member.ts'
import { REPOSITORY_ROLES, type RepositoryRole } from '../../repository.ts'
import { findRole } from '../../store/accounts.ts'
import {
  type CollaboratorFilter,
  countCollaborators,
  findPermission,
  listCollaborators,
  removePermission,
  setPermission,
} from '../../store/collaborators.ts'
import { canPush, needsRepository, type RepositoryParams, repositoryOf, roleOfUser } from '../auth.ts'
import type { ApiContext } from '../context.ts'
import { repositoryDraft } from '../draft.ts'
import { linksOf } from '../links.ts'
import { getUser } from '../logins.ts'
import { linkPages, readPage } from '../paging.ts'
import { type OnRequest, route } from '../route.ts'
import { commit, type Work } from '../work.ts'

const PATH = '/repos/:owner/:repo/collaborators'
const PAGE = 'collaborators/collaborators'

// `read` and `write` are GitHub's older words, which it still takes.
const PERMISSIONS: Readonly<Record<string, RepositoryRole>> = {
  ...Object.fromEntries(REPOSITORY_ROLES.map(role => [role, role])),
  read: 'pull',
  write: 'push',
}

type OneParams = RepositoryParams & { readonly username: string }

export function collaboratorRoutes(app: FastifyInstance, context: ApiContext): void {
  listRoute(app, context)
  lookRoutes(app, context)
  changeRoutes(app, context)
}

const LIST_QUERY = {
  type: 'object',
  properties: {
    affiliation: { type: 'string', enum: ['outside', 'direct', 'all'], default: 'all' },
    permission: { type: 'string', enum: REPOSITORY_ROLES },
  },
} as const

type ListQuery = Pick<CollaboratorFilter, 'affiliation'> & { readonly permission?: RepositoryRole }

function listRoute(app: FastifyInstance, context: ApiContext): void {
  app.get<{ Params: RepositoryParams; Querystring: ListQuery }>(
    PATH,
    route(`${PAGE}#list-repository-collaborators`, needsPush(context, 'repository collaborators'), {
      querystring: LIST_QUERY,
    }),
    async (request, reply) => {
      const { repository } = repositoryOf(request)
      const { affiliation, permission } = request.query
      const filter = { affiliation, role: permission ?? null }
      const { read } = context.store
      const page = readPage(request.query)
      linkPages(request, reply, page, await countCollaborators(read, repository, filter))
      const found = await listCollaborators(read, repository, filter, page)
      return found.map(({ user, role }) => collaboratorJson(user, role, linksOf(request)))
    },
  )
}

function lookRoutes(app: FastifyInstance, context: ApiContext): void {
  type One = { Params: OneParams }

  app.get<One>(
    `${PATH}/:username`,
    route(
      `${PAGE}#check-if-a-user-is-a-repository-collaborator`,
      needsPush(context, 'repository collaborators'),
    ),
    async (request, reply) => {
      const { repository } = repositoryOf(request)
      const { read } = context.store
      const user = await getUser(read, request.params.username)
      const { owner, id } = repository
      const isCollaborator =
        user.id === owner.id ||
        (await findRole(read, owner.id, user.id)) !== undefined ||
        (await findPermission(read, id, user.id)) !== undefined
      if (!isCollaborator) throw notFound()
      return reply.code(204).send()
    },
  )

  app.get<One>(
    `${PATH}/:username/permission`,
    route(`${PAGE}#get-repository-permissions-for-a-user`, needsPush(context, 'collaborator permission')),
    async request => {
      const { repository } = repositoryOf(request)
      const user = await getUser(context.store.read, request.params.username)
      const role = await roleOfUser(context.store.read, repository, user.id)
      return collaboratorPermissionJson(user, role, linksOf(request))
    },
  )
}

function changeRoutes(app: FastifyInstance, context: ApiContext): void {
  type One = { Params: OneParams }

  app.put<One & { Body: { readonly permission?: string } }>(
    `${PATH}/:username`,
    route(`${PAGE}#add-a-repository-collaborator`, needsRepository(context, 'admin'), {
      body: { type: 'object', properties: { permission: { type: 'string' } } },
    }),
    async (request, reply) => {
      const role = roleIn(request.body.permission ?? 'push')
      await commit(context, request, async work => {
        const member = await getUser(work.tx, request.params.username)
        if (member.id === work.repository.owner.id) {
          throw validationFailed(customItem('Repository', 'Repository owner cannot be a collaborator'))
        }
        await give(work, member, role)
      })
      return reply.code(204).send()
    },
  )

  app.delete<One>(
    `${PATH}/:username`,
    route(`${PAGE}#remove-a-repository-collaborator`, needsAdminOrSelf(context)),
    async (request, reply) => {
      await commit(context, request, async work => {
        const member = await getUser(work.tx, request.params.username)
        if (await removePermission(work.tx, work.repository.id, member.id)) {
          tell(work, { action: 'removed', member })
        }
      })
      return reply.code(204).send()
    },
  )
}

async function give(work: Work, member: Account, role: RepositoryRole): Promise<void> {
  const was = await findPermission(work.tx, work.repository.id, member.id)
  if (was === role) return
  await setPermission(work.tx, work.repository.id, member.id, role, work.nowMs)
  tell(work, was ? { action: 'edited', member, role, was } : { action: 'added', member, role })
}

function tell({ tell, repository, sender, links }: Work, event: MemberEvent): void {
  const scene = { repository, sender }
  tell(repositoryDraft('member', memberPayload(event, scene, links), scene))
}

// Who may see the repository is told that they may not see who else may.
function needsPush(context: ApiContext, seen: string): OnRequest[] {
  return [
    needsRepository(context, 'participate'),
    async request => {
      if (canPush(repositoryOf(request).role)) return
      throw new AppError('forbidden', `Must have push access to view ${seen}.`)
    },
  ]
}

// Who was added may leave.
function needsAdminOrSelf(context: ApiContext): OnRequest {
  const asAdmin = needsRepository(context, 'admin')
  const asSelf = needsRepository(context, 'participate')
  return (request: FastifyRequest, reply) => {
    const { username } = request.params as OneParams
    const isSelf = request.caller?.user.login.toLowerCase() === username.toLowerCase()
    return isSelf ? asSelf(request, reply) : asAdmin(request, reply)
  }
}

function roleIn(permission: string): RepositoryRole {
  const role = Object.hasOwn(PERMISSIONS, permission) ? PERMISSIONS[permission] : undefined
  if (role) return role
  throw validationFailed({ resource: 'Repository', code: 'invalid', field: 'permission' })
}
