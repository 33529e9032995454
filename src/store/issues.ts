// Issues with all that belongs to them: their author, labels, assignees and who closed them. A
// list costs as many statements as a single one.
import type { Selectable } from 'kysely'
import type { Account } from '../account.ts'
import { notFound } from '../errors.ts'
import type { AuthorAssociation, Issue, IssueState, Label, StateReason } from '../issue.ts'
import type { Repository } from '../repository.ts'
import { findAccountsById, membersAmong } from './accounts.ts'
import { labelOf } from './labels.ts'
import { offsetOf, type Page } from './page.ts'
import { addOpenIssues, takeIssueNumber } from './repositories.ts'
import type { Db, IssueTable } from './schema.ts'

export type NewIssue = {
  readonly title: string
  readonly body: string | null
  readonly userId: number
}

export type IssueFilter = {
  readonly state: IssueState | 'all'
  /** Names; an issue must have all of them. */
  readonly labels: readonly string[]
  /** A login; `*` is anybody, `none` nobody. */
  readonly assignee?: string | undefined
  readonly creator?: string | undefined
  readonly sinceMs?: number | undefined
}

export type IssueOrder = {
  readonly sort: 'created' | 'updated' | 'comments'
  readonly direction: 'asc' | 'desc'
}

/** Without labels and assignees yet. */
export async function createIssue(
  tx: Db,
  repository: Repository,
  issue: NewIssue,
  nowMs: number,
): Promise<Issue> {
  const number = await takeIssueNumber(tx, repository.id)
  const row = await tx
    .insertInto('issues')
    .values({
      repository_id: repository.id,
      number,
      title: issue.title,
      body: issue.body,
      user_id: issue.userId,
      state: 'open',
      state_reason: null,
      locked: 0,
      comments: 0,
      closed_at: null,
      closed_by_id: null,
      created_at: nowMs,
      updated_at: nowMs,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  return one(await completed(tx, repository, [row]))
}

export async function findIssue(db: Db, repository: Repository, number: number): Promise<Issue | undefined> {
  const rows = await db
    .selectFrom('issues')
    .selectAll()
    .where('repository_id', '=', repository.id)
    .where('number', '=', number)
    .execute()
  const [issue] = await completed(db, repository, rows)
  return issue
}

export async function getIssue(db: Db, repository: Repository, number: number): Promise<Issue> {
  return (await findIssue(db, repository, number)) ?? one([])
}

/**
 * The issue, to be changed in this unit of work. Writing the row to itself keeps other units out of
 * it until this one ends, on both dialects; without, two could close the same issue.
 */
export async function getIssueForChange(tx: Db, repository: Repository, number: number): Promise<Issue> {
  await tx
    .updateTable('issues')
    .set(({ ref }) => ({ number: ref('number') }))
    .where('repository_id', '=', repository.id)
    .where('number', '=', number)
    .execute()
  return getIssue(tx, repository, number)
}

export async function listIssues(
  db: Db,
  repository: Repository,
  filter: IssueFilter,
  { sort, direction }: IssueOrder,
  page: Page,
): Promise<Issue[]> {
  // Numbers grow with time, and with all states asked for their index is the one that serves.
  const created = filter.state === 'all' ? 'number' : 'created_at'
  const column = { created, updated: 'updated_at', comments: 'comments' } as const
  const rows = await filtered(db, repository.id, filter)
    .selectAll()
    .orderBy(column[sort], direction)
    .orderBy('id', direction)
    .limit(page.perPage)
    .offset(offsetOf(page))
    .execute()
  return completed(db, repository, rows)
}

export async function countIssues(db: Db, repositoryId: number, filter: IssueFilter): Promise<number> {
  const { count } = await filtered(db, repositoryId, filter)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

export async function editIssue(
  tx: Db,
  id: number,
  changes: { readonly title?: string; readonly body?: string | null },
): Promise<void> {
  if (Object.keys(changes).length === 0) return
  await tx.updateTable('issues').set(changes).where('id', '=', id).execute()
}

/** Opens or closes, and keeps the repository's count of open issues. */
export async function setIssueState(
  tx: Db,
  issue: Issue,
  change: { readonly state: IssueState; readonly reason: StateReason; readonly byId: number },
  nowMs: number,
): Promise<void> {
  const isClosing = change.state === 'closed'
  await tx
    .updateTable('issues')
    .set({
      state: change.state,
      state_reason: change.reason,
      closed_at: isClosing ? nowMs : null,
      closed_by_id: isClosing ? change.byId : null,
    })
    .where('id', '=', issue.id)
    .execute()
  await addOpenIssues(tx, issue.repositoryId, isClosing ? -1 : 1)
}

/** To be called once with all that was changed, so that "recently updated" is right. */
export async function touchIssue(tx: Db, id: number, nowMs: number): Promise<void> {
  await tx.updateTable('issues').set({ updated_at: nowMs }).where('id', '=', id).execute()
}

export async function addIssueLabels(tx: Db, issueId: number, labels: readonly Label[]): Promise<void> {
  if (labels.length === 0) return
  await tx
    .insertInto('issue_labels')
    .values(labels.map(label => ({ issue_id: issueId, label_id: label.id })))
    .onConflict(conflict => conflict.doNothing())
    .execute()
}

export async function removeIssueLabels(tx: Db, issueId: number, labels: readonly Label[]): Promise<void> {
  if (labels.length === 0) return
  await tx
    .deleteFrom('issue_labels')
    .where('issue_id', '=', issueId)
    .where(
      'label_id',
      'in',
      labels.map(label => label.id),
    )
    .execute()
}

export async function addAssignees(tx: Db, issueId: number, users: readonly Account[]): Promise<void> {
  if (users.length === 0) return
  await tx
    .insertInto('issue_assignees')
    .values(users.map(user => ({ issue_id: issueId, user_id: user.id })))
    .onConflict(conflict => conflict.doNothing())
    .execute()
}

export async function removeAssignees(tx: Db, issueId: number, users: readonly Account[]): Promise<void> {
  if (users.length === 0) return
  await tx
    .deleteFrom('issue_assignees')
    .where('issue_id', '=', issueId)
    .where(
      'user_id',
      'in',
      users.map(user => user.id),
    )
    .execute()
}

/** With its comments. */
export async function deleteIssue(tx: Db, issue: Issue): Promise<void> {
  await tx.deleteFrom('issues').where('id', '=', issue.id).execute()
  if (issue.state === 'open') await addOpenIssues(tx, issue.repositoryId, -1)
}

/** What these users are to the repository. */
export async function associationsWith(
  db: Db,
  { owner }: Repository,
  userIds: readonly number[],
): Promise<(userId: number) => AuthorAssociation> {
  if (owner.type === 'User') return userId => (userId === owner.id ? 'OWNER' : 'NONE')
  const members = await membersAmong(db, owner.id, userIds)
  return userId => (members.has(userId) ? 'MEMBER' : 'NONE')
}

function filtered(db: Db, repositoryId: number, filter: IssueFilter) {
  let query = db.selectFrom('issues').where('repository_id', '=', repositoryId)
  if (filter.state !== 'all') query = query.where('state', '=', filter.state)
  if (filter.sinceMs !== undefined) query = query.where('updated_at', '>=', filter.sinceMs)
  if (filter.creator !== undefined) query = query.where('user_id', 'in', idOf(db, filter.creator))
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

function labelled(db: Db, repositoryId: number, name: string) {
  return db
    .selectFrom('issue_labels')
    .innerJoin('labels', 'labels.id', 'issue_labels.label_id')
    .select('issue_labels.issue_id')
    .where('labels.repository_id', '=', repositoryId)
    .where('labels.name_key', '=', name.toLowerCase())
}

async function completed(
  db: Db,
  repository: Repository,
  rows: readonly Selectable<IssueTable>[],
): Promise<Issue[]> {
  if (rows.length === 0) return []
  const ids = rows.map(row => row.id)
  const [labels, assigneeIds] = await Promise.all([labelsOf(db, ids), assigneeIdsOf(db, ids)])
  const authorIds = rows.map(row => row.user_id)
  const closerIds = rows.flatMap(row => row.closed_by_id ?? [])
  const accounts = await findAccountsById(db, [
    ...authorIds,
    ...closerIds,
    ...[...assigneeIds.values()].flat(),
  ])
  const associationOf = await associationsWith(db, repository, authorIds)
  return rows.map(row => issueOf(row, { labels, assigneeIds, accounts, associationOf }))
}

type Belongings = {
  readonly labels: ReadonlyMap<number, readonly Label[]>
  readonly assigneeIds: ReadonlyMap<number, readonly number[]>
  readonly accounts: ReadonlyMap<number, Account>
  readonly associationOf: (userId: number) => AuthorAssociation
}

function issueOf(
  row: Selectable<IssueTable>,
  { labels, assigneeIds, accounts, associationOf }: Belongings,
): Issue {
  const user = accounts.get(row.user_id)
  // The foreign key does not let an author go before the issue.
  if (!user) throw new Error(`issue ${row.id} has no author`)
  return {
    id: row.id,
    repositoryId: row.repository_id,
    number: row.number,
    title: row.title,
    body: row.body,
    user,
    authorAssociation: associationOf(row.user_id),
    labels: labels.get(row.id) ?? [],
    assignees: (assigneeIds.get(row.id) ?? []).flatMap(id => accounts.get(id) ?? []),
    state: row.state,
    stateReason: row.state_reason,
    locked: row.locked === 1,
    comments: row.comments,
    closedAt: row.closed_at === null ? null : new Date(row.closed_at),
    closedBy: row.closed_by_id === null ? null : (accounts.get(row.closed_by_id) ?? null),
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
  }
}

async function labelsOf(db: Db, issueIds: readonly number[]): Promise<ReadonlyMap<number, readonly Label[]>> {
  const rows = await db
    .selectFrom('issue_labels')
    .innerJoin('labels', 'labels.id', 'issue_labels.label_id')
    .selectAll('labels')
    .select('issue_labels.issue_id')
    .where('issue_labels.issue_id', 'in', issueIds)
    .orderBy('labels.id')
    .execute()
  return grouped(rows.map(row => [row.issue_id, labelOf(row)]))
}

async function assigneeIdsOf(
  db: Db,
  issueIds: readonly number[],
): Promise<ReadonlyMap<number, readonly number[]>> {
  const rows = await db
    .selectFrom('issue_assignees')
    .selectAll()
    .where('issue_id', 'in', issueIds)
    .orderBy('user_id')
    .execute()
  return grouped(rows.map(row => [row.issue_id, row.user_id]))
}

function grouped<T>(pairs: readonly (readonly [number, T])[]): ReadonlyMap<number, readonly T[]> {
  const groups = new Map<number, T[]>()
  for (const [key, value] of pairs) {
    const group = groups.get(key)
    if (group) group.push(value)
    else groups.set(key, [value])
  }
  return groups
}

function one(issues: readonly Issue[]): Issue {
  const [issue] = issues
  if (!issue) throw notFound()
  return issue
}
