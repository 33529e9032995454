// Stars with their times, in GitHub's JSON: the answer to the media type `star+json`.
import type { Account } from '../account.ts'
import type { Repository } from '../repository.ts'
import { type Links, timestamp } from './links.ts'
import type { Rest } from './openapi.ts'
import { minimalRepositoryJson, type RepositoryRole } from './repository.ts'
import { simpleUserJson } from './user.ts'

export function stargazerJson(user: Account, starredAt: Date, links: Links): Rest['stargazer'] {
  return { starred_at: timestamp(starredAt), user: simpleUserJson(user, links) }
}

export function starredRepositoryJson(
  repository: Repository,
  starredAt: Date,
  role: RepositoryRole,
  links: Links,
) {
  return { starred_at: timestamp(starredAt), repo: minimalRepositoryJson(repository, role, links) }
}
