// Organizations: what they tell of themselves, and their end. Who belongs to them is in members.ts.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { grants } from '../../account.ts'
import { notFound, refuse } from '../../errors.ts'
import { organizationPayload } from '../../github/payload/organization.ts'
import { fullOrganizationJson, organizationJson } from '../../github/user.ts'
import { deleteAccount } from '../../store/account-deletion.ts'
import { findAccountById, findRole, listAccountsAfter } from '../../store/accounts.ts'
import { countMembershipsOf, listMembershipsOf } from '../../store/members.ts'
import { readProfile, updateAccount } from '../../store/profiles.ts'
import { isSiteAdmin, needsCaller, needsOrganization, organizationOf, requireCaller } from '../auth.ts'
import type { ApiContext } from '../context.ts'
import { siteDraft } from '../draft.ts'
import { NUMBER } from '../fields.ts'
import { linksOf } from '../links.ts'
import { getUser } from '../logins.ts'
import {
  ORGANIZATION_FIELDS,
  type OrganizationBody,
  organizationChanges,
  organizationFaults,
} from '../organization-change.ts'
import { linkPages, linkSince, readPage, readSinceId } from '../paging.ts'
import { route } from '../route.ts'
import { commitInOrganization } from '../work.ts'
import { countOwned } from './users.ts'

export function organizationRoutes(app: FastifyInstance, context: ApiContext): void {
  oneRoutes(app, context)
  byIdRoute(app, context)
  listRoutes(app, context)
}

type OneParams = { readonly org: string }

function oneRoutes(app: FastifyInstance, context: ApiContext): void {
  const path = '/orgs/:org'

  app.get<{ Params: OneParams }>(
    path,
    route('orgs/orgs#get-an-organization', needsOrganization(context, 'read')),
    async request => organizationFor(context, request),
  )

  app.patch<{ Params: OneParams; Body: OrganizationBody }>(
    path,
    route('orgs/orgs#update-an-organization', needsOrganization(context, 'admin'), {
      body: { type: 'object', properties: ORGANIZATION_FIELDS },
    }),
    async request => {
      refuse(organizationFaults(request.body))
      await commitInOrganization(context, request, async ({ tx, organization, nowMs }) => {
        const before = await readProfile(tx, organization.id)
        const changes = organizationChanges(request.body, before)
        request.organizationPlace = {
          organization: await updateAccount(tx, organization.id, changes, nowMs),
          caller: request.caller,
        }
      })
      return organizationFor(context, request)
    },
  )

  app.delete<{ Params: OneParams }>(
    path,
    route('orgs/orgs#delete-an-organization', needsOrganization(context, 'admin')),
    async (request, reply) => {
      const targets = await commitInOrganization(context, request, async work => {
        const { tx, tell, organization, sender, links, nowMs } = work
        const gone = await deleteAccount(tx, organization, nowMs)
        const payload = organizationPayload({ action: 'deleted' }, work, links)
        tell(siteDraft('organization', payload, organization, sender))
        return gone
      })
      for (const target of targets) context.engine.hooksChanged(target)
      context.engine.installationsChanged('all')
      return reply.code(202).send({})
    },
  )
}

// GitHub leads here, too, though its pages do not say so.
function byIdRoute(app: FastifyInstance, context: ApiContext): void {
  app.get<{ Params: { readonly organization_id: number } }>(
    '/organizations/:organization_id',
    route('orgs/orgs#get-an-organization', [], {
      params: { type: 'object', properties: { organization_id: NUMBER } },
    }),
    async request => {
      const { organization_id: id } = request.params
      const organization = await findAccountById(context.store.read, id)
      if (organization?.type !== 'Organization') throw notFound()
      request.organizationPlace = { organization, caller: request.caller }
      return organizationFor(context, request)
    },
  )
}

function listRoutes(app: FastifyInstance, context: ApiContext): void {
  const { read } = context.store

  app.get('/organizations', route('orgs/orgs#list-organizations'), async (request, reply) => {
    const { perPage } = readPage(request.query)
    const found = await listAccountsAfter(read, readSinceId(request.query), perPage, 'Organization')
    linkSince(request, reply, found.length === perPage ? found.at(-1)?.id : undefined)
    return found.map(organization => organizationJson(organization, linksOf(request)))
  })

  app.get(
    '/user/orgs',
    route('orgs/orgs#list-organizations-for-the-authenticated-user', needsCaller),
    async (request, reply) => sendOrganizationsOf(request, reply, requireCaller(request).user.id, false),
  )

  // Even oneself sees here what everybody sees: that is GitHub's difference from `/user/orgs`.
  app.get<{ Params: { readonly username: string } }>(
    '/users/:username/orgs',
    route('orgs/orgs#list-organizations-for-a-user'),
    async (request, reply) => {
      const { id } = await getUser(read, request.params.username)
      return sendOrganizationsOf(request, reply, id, true)
    },
  )

  async function sendOrganizationsOf(
    request: FastifyRequest,
    reply: FastifyReply,
    userId: number,
    publicOnly: boolean,
  ) {
    const page = readPage(request.query)
    linkPages(request, reply, page, await countMembershipsOf(read, userId, publicOnly))
    const memberships = await listMembershipsOf(read, userId, publicOnly, page)
    return memberships.map(({ organization }) => organizationJson(organization, linksOf(request)))
  }
}

/** Its private repositories are counted for members, and its owners see where the bills go. */
async function organizationFor({ store: { read } }: ApiContext, request: FastifyRequest) {
  const { organization, caller } = organizationOf(request)
  const role = caller && (await findRole(read, organization.id, caller.user.id))
  const isOwner = isSiteAdmin(caller) || role === 'admin'
  const isMember = caller !== null && grants(caller.scopes, 'repo') && (isOwner || role !== undefined)
  const { billingEmail, ...shown } = await readProfile(read, organization.id)
  const isBilled = isOwner && caller !== null && grants(caller.scopes, 'admin:org')
  return fullOrganizationJson(
    organization,
    await countOwned(read, organization.id, isMember),
    linksOf(request),
    { ...shown, ...(isBilled && billingEmail !== undefined && { billingEmail }) },
  )
}
