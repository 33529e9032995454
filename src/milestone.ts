// A milestone gathers issues of one repository towards a date.
import type { Account } from './account.ts'
import type { IssueState } from './issue.ts'

export type Milestone = {
  readonly id: number
  readonly repositoryId: number
  /** Counted within the repository, apart from the numbers of issues. */
  readonly number: number
  readonly title: string
  readonly description: string | null
  readonly state: IssueState
  readonly creator: Account
  readonly openIssues: number
  readonly closedIssues: number
  readonly dueOn: Date | null
  readonly closedAt: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
}
