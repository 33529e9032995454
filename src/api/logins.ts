// Which logins there can be, and whose they are.
import { type Account, isLogin } from '../account.ts'
import { customItem, type ErrorItem, notFound } from '../errors.ts'
import { GHOST_LOGIN } from '../store/account-deletion.ts'
import { findAccount } from '../store/accounts.ts'
import type { Db } from '../store/store.ts'

// An account's page is at `/{login}`, so a path that is taken cannot be a login.
const RESERVED: ReadonlySet<string> = new Set([
  'api',
  'apps',
  'assets',
  'avatars',
  GHOST_LOGIN,
  'healthz',
  'login',
  'logout',
  'meta',
  'metrics',
  'new',
  'orgs',
  'organizations',
  'readyz',
  'repos',
  'settings',
  'user',
  'users',
  'welcome',
  'zen',
])

export function loginFaults(resource: Account['type'], login: string): ErrorItem[] {
  if (RESERVED.has(login.toLowerCase())) return [{ resource, code: 'invalid', field: 'login' }]
  if (isLogin(login)) return []
  const message =
    'login may only contain alphanumeric characters or single hyphens, cannot begin or end with a hyphen, ' +
    'and has at most 39 characters'
  return [customItem(resource, message, 'login')]
}

/** Throws `not_found` for whoever is none: an organization, or the bot of an App. */
export async function getUser(db: Db, login: string): Promise<Account> {
  const account = await findAccount(db, login)
  if (account?.type !== 'User') throw notFound()
  return account
}
