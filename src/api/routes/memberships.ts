// Memberships of organizations, as their owners give them and as members see their own.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { grants, type MemberRole } from '../../account.ts'
import { AppError, notFound } from '../../errors.ts'
import { membershipJson } from '../../github/membership.ts'
import { findRole } from '../../store/accounts.ts'
import { countMembershipsOf, listMembershipsOf } from '../../store/members.ts'
import { needsCaller, needsOrganization, organizationOf, requireCaller } from '../auth.ts'
import type { ApiContext } from '../context.ts'
import { linksOf } from '../links.ts'
import { getUser } from '../logins.ts'
import { addMember, removeMember } from '../member-change.ts'
import { linkPages, readPage } from '../paging.ts'
import { route } from '../route.ts'
import { commitInOrganization } from '../work.ts'

type OneParams = { readonly org: string; readonly username: string }

export function membershipRoutes(app: FastifyInstance, context: ApiContext): void {
  givenRoutes(app, context)
  ownRoutes(app, context)
}

function givenRoutes(app: FastifyInstance, context: ApiContext): void {
  type One = { Params: OneParams }
  const path = '/orgs/:org/memberships/:username'
  const { read } = context.store

  app.get<One>(
    path,
    route('orgs/members#get-organization-membership-for-a-user', needsOrganization(context, 'member')),
    async request => {
      const { organization } = organizationOf(request)
      const user = await getUser(read, request.params.username)
      const role = await findRole(read, organization.id, user.id)
      if (!role) throw notFound()
      return membershipJson(organization, user, role, linksOf(request))
    },
  )

  app.put<One & { Body: { readonly role: MemberRole } }>(
    path,
    route('orgs/members#set-organization-membership-for-a-user', needsOrganization(context, 'admin'), {
      body: {
        type: 'object',
        properties: { role: { type: 'string', enum: ['admin', 'member'], default: 'member' } },
      },
    }),
    async request => {
      const { role } = request.body
      const user = await commitInOrganization(context, request, work =>
        addMember(work, request.params.username, role),
      )
      return membershipJson(organizationOf(request).organization, user, role, linksOf(request))
    },
  )

  app.delete<One>(
    path,
    route('orgs/members#remove-organization-membership-for-a-user', needsOrganization(context, 'admin')),
    async (request, reply) => {
      await commitInOrganization(context, request, work => removeMember(work, request.params.username))
      return reply.code(204).send()
    },
  )
}

function ownRoutes(app: FastifyInstance, context: ApiContext): void {
  const path = '/user/memberships/orgs'
  const { read } = context.store

  app.get<{ Querystring: { readonly state?: 'active' | 'pending' } }>(
    path,
    route('orgs/members#list-organization-memberships-for-the-authenticated-user', [readsOwnOrganizations], {
      querystring: {
        type: 'object',
        properties: { state: { type: 'string', enum: ['active', 'pending'] } },
      },
    }),
    async (request, reply) => {
      const { user } = requireCaller(request)
      if (request.query.state === 'pending') return []
      const page = readPage(request.query)
      linkPages(request, reply, page, await countMembershipsOf(read, user.id, false))
      const memberships = await listMembershipsOf(read, user.id, false, page)
      const links = linksOf(request)
      return memberships.map(({ organization, role }) => membershipJson(organization, user, role, links))
    },
  )

  const own = async (request: FastifyRequest) => {
    const { organization } = organizationOf(request)
    const { user } = requireCaller(request)
    const role = await findRole(read, organization.id, user.id)
    if (!role) throw notFound()
    return membershipJson(organization, user, role, linksOf(request))
  }

  app.get<{ Params: { readonly org: string } }>(
    `${path}/:org`,
    route('orgs/members#get-an-organization-membership-for-the-authenticated-user', [
      needsCaller,
      readsOwnOrganizations,
      needsOrganization(context, 'read'),
    ]),
    own,
  )

  // Accepts an invitation; since every membership is active from the start, there is nothing left to do.
  app.patch<{ Params: { readonly org: string }; Body: { readonly state: 'active' } }>(
    `${path}/:org`,
    route(
      'orgs/members#update-an-organization-membership-for-the-authenticated-user',
      [readsOwnOrganizations, needsOrganization(context, 'read')],
      {
        body: {
          type: 'object',
          required: ['state'],
          properties: { state: { type: 'string', enum: ['active'] } },
        },
      },
    ),
    own,
  )
}

async function readsOwnOrganizations(request: FastifyRequest): Promise<void> {
  const { scopes } = requireCaller(request)
  if (grants(scopes, 'read:org') || grants(scopes, 'user')) return
  throw new AppError(
    'forbidden',
    'You need at least read:org scope or user scope to list your organizations.',
  )
}
