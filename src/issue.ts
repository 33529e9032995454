// Issues, their labels and their comments.
import type { Account } from './account.ts'
import type { Milestone } from './milestone.ts'

export type IssueState = 'open' | 'closed'
export type StateReason = 'completed' | 'not_planned' | 'duplicate' | 'reopened'

export type AuthorAssociation = 'OWNER' | 'MEMBER' | 'COLLABORATOR' | 'NONE'

export type Label = {
  readonly id: number
  readonly name: string
  /** Six hexadecimal digits, without `#`. */
  readonly color: string
  readonly description: string | null
  readonly default: boolean
}

export type Issue = {
  readonly id: number
  readonly repositoryId: number
  readonly number: number
  readonly title: string
  readonly body: string | null
  readonly user: Account
  readonly authorAssociation: AuthorAssociation
  readonly labels: readonly Label[]
  readonly assignees: readonly Account[]
  readonly milestone: Milestone | null
  readonly state: IssueState
  readonly stateReason: StateReason | null
  readonly locked: boolean
  readonly comments: number
  readonly closedAt: Date | null
  readonly closedBy: Account | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

export type Comment = {
  readonly id: number
  readonly issueNumber: number
  readonly user: Account
  readonly authorAssociation: AuthorAssociation
  readonly body: string
  readonly createdAt: Date
  readonly updatedAt: Date
}

// GitHub's ceilings: 256 characters for a title, 65,536 for a body.
export const TITLE_LENGTH_MAX = 256
export const BODY_LENGTH_MAX = 65_536
export const LABELS_PER_ISSUE_MAX = 100
export const ASSIGNEES_PER_ISSUE_MAX = 10
