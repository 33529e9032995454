// A repository's milestones. How many issues each has, open and closed, is kept with it.
import type { Selectable } from 'kysely'
import type { Account } from '../account.ts'
import { notFound, validationFailed } from '../errors.ts'
import type { IssueState, Label } from '../issue.ts'
import type { Milestone } from '../milestone.ts'
import { findAccountsById } from './accounts.ts'
import { labelOf } from './labels.ts'
import { offsetOf, type Page } from './page.ts'
import type { Db, MilestoneTable } from './schema.ts'

export type NewMilestone = {
  readonly title: string
  readonly description: string | null
  readonly state: IssueState
  readonly dueOn: Date | null
}

export type MilestoneChanges = Partial<NewMilestone>

export type MilestoneOrder = {
  readonly sort: 'due_on' | 'completeness'
  readonly direction: 'asc' | 'desc'
}

/** Throws `validation_failed` when the repository has one of that title. */
export async function createMilestone(
  tx: Db,
  repositoryId: number,
  milestone: NewMilestone & { readonly creator: Account },
  nowMs: number,
): Promise<Milestone> {
  const row = await tx
    .insertInto('milestones')
    .values({
      repository_id: repositoryId,
      number: await takeMilestoneNumber(tx, repositoryId),
      title: milestone.title,
      description: milestone.description,
      state: milestone.state,
      creator_id: milestone.creator.id,
      open_issues: 0,
      closed_issues: 0,
      due_on: milestone.dueOn?.getTime() ?? null,
      closed_at: milestone.state === 'closed' ? nowMs : null,
      created_at: nowMs,
      updated_at: nowMs,
    })
    .onConflict(conflict => conflict.columns(['repository_id', 'title']).doNothing())
    .returningAll()
    .executeTakeFirst()
  if (!row) throw titleTaken()
  return milestoneOf(row, milestone.creator)
}

export async function findMilestone(
  db: Db,
  repositoryId: number,
  number: number,
): Promise<Milestone | undefined> {
  const rows = await db
    .selectFrom('milestones')
    .selectAll()
    .where('repository_id', '=', repositoryId)
    .where('number', '=', number)
    .execute()
  const [milestone] = await completed(db, rows)
  return milestone
}

export async function getMilestone(db: Db, repositoryId: number, number: number): Promise<Milestone> {
  const milestone = await findMilestone(db, repositoryId, number)
  if (!milestone) throw notFound()
  return milestone
}

export async function findMilestonesById(
  db: Db,
  ids: Iterable<number>,
): Promise<ReadonlyMap<number, Milestone>> {
  const unique = [...new Set(ids)]
  if (unique.length === 0) return new Map()
  const rows = await db.selectFrom('milestones').selectAll().where('id', 'in', unique).execute()
  return new Map((await completed(db, rows)).map(milestone => [milestone.id, milestone]))
}

// Sorted without an index: a repository has dozens of milestones, where it has thousands of issues.
export async function listMilestones(
  db: Db,
  repositoryId: number,
  state: IssueState | 'all',
  { sort, direction }: MilestoneOrder,
  page: Page,
): Promise<Milestone[]> {
  const query = inState(db, repositoryId, state).selectAll()
  const sorted =
    sort === 'due_on'
      ? // What is due at no time comes last in either direction.
        query.orderBy(({ eb }) => eb('due_on', 'is', null)).orderBy('due_on', direction)
      : query.orderBy(
          ({ eb, fn, ref, val }) =>
            eb(
              eb(ref('closed_issues'), '*', val(1.0)),
              '/',
              fn.coalesce(
                fn<number>('nullif', [eb(ref('open_issues'), '+', ref('closed_issues')), val(0)]),
                val(1),
              ),
            ),
          direction,
        )
  const rows = await sorted.orderBy('number', direction).limit(page.perPage).offset(offsetOf(page)).execute()
  return completed(db, rows)
}

export async function countMilestones(
  db: Db,
  repositoryId: number,
  state: IssueState | 'all',
): Promise<number> {
  const { count } = await inState(db, repositoryId, state)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** Throws `validation_failed` when the repository has another one of the new title. */
export async function updateMilestone(
  tx: Db,
  milestone: Milestone,
  changes: MilestoneChanges,
  nowMs: number,
): Promise<Milestone> {
  const { title, description, state, dueOn } = changes
  if (title !== undefined) await refuseTaken(tx, milestone, title)
  const row = await tx
    .updateTable('milestones')
    .set({
      ...(title !== undefined && { title }),
      ...(description !== undefined && { description }),
      ...(dueOn !== undefined && { due_on: dueOn?.getTime() ?? null }),
      ...(state !== undefined && { state, closed_at: state === 'closed' ? nowMs : null }),
      updated_at: nowMs,
    })
    .where('id', '=', milestone.id)
    .returningAll()
    .executeTakeFirst()
  if (!row) throw notFound()
  return milestoneOf(row, milestone.creator)
}

/** Its issues stay, without one. */
export async function deleteMilestone(tx: Db, id: number): Promise<void> {
  await tx.deleteFrom('milestones').where('id', '=', id).execute()
}

/** Counts one issue more or less in that state. */
export async function countMilestoneIssue(
  tx: Db,
  milestoneId: number,
  state: IssueState,
  difference: 1 | -1,
): Promise<void> {
  const column = state === 'open' ? 'open_issues' : 'closed_issues'
  await tx
    .updateTable('milestones')
    .set(({ eb }) => ({ [column]: eb(column, '+', difference) }))
    .where('id', '=', milestoneId)
    .execute()
}

/** The labels that any of its issues has, by name. */
export async function listMilestoneLabels(db: Db, milestoneId: number, page: Page): Promise<Label[]> {
  const rows = await labelled(db, milestoneId)
    .selectAll('labels')
    .distinct()
    .orderBy('labels.name_key')
    .limit(page.perPage)
    .offset(offsetOf(page))
    .execute()
  return rows.map(labelOf)
}

export async function countMilestoneLabels(db: Db, milestoneId: number): Promise<number> {
  const { count } = await labelled(db, milestoneId)
    .select(({ fn }) => fn.count<number>('labels.id').distinct().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

function labelled(db: Db, milestoneId: number) {
  return db
    .selectFrom('issues')
    .innerJoin('issue_labels', 'issue_labels.issue_id', 'issues.id')
    .innerJoin('labels', 'labels.id', 'issue_labels.label_id')
    .where('issues.milestone_id', '=', milestoneId)
}

// One statement, so that two never get the same.
async function takeMilestoneNumber(tx: Db, repositoryId: number): Promise<number> {
  const row = await tx
    .updateTable('repositories')
    .set(({ eb }) => ({ last_milestone: eb('last_milestone', '+', 1) }))
    .where('id', '=', repositoryId)
    .returning('last_milestone')
    .executeTakeFirst()
  if (!row) throw notFound()
  return row.last_milestone
}

function inState(db: Db, repositoryId: number, state: IssueState | 'all') {
  const query = db.selectFrom('milestones').where('repository_id', '=', repositoryId)
  return state === 'all' ? query : query.where('state', '=', state)
}

async function refuseTaken(tx: Db, { id, repositoryId }: Milestone, title: string): Promise<void> {
  const taken = await tx
    .selectFrom('milestones')
    .select('id')
    .where('repository_id', '=', repositoryId)
    .where('title', '=', title)
    .where('id', '!=', id)
    .executeTakeFirst()
  if (taken) throw titleTaken()
}

function titleTaken() {
  return validationFailed({ resource: 'Milestone', code: 'already_exists', field: 'title' })
}

async function completed(db: Db, rows: readonly Selectable<MilestoneTable>[]): Promise<Milestone[]> {
  const creators = await findAccountsById(
    db,
    rows.map(row => row.creator_id),
  )
  return rows.flatMap(row => {
    const creator = creators.get(row.creator_id)
    return creator ? [milestoneOf(row, creator)] : []
  })
}

function milestoneOf(row: Selectable<MilestoneTable>, creator: Account): Milestone {
  return {
    id: row.id,
    repositoryId: row.repository_id,
    number: row.number,
    title: row.title,
    description: row.description,
    state: row.state,
    creator,
    openIssues: row.open_issues,
    closedIssues: row.closed_issues,
    dueOn: row.due_on === null ? null : new Date(row.due_on),
    closedAt: row.closed_at === null ? null : new Date(row.closed_at),
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
  }
}
