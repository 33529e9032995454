// Accounts own repositories and hooks; a user acts, an organization has members, and a bot is what an App
// acts as. An access token
// carries scopes, GitHub's classic ones, and a wider scope grants the narrower.

export type AccountType = 'User' | 'Organization' | 'Bot'

export type Account = {
  readonly id: number
  readonly type: AccountType
  readonly login: string
  readonly name: string | null
  readonly email: string | null
  readonly description: string | null
  readonly siteAdmin: boolean
  /** Whose tokens and sessions open nothing, since then; null for everybody else. */
  readonly suspendedAt: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** A member's role in an organization: an owner is called `admin` by GitHub's API. */
export type MemberRole = 'admin' | 'member'

export const SCOPES = [
  'repo',
  'public_repo',
  'delete_repo',
  'admin:repo_hook',
  'write:repo_hook',
  'read:repo_hook',
  'admin:org_hook',
  'admin:org',
  'write:org',
  'read:org',
  'user',
  'read:user',
  'site_admin',
] as const

export type Scope = (typeof SCOPES)[number]

/** Whose request this is. `token` is what the caller proved to hold; its text is never kept. */
export type AccessToken = {
  readonly id: number
  readonly userId: number
  readonly note: string
  readonly scopes: readonly Scope[]
  /** Of its text, SHA-256 in hexadecimal: who finds a text somewhere can tell whose it is. */
  readonly hash: string
  /** Of its text; null for one that is older than this was kept. */
  readonly lastEight: string | null
  readonly createdAt: Date
  readonly lastUsedAt: Date | null
}

// Which scopes each scope brings with it, from GitHub's table of OAuth scopes.
const BRINGS: Partial<Record<Scope, readonly Scope[]>> = {
  repo: ['public_repo', 'admin:repo_hook', 'write:repo_hook', 'read:repo_hook'],
  'admin:repo_hook': ['write:repo_hook', 'read:repo_hook'],
  'write:repo_hook': ['read:repo_hook'],
  'admin:org': ['write:org', 'read:org'],
  'write:org': ['read:org'],
  user: ['read:user'],
}

export function grants(scopes: readonly Scope[], wanted: Scope): boolean {
  return scopes.some(scope => scope === wanted || BRINGS[scope]?.includes(wanted))
}

// GitHub's rule for logins: letters, digits and single inner hyphens, 39 at the most.
const LOGIN = /^[a-z\d](?:[a-z\d]|-(?=[a-z\d])){0,38}$/i

export function isLogin(text: string): boolean {
  return LOGIN.test(text)
}
