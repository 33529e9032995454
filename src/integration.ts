// A GitHub App, which GitHub's API calls an integration. It has one hook of its own, whose events are
// the App's, and is installed on accounts: all of an account's repositories, or some of them. What it may
// do there are its permissions. It acts as a bot.
import type { Account } from './account.ts'

export type PermissionLevel = 'read' | 'write' | 'admin'

/** By GitHub's names: `issues`, `repository_hooks`, … */
export type Permissions = Readonly<Record<string, PermissionLevel>>

export type Integration = {
  readonly id: number
  /** Its name as a part of addresses, and of its bot's login. */
  readonly slug: string
  readonly name: string
  readonly clientId: string
  readonly description: string | null
  readonly externalUrl: string
  readonly owner: Account
  readonly botId: number
  /** What a new installation is given. */
  readonly permissions: Permissions
  /** Its hook's. */
  readonly events: readonly string[]
  readonly createdAt: Date
  readonly updatedAt: Date
}

export type Installation = {
  readonly id: number
  readonly integrationId: number
  readonly account: Account
  /** Null for all, also those that are yet to come. */
  readonly repositoryIds: readonly number[] | null
  /** As they were granted. The App may ask for others since. */
  readonly permissions: Permissions
  readonly createdAt: Date
  readonly updatedAt: Date
  /** While it is suspended nothing is delivered, and its tokens open nothing. */
  readonly suspendedAt: Date | null
  readonly suspendedBy: Account | null
}

/** Half of a pair: the private key is with the App alone. */
export type IntegrationKey = {
  readonly id: number
  readonly integrationId: number
  /** `SHA256:` and the base64 of the digest of the public key's DER, as GitHub shows it. */
  readonly fingerprint: string
  /** SPKI, as PEM. */
  readonly publicKey: string
  readonly createdAt: Date
}

/** By which the App acts there, for a while. */
export type InstallationToken = {
  readonly installationId: number
  /** No more than the installation's. */
  readonly permissions: Permissions
  /** Null for all that the installation covers. */
  readonly repositoryIds: readonly number[] | null
  readonly expiresAt: Date
}

// GitHub's limit on names, so that the bot's login stays readable.
export const NAME_LENGTH_MAX = 34

const RANK: Readonly<Record<PermissionLevel, number>> = { read: 1, write: 2, admin: 3 }

/** Whatever else an App was given, it may read the metadata, as on GitHub. */
export function permits(permissions: Permissions, name: string, wanted: PermissionLevel): boolean {
  const level = permissions[name] ?? (name === 'metadata' ? 'read' : undefined)
  return level !== undefined && RANK[level] >= RANK[wanted]
}

/** Whether nothing is asked for beyond what there is. */
export function isWithin(asked: Permissions, granted: Permissions): boolean {
  return Object.entries(asked).every(([name, level]) => permits(granted, name, level))
}

/** What is in both: the lower level of each. */
export function commonOf(one: Permissions, other: Permissions): Permissions {
  const common = Object.entries(one).flatMap(([name, level]) => {
    const granted = other[name]
    if (granted === undefined) return []
    return [[name, RANK[level] <= RANK[granted] ? level : granted] as const]
  })
  return Object.fromEntries(common)
}

/** Of what belongs to no repository, a selection of them says nothing: then it is covered. */
export function covers({ repositoryIds }: Pick<Installation, 'repositoryIds'>, repositoryId: number | null) {
  return repositoryIds === null || repositoryId === null || repositoryIds.includes(repositoryId)
}

/** Empty when nothing of the name can be a part of an address. */
export function slugOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z\d]+/g, '-')
    .replace(/^-|-$/g, '')
}

const BOT = '[bot]'

/** No user's login has brackets: the two cannot meet. */
export function botLogin(slug: string): string {
  return slug + BOT
}

export function appSlugOf(login: string): string {
  return login.slice(0, -BOT.length)
}
