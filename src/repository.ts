// A repository: what issues belong to and what a webhook can hang on. There is no git behind it;
// a team's own forge publishes its pushes through the API.
import type { Account } from './account.ts'

export type Repository = {
  readonly id: number
  readonly owner: Account
  readonly name: string
  readonly private: boolean
  readonly description: string | null
  readonly homepage: string | null
  readonly defaultBranch: string
  readonly hasIssues: boolean
  readonly archived: boolean
  readonly openIssues: number
  readonly stars: number
  readonly topics: readonly string[]
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly pushedAt: Date
}

/** What a person may do there: each role brings those before it. */
export const REPOSITORY_ROLES = ['pull', 'triage', 'push', 'maintain', 'admin'] as const

export type RepositoryRole = (typeof REPOSITORY_ROLES)[number]

/** Whether `role` is at least `wanted`. */
export function includesRole(role: RepositoryRole, wanted: RepositoryRole): boolean {
  return REPOSITORY_ROLES.indexOf(role) >= REPOSITORY_ROLES.indexOf(wanted)
}

export function higherRole(one: RepositoryRole, other: RepositoryRole): RepositoryRole {
  return includesRole(one, other) ? one : other
}

const NAME = /^[\w.-]{1,100}$/

/** Letters, digits, `-`, `_` and `.`, up to 100, and not a name that a path would swallow. */
export function isRepositoryName(text: string): boolean {
  return NAME.test(text) && text !== '.' && text !== '..' && !text.endsWith('.git')
}

export function fullName(repository: Repository): string {
  return `${repository.owner.login}/${repository.name}`
}
