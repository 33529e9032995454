// Who one is, and who others are.
import type { FastifyInstance } from 'fastify'
import { grants } from '../../account.ts'
import { notFound } from '../../errors.ts'
import {
  organizationJson,
  privateUserJson,
  publicUserJson,
  type RepositoryCounts,
} from '../../github/user.ts'
import { countOrganizationsOf, findAccount, listOrganizationsOf } from '../../store/accounts.ts'
import { countRepositories } from '../../store/repositories.ts'
import type { Db } from '../../store/store.ts'
import { needsCaller, requireCaller } from '../auth.ts'
import type { ApiContext } from '../context.ts'
import { linksOf } from '../links.ts'
import { linkPages, readPage } from '../paging.ts'
import { route } from '../route.ts'

export function userRoutes(app: FastifyInstance, { store }: ApiContext): void {
  app.get('/user', route('users/users#get-the-authenticated-user', needsCaller), async request => {
    const { user, scopes } = requireCaller(request)
    const owned = await countOwned(store.read, user.id, grants(scopes, 'repo'))
    const links = linksOf(request)
    // Without `user` or `read:user` GitHub shows a user what everybody sees.
    return grants(scopes, 'read:user')
      ? privateUserJson(user, owned, links)
      : publicUserJson(user, owned, links)
  })

  app.get(
    '/user/orgs',
    route('orgs/orgs#list-organizations-for-the-authenticated-user', needsCaller),
    async (request, reply) => {
      const { user } = requireCaller(request)
      const page = readPage(request.query)
      linkPages(request, reply, page, await countOrganizationsOf(store.read, user.id))
      const organizations = await listOrganizationsOf(store.read, user.id, page)
      return organizations.map(organization => organizationJson(organization, linksOf(request)))
    },
  )

  type Named = { Params: { username: string } }
  app.get<Named>('/users/:username', route('users/users#get-a-user'), async request => {
    const account = await findAccount(store.read, request.params.username)
    if (!account) throw notFound()
    return publicUserJson(account, await countOwned(store.read, account.id, false), linksOf(request))
  })
}

/** How many repositories an account owns. Private ones are counted only when the caller may see them. */
export async function countOwned(db: Db, ownerId: number, withPrivate: boolean): Promise<RepositoryCounts> {
  const ownerIds = [ownerId]
  return {
    public: await countRepositories(db, { ownerIds, visibility: 'public' }),
    private: withPrivate ? await countRepositories(db, { ownerIds, visibility: 'private' }) : 0,
  }
}
