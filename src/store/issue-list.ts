// Lists of issues: filtered, sorted and counted. Sorting by comments has no index; every other order has
// one.
import type { Issue, IssueState } from '../issue.ts'
import type { Repository } from '../repository.ts'
import { completeIssues } from './issues.ts'
import { offsetOf, type Page } from './page.ts'
import type { Db } from './schema.ts'

export type IssueFilter = {
  readonly state: IssueState | 'all'
  /** Names; an issue must have all of them. */
  readonly labels: readonly string[]
  /** A login; `*` is anybody, `none` nobody. */
  readonly assignee?: string | undefined
  readonly creator?: string | undefined
  /** A number; `*` is any, `none` no milestone. */
  readonly milestone?: number | '*' | 'none' | undefined
  readonly sinceMs?: number | undefined
}

export type IssueOrder = {
  readonly sort: 'created' | 'updated' | 'comments'
  readonly direction: 'asc' | 'desc'
}

export async function listIssues(
  db: Db,
  repository: Repository,
  filter: IssueFilter,
  { sort, direction }: IssueOrder,
  page: Page,
): Promise<Issue[]> {
  // Numbers grow with time, and the index of creation times begins with the state: for all states the
  // index of numbers is the one that serves.
  const created = filter.state === 'all' ? 'number' : 'created_at'
  const column = { created, updated: 'updated_at', comments: 'comments' } as const
  const rows = await filtered(db, repository.id, filter)
    .selectAll()
    .orderBy(column[sort], direction)
    .orderBy('id', direction)
    .limit(page.perPage)
    .offset(offsetOf(page))
    .execute()
  return completeIssues(db, repository, rows)
}

export async function countIssues(db: Db, repositoryId: number, filter: IssueFilter): Promise<number> {
  const { count } = await filtered(db, repositoryId, filter)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

function filtered(db: Db, repositoryId: number, filter: IssueFilter) {
  let query = db.selectFrom('issues').where('repository_id', '=', repositoryId)
  if (filter.state !== 'all') query = query.where('state', '=', filter.state)
  if (filter.sinceMs !== undefined) query = query.where('updated_at', '>=', filter.sinceMs)
  if (filter.creator !== undefined) query = query.where('user_id', 'in', idOf(db, filter.creator))
  if (filter.milestone === '*') query = query.where('milestone_id', 'is not', null)
  else if (filter.milestone === 'none') query = query.where('milestone_id', 'is', null)
  else if (filter.milestone !== undefined) {
    query = query.where('milestone_id', 'in', milestoneIdOf(db, repositoryId, filter.milestone))
  }
  for (const name of filter.labels) query = query.where('id', 'in', labelled(db, repositoryId, name))

  const assigned = db.selectFrom('issue_assignees').select('issue_id')
  switch (filter.assignee) {
    case undefined:
      return query
    case '*':
      return query.where('id', 'in', assigned)
    case 'none':
      return query.where('id', 'not in', assigned)
    default:
      return query.where('id', 'in', assigned.where('user_id', 'in', idOf(db, filter.assignee)))
  }
}

function idOf(db: Db, login: string) {
  return db.selectFrom('accounts').select('id').where('login_key', '=', login.toLowerCase())
}

function milestoneIdOf(db: Db, repositoryId: number, number: number) {
  return db
    .selectFrom('milestones')
    .select('id')
    .where('repository_id', '=', repositoryId)
    .where('number', '=', number)
}

function labelled(db: Db, repositoryId: number, name: string) {
  return db
    .selectFrom('issue_labels')
    .innerJoin('labels', 'labels.id', 'issue_labels.label_id')
    .select('issue_labels.issue_id')
    .where('labels.repository_id', '=', repositoryId)
    .where('labels.name_key', '=', name.toLowerCase())
}
