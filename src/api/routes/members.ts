// Who belongs to an organization, and who of them shows it to strangers. Nobody is invited: who is added,
// in memberships.ts, is in.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { grants, type MemberRole } from '../../account.ts'
import { AppError, notFound, validationFailed } from '../../errors.ts'
import { organizationUrl } from '../../github/links.ts'
import { simpleUserJson } from '../../github/user.ts'
import { findRole } from '../../store/accounts.ts'
import {
  countMembers,
  isPublicMember,
  listMembers,
  type MemberFilter,
  setPublicMember,
} from '../../store/members.ts'
import type { Db } from '../../store/store.ts'
import { isSiteAdmin, needsOrganization, organizationOf, requireCaller } from '../auth.ts'
import type { ApiContext } from '../context.ts'
import { linksOf } from '../links.ts'
import { getUser } from '../logins.ts'
import { removeMember } from '../member-change.ts'
import { linkPages, readPage } from '../paging.ts'
import { type OnRequest, route } from '../route.ts'
import { commitInOrganization } from '../work.ts'

type OneParams = { readonly org: string; readonly username: string }

export function memberRoutes(app: FastifyInstance, context: ApiContext): void {
  memberListRoutes(app, context)
  publicMemberRoutes(app, context)
}

type ListQuery = {
  readonly filter: 'all' | '2fa_disabled' | '2fa_insecure'
  readonly role: 'all' | MemberRole
}

const LIST_QUERY = {
  type: 'object',
  properties: {
    filter: { type: 'string', enum: ['all', '2fa_disabled', '2fa_insecure'], default: 'all' },
    role: { type: 'string', enum: ['all', 'admin', 'member'], default: 'all' },
  },
} as const

function memberListRoutes(app: FastifyInstance, context: ApiContext): void {
  const path = '/orgs/:org/members'
  const { read } = context.store

  app.get<{ Params: { readonly org: string }; Querystring: ListQuery }>(
    path,
    route('orgs/members#list-organization-members', needsOrganization(context, 'read'), {
      querystring: LIST_QUERY,
    }),
    async (request, reply) => {
      const { filter, role } = request.query
      const { organization } = organizationOf(request)
      const seen = await roleOfCaller(read, request)
      if (filter !== 'all' && seen !== 'admin') {
        throw validationFailed({ resource: 'Organization', code: 'invalid', field: 'filter' })
      }
      // Nobody has a second factor here, and so nobody an insecure one.
      if (filter === '2fa_insecure') return []
      return sendMembers(context, request, reply, {
        organizationId: organization.id,
        role: role === 'all' ? null : role,
        publicOnly: seen === undefined,
      })
    },
  )

  app.get<{ Params: OneParams }>(
    `${path}/:username`,
    route('orgs/members#check-organization-membership-for-a-user', needsOrganization(context, 'read')),
    async (request, reply) => {
      const { organization } = organizationOf(request)
      const { username } = request.params
      // Who is no member is sent to where the public ones are.
      if (!(await roleOfCaller(read, request))) {
        const url = `${organizationUrl(organization.login, linksOf(request))}/public_members/${username}`
        return reply.code(302).header('location', url).send()
      }
      const user = await getUser(read, username)
      if (!(await findRole(read, organization.id, user.id))) throw notFound()
      return reply.code(204).send()
    },
  )

  app.delete<{ Params: OneParams }>(
    `${path}/:username`,
    route('orgs/members#remove-an-organization-member', needsOrganization(context, 'admin')),
    async (request, reply) => {
      await commitInOrganization(context, request, work => removeMember(work, request.params.username))
      return reply.code(204).send()
    },
  )
}

function publicMemberRoutes(app: FastifyInstance, context: ApiContext): void {
  const path = '/orgs/:org/public_members'
  const { read } = context.store
  type One = { Params: OneParams }

  app.get<{ Params: { readonly org: string } }>(
    path,
    route('orgs/members#list-public-organization-members', needsOrganization(context, 'read')),
    async (request, reply) => {
      const { organization } = organizationOf(request)
      const filter = { organizationId: organization.id, role: null, publicOnly: true }
      return sendMembers(context, request, reply, filter)
    },
  )

  app.get<One>(
    `${path}/:username`,
    route('orgs/members#check-public-organization-membership-for-a-user', needsOrganization(context, 'read')),
    async (request, reply) => {
      const user = await getUser(read, request.params.username)
      if (!(await isPublicMember(read, organizationOf(request).organization.id, user.id))) throw notFound()
      return reply.code(204).send()
    },
  )

  const show = (isPublic: boolean) => async (request: FastifyRequest<One>, reply: FastifyReply) => {
    const { user } = requireCaller(request)
    await commitInOrganization(context, request, async ({ tx, organization }) => {
      if (!(await setPublicMember(tx, organization.id, user.id, isPublic))) throw notFound()
    })
    return reply.code(204).send()
  }

  app.put<One>(
    `${path}/:username`,
    route('orgs/members#set-public-organization-membership-for-the-authenticated-user', needsSelf(context)),
    show(true),
  )

  app.delete<One>(
    `${path}/:username`,
    route(
      'orgs/members#remove-public-organization-membership-for-the-authenticated-user',
      needsSelf(context),
    ),
    show(false),
  )
}

async function sendMembers(
  { store: { read } }: ApiContext,
  request: FastifyRequest,
  reply: FastifyReply,
  filter: MemberFilter,
) {
  const page = readPage(request.query)
  linkPages(request, reply, page, await countMembers(read, filter))
  const members = await listMembers(read, filter, page)
  return members.map(member => simpleUserJson(member, linksOf(request)))
}

/** What the caller is to the organization, as their token lets them show; an administrator of the site is an owner. */
async function roleOfCaller(db: Db, request: FastifyRequest): Promise<MemberRole | undefined> {
  const { organization, caller } = organizationOf(request)
  if (isSiteAdmin(caller)) return 'admin'
  if (!caller || !grants(caller.scopes, 'read:org')) return undefined
  return findRole(db, organization.id, caller.user.id)
}

// Everybody decides for themselves whether strangers may know.
function needsSelf(context: ApiContext): OnRequest[] {
  return [
    needsOrganization(context, 'member', 'write:org'),
    async request => {
      const { username } = request.params as OneParams
      if (requireCaller(request).user.login.toLowerCase() === username.toLowerCase()) return
      throw new AppError('forbidden', 'Only members themselves can show or hide their membership.')
    },
  ]
}
