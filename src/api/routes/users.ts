// Who one is, and who others are.
import type { FastifyInstance } from 'fastify'
import { grants } from '../../account.ts'
import { notFound } from '../../errors.ts'
import { privateUserJson, publicUserJson, type RepositoryCounts, simpleUserJson } from '../../github/user.ts'
import { findAccount, findAccountById, listAccountsAfter } from '../../store/accounts.ts'
import { countRepositories } from '../../store/repositories.ts'
import type { Db } from '../../store/store.ts'
import { needsCaller, requireCaller } from '../auth.ts'
import type { ApiContext } from '../context.ts'
import { NUMBER } from '../fields.ts'
import { linksOf } from '../links.ts'
import { linkSince, readPage, readSinceId } from '../paging.ts'
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

  // Where a rename leads to, since the id stays.
  app.get<{ Params: { readonly account_id: number } }>(
    '/user/:account_id',
    route('users/users#get-a-user-using-their-id', [], {
      params: { type: 'object', properties: { account_id: NUMBER } },
    }),
    async request => {
      const { account_id: id } = request.params
      const account = await findAccountById(store.read, id)
      if (!account) throw notFound()
      return publicUserJson(account, await countOwned(store.read, account.id, false), linksOf(request))
    },
  )

  // GitHub's list of users has organizations in it, too.
  app.get('/users', route('users/users#list-users'), async (request, reply) => {
    const { perPage } = readPage(request.query)
    const found = await listAccountsAfter(store.read, readSinceId(request.query), perPage)
    linkSince(request, reply, found.length === perPage ? found.at(-1)?.id : undefined)
    return found.map(account => simpleUserJson(account, linksOf(request)))
  })

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
    public: await countRepositories(db, { ownerIds, visibility: 'public', withPrivate }),
    private: withPrivate ? await countRepositories(db, { ownerIds, visibility: 'private', withPrivate }) : 0,
  }
}
