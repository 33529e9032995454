// Every user and every organization of the site, searched, for its administrator. GitHub has such lists on
// its pages alone; what may be done with them is in admin.ts.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Account } from '../../account.ts'
import { timestamp } from '../../github/links.ts'
import { organizationJson, simpleUserJson } from '../../github/user.ts'
import { countAccounts, searchAccounts } from '../../store/accounts.ts'
import { needsSiteAdmin } from '../auth.ts'
import type { ApiContext } from '../context.ts'
import { linksOf } from '../links.ts'
import { linkPages, readPage } from '../paging.ts'
import { route } from '../route.ts'

const PAGES = '/enterprise-server@3.19/rest/enterprise-admin'

// No login and hardly any name is longer.
const SEARCH_LENGTH_MAX = 100

const QUERY = {
  type: 'object',
  properties: { q: { type: 'string', maxLength: SEARCH_LENGTH_MAX } },
} as const

type Listing = { Querystring: { readonly q?: string } }

export function adminListRoutes(app: FastifyInstance, context: ApiContext): void {
  app.get<Listing>(
    '/admin/users',
    route(`${PAGES}/users`, needsSiteAdmin, { querystring: QUERY }),
    async (request, reply) =>
      (await list(context, request, reply, 'User')).map(user => ({
        ...simpleUserJson(user, linksOf(request)),
        name: user.name,
        email: user.email,
        created_at: timestamp(user.createdAt),
        suspended_at: user.suspendedAt && timestamp(user.suspendedAt),
      })),
  )

  app.get<Listing>(
    '/admin/organizations',
    route(`${PAGES}/orgs`, needsSiteAdmin, { querystring: QUERY }),
    async (request, reply) =>
      (await list(context, request, reply, 'Organization')).map(organization => ({
        ...organizationJson(organization, linksOf(request)),
        name: organization.name,
        created_at: timestamp(organization.createdAt),
      })),
  )
}

async function list(
  { store }: ApiContext,
  request: FastifyRequest<Listing>,
  reply: FastifyReply,
  type: 'User' | 'Organization',
): Promise<Account[]> {
  const page = readPage(request.query)
  const search = { type, text: request.query.q }
  linkPages(request, reply, page, await countAccounts(store.read, search))
  return searchAccounts(store.read, search, page)
}
