// Organizations and who belongs to them.
import type { FastifyInstance } from 'fastify'
import { grants, type MemberRole } from '../../account.ts'
import { AppError, notFound } from '../../errors.ts'
import { membershipJson } from '../../github/membership.ts'
import { fullOrganizationJson } from '../../github/user.ts'
import {
  findAccount,
  findRole,
  hasOtherOwner,
  removeMembership,
  setMembership,
} from '../../store/accounts.ts'
import type { Db } from '../../store/store.ts'
import { isSiteAdmin, needsOrganization, organizationOf } from '../auth.ts'
import type { ApiContext } from '../context.ts'
import { linksOf } from '../links.ts'
import { route } from '../route.ts'
import { countOwned } from './users.ts'

export function organizationRoutes(app: FastifyInstance, context: ApiContext): void {
  app.get<{ Params: { readonly org: string } }>(
    '/orgs/:org',
    route('orgs/orgs#get-an-organization', needsOrganization(context, 'read')),
    async request => {
      const { organization, caller } = organizationOf(request)
      const { read } = context.store
      const isMember =
        caller !== null &&
        grants(caller.scopes, 'repo') &&
        (isSiteAdmin(caller) || (await findRole(read, organization.id, caller.user.id)) !== undefined)
      return fullOrganizationJson(
        organization,
        await countOwned(read, organization.id, isMember),
        linksOf(request),
      )
    },
  )
  membershipRoutes(app, context)
}

function membershipRoutes(app: FastifyInstance, context: ApiContext): void {
  type Route = { Params: { readonly org: string; readonly username: string } }
  const path = '/orgs/:org/memberships/:username'
  const { store, clock } = context

  app.get<Route>(
    path,
    route('orgs/members#get-organization-membership-for-a-user', needsOrganization(context, 'member')),
    async request => {
      const { organization } = organizationOf(request)
      const user = await getUser(store.read, request.params.username)
      const role = await findRole(store.read, organization.id, user.id)
      if (!role) throw notFound()
      return membershipJson(organization, user, role, linksOf(request))
    },
  )

  app.put<Route & { Body: { readonly role: MemberRole } }>(
    path,
    route('orgs/members#set-organization-membership-for-a-user', needsOrganization(context, 'admin'), {
      body: {
        type: 'object',
        properties: { role: { type: 'string', enum: ['admin', 'member'], default: 'member' } },
      },
    }),
    async request => {
      const { organization } = organizationOf(request)
      const { role } = request.body
      const user = await store.write(async tx => {
        const found = await getUser(tx, request.params.username)
        if (role !== 'admin') await refuseLastOwner(tx, organization.id, found.id)
        await setMembership(tx, organization.id, found.id, role, clock.nowMs())
        return found
      })
      return membershipJson(organization, user, role, linksOf(request))
    },
  )

  app.delete<Route>(
    path,
    route('orgs/members#remove-organization-membership-for-a-user', needsOrganization(context, 'admin')),
    async (request, reply) => {
      const { organization } = organizationOf(request)
      await store.write(async tx => {
        const user = await getUser(tx, request.params.username)
        await refuseLastOwner(tx, organization.id, user.id)
        if (!(await removeMembership(tx, organization.id, user.id))) throw notFound()
      })
      return reply.code(204).send()
    },
  )
}

async function getUser(db: Db, login: string) {
  const account = await findAccount(db, login)
  if (account?.type !== 'User') throw notFound()
  return account
}

// Without an owner nobody could administer its webhooks.
async function refuseLastOwner(tx: Db, organizationId: number, userId: number): Promise<void> {
  if ((await findRole(tx, organizationId, userId)) !== 'admin') return
  if (await hasOtherOwner(tx, organizationId, userId)) return
  throw new AppError('forbidden', 'An organization must have at least one owner.')
}
