// Which repositories have issues, for the routes below them.
import { AppError } from '../errors.ts'
import { needsUnarchived, type RepositoryParams, type RepositoryWanted, repositoryOf } from './auth.ts'
import type { ApiContext } from './context.ts'
import { NUMBER } from './fields.ts'
import type { OnRequest } from './route.ts'

export const ISSUE_PARAMS = { type: 'object', properties: { number: NUMBER } } as const

export type IssueParams = RepositoryParams & { readonly number: number }

/** For `onRequest`: a repository that has issues, and that is not archived when it is to be changed. */
export function needsIssues(context: ApiContext, wanted: RepositoryWanted): OnRequest[] {
  return [
    ...needsUnarchived(context, wanted),
    async request => {
      if (repositoryOf(request).repository.hasIssues) return
      throw new AppError('gone', 'Issues has been disabled in this repository.')
    },
  ]
}
