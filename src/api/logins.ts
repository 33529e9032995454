// Which logins there can be, and whose they are.
import { type Account, isLogin } from '../account.ts'
import { customItem, type ErrorItem, notFound } from '../errors.ts'
import { GHOST_LOGIN } from '../store/account-deletion.ts'
import { findAccount } from '../store/accounts.ts'
import type { Db } from '../store/store.ts'

// An account's page is at `/{login}` and its repositories are below it, so that whatever is there already
// cannot be a login: pages, and the roots of the API. A test holds this list against the server's routes.
// Two may be had all the same: `octocat`, whose page is shown to browsers there, and `admin`, as the first
// start calls the site administrator.
const RESERVED: ReadonlySet<string> = new Set([
  'api',
  'app',
  'apps',
  'assets',
  'avatars',
  'docs',
  GHOST_LOGIN,
  'healthz',
  'installation',
  'login',
  'logout',
  'meta',
  'metrics',
  'new',
  'organizations',
  'orgs',
  'readyz',
  'repos',
  'repositories',
  'settings',
  'site',
  'user',
  'users',
  'webhook-events',
  'welcome',
  'zen',
  // Roots of GitHub's API that are not here yet, and pages of its own that clients know.
  'emojis',
  'enterprises',
  'events',
  'gists',
  'graphql',
  'issues',
  'join',
  'licenses',
  'markdown',
  'notifications',
  'projects',
  'search',
  'sessions',
  'signup',
  'teams',
  'versions',
])

export function isReserved(login: string): boolean {
  return RESERVED.has(login.toLowerCase())
}

export function loginFaults(resource: Account['type'], login: string): ErrorItem[] {
  if (isReserved(login)) return [{ resource, code: 'invalid', field: 'login' }]
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
