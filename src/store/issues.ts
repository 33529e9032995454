// Issues with all that belongs to them: their author, labels, assignees and who closed them. A
// list costs as many statements as a single one.
import type { Selectable } from 'kysely'
import type { Account } from '../account.ts'
import { notFound } from '../errors.ts'
import type { AuthorAssociation, Issue, IssueState, Label, StateReason } from '../issue.ts'
import type { Milestone } from '../milestone.ts'
import type { Repository } from '../repository.ts'
import { findAccountsById, membersAmong } from './accounts.ts'
import { permissionsAmong } from './collaborators.ts'
import { labelOf } from './labels.ts'
import { countMilestoneIssue, findMilestonesById } from './milestones.ts'
import { addOpenIssues, takeIssueNumber } from './repositories.ts'
import type { Db, IssueTable } from './schema.ts'

export type NewIssue = Pick<Issue, 'title' | 'body' | 'user'>

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
      user_id: issue.user.id,
      state: 'open',
      state_reason: null,
      locked: 0,
      comments: 0,
      closed_at: null,
      closed_by_id: null,
      milestone_id: null,
      created_at: nowMs,
      updated_at: nowMs,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  const accounts = new Map([[issue.user.id, issue.user]])
  const associationOf = await associationsWith(tx, repository, [issue.user.id])
  return issueOf(row, {
    labels: new Map(),
    assigneeIds: new Map(),
    milestones: new Map(),
    accounts,
    associationOf,
  })
}

export async function findIssue(db: Db, repository: Repository, number: number): Promise<Issue | undefined> {
  const rows = await db
    .selectFrom('issues')
    .selectAll()
    .where('repository_id', '=', repository.id)
    .where('number', '=', number)
    .execute()
  const [issue] = await completeIssues(db, repository, rows)
  return issue
}

export async function getIssue(db: Db, repository: Repository, number: number): Promise<Issue> {
  const issue = await findIssue(db, repository, number)
  if (!issue) throw notFound()
  return issue
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

export async function editIssue(
  tx: Db,
  id: number,
  changes: { readonly title?: string; readonly body?: string | null },
): Promise<void> {
  if (Object.keys(changes).length === 0) return
  await tx.updateTable('issues').set(changes).where('id', '=', id).execute()
}

/** Opens or closes, and keeps the counts of the repository and of the milestone. */
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
  const milestoneId = await milestoneIdOf(tx, issue.id)
  if (milestoneId === null) return
  await countMilestoneIssue(tx, milestoneId, isClosing ? 'open' : 'closed', -1)
  await countMilestoneIssue(tx, milestoneId, change.state, 1)
}

/** Takes the issue, in the state that it has, out of its milestone and into this one, or none. */
export async function setIssueMilestone(tx: Db, issue: Issue, milestone: Milestone | null): Promise<void> {
  if (issue.milestone) await countMilestoneIssue(tx, issue.milestone.id, issue.state, -1)
  await tx
    .updateTable('issues')
    .set({ milestone_id: milestone?.id ?? null })
    .where('id', '=', issue.id)
    .execute()
  if (milestone) await countMilestoneIssue(tx, milestone.id, issue.state, 1)
}

// As it is by now: the issue at hand may have been read before its milestone changed.
async function milestoneIdOf(tx: Db, issueId: number): Promise<number | null> {
  const row = await tx
    .selectFrom('issues')
    .select('milestone_id')
    .where('id', '=', issueId)
    .executeTakeFirst()
  return row?.milestone_id ?? null
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
  if (issue.milestone) await countMilestoneIssue(tx, issue.milestone.id, issue.state, -1)
  if (issue.state === 'open') await addOpenIssues(tx, issue.repositoryId, -1)
}

/** What these users are to the repository. */
export async function associationsWith(
  db: Db,
  { id, owner }: Repository,
  userIds: readonly number[],
): Promise<(userId: number) => AuthorAssociation> {
  const isOwned = owner.type === 'User'
  const members = isOwned ? new Set([owner.id]) : await membersAmong(db, owner.id, userIds)
  const given = await permissionsAmong(db, id, userIds)
  return userId => {
    if (members.has(userId)) return isOwned ? 'OWNER' : 'MEMBER'
    return given.has(userId) ? 'COLLABORATOR' : 'NONE'
  }
}

/** Rows of issues with all that belongs to them, in the same order. */
export async function completeIssues(
  db: Db,
  repository: Repository,
  rows: readonly Selectable<IssueTable>[],
): Promise<Issue[]> {
  if (rows.length === 0) return []
  const ids = rows.map(row => row.id)
  const [labels, assigneeIds, milestones] = await Promise.all([
    labelsOf(db, ids),
    assigneeIdsOf(db, ids),
    findMilestonesById(
      db,
      rows.flatMap(row => row.milestone_id ?? []),
    ),
  ])
  const authorIds = rows.map(row => row.user_id)
  const closerIds = rows.flatMap(row => row.closed_by_id ?? [])
  const accounts = await findAccountsById(db, [
    ...authorIds,
    ...closerIds,
    ...[...assigneeIds.values()].flat(),
  ])
  const associationOf = await associationsWith(db, repository, authorIds)
  return rows.map(row => issueOf(row, { labels, assigneeIds, milestones, accounts, associationOf }))
}

type Belongings = {
  readonly labels: ReadonlyMap<number, readonly Label[]>
  readonly assigneeIds: ReadonlyMap<number, readonly number[]>
  readonly milestones: ReadonlyMap<number, Milestone>
  readonly accounts: ReadonlyMap<number, Account>
  readonly associationOf: (userId: number) => AuthorAssociation
}

function issueOf(
  row: Selectable<IssueTable>,
  { labels, assigneeIds, milestones, accounts, associationOf }: Belongings,
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
    milestone: row.milestone_id === null ? null : (milestones.get(row.milestone_id) ?? null),
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
