// Recovery jobs and their parts, one for each hook, as they are remembered. How far a part has come
// and what it redelivers are one transaction (advancePart), so that a restart repeats nothing.
import { type Selectable, sql } from 'kysely'
import type { HookTarget } from '../hook.ts'
import type {
  RecoveryCriteria,
  RecoveryJob,
  RecoveryPart,
  RecoveryProgress,
  RecoveryState,
} from '../recovery.ts'
import { offsetOf, type Page } from './page.ts'
import type { Db, RecoveryJobTable, RecoveryPartTable } from './schema.ts'
import type { Tx } from './store.ts'

export type NewRecoveryJob = Omit<RecoveryJob, 'id' | 'state' | 'updatedAt'>

export async function createRecoveryJob(
  tx: Tx,
  draft: NewRecoveryJob,
  hookIds: readonly number[],
): Promise<RecoveryJob> {
  const createdAtMs = draft.createdAt.getTime()
  const { id } = await tx
    .insertInto('recovery_jobs')
    .values({
      account_id: draft.accountId,
      target_kind: draft.target.kind,
      target_id: draft.target.id,
      criteria: JSON.stringify(draft.criteria),
      rate: draft.rate,
      state: hookIds.length === 0 ? 'done' : 'running',
      end_id: draft.endId,
      created_by: draft.createdById,
      created_at: createdAtMs,
      updated_at: createdAtMs,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  await tx.insert({
    kind: 'insert',
    table: 'recovery_parts',
    columns: PART_COLUMNS,
    rows: hookIds.map(hookId => [draft.accountId, id, hookId, null, 0, 0, 0, 0]),
  })
  return {
    ...draft,
    id,
    state: hookIds.length === 0 ? 'done' : 'running',
    updatedAt: draft.createdAt,
  }
}

const PART_COLUMNS = ['account_id', 'job_id', 'hook_id', 'total', 'done', 'skipped', 'position', 'ended']

/** A job of another target is not found. */
export async function findRecoveryJob(
  db: Db,
  target: HookTarget,
  id: number,
): Promise<RecoveryJob | undefined> {
  const row = await ofTarget(db, target).selectAll().where('id', '=', id).executeTakeFirst()
  return row && jobFrom(row)
}

/** Newest first. */
export async function listRecoveryJobs(db: Db, target: HookTarget, page: Page): Promise<RecoveryJob[]> {
  const rows = await ofTarget(db, target)
    .selectAll()
    .orderBy('id', 'desc')
    .limit(page.perPage)
    .offset(offsetOf(page))
    .execute()
  return rows.map(jobFrom)
}

export async function countRecoveryJobs(db: Db, target: HookTarget): Promise<number> {
  const { count } = await ofTarget(db, target)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

export async function countUnfinishedJobs(db: Db, target: HookTarget): Promise<number> {
  const { count } = await ofTarget(db, target)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where(UNFINISHED)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** The sums over each job's parts. A total is known once every part is counted. */
export async function progressOf(
  db: Db,
  jobIds: readonly number[],
): Promise<ReadonlyMap<number, RecoveryProgress>> {
  if (jobIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('recovery_parts')
    .select(({ fn }) => [
      'job_id',
      fn.sum<number>('total').as('total'),
      fn.sum<number>('done').as('done'),
      fn.sum<number>('skipped').as('skipped'),
      fn.countAll<number>().as('parts'),
      fn.count<number>('total').as('counted'),
    ])
    .where('job_id', 'in', jobIds)
    .groupBy('job_id')
    .execute()
  return new Map(
    rows.map(row => [
      row.job_id,
      {
        total: row.counted === row.parts ? Number(row.total) : null,
        done: Number(row.done),
        skipped: Number(row.skipped),
      },
    ]),
  )
}

/** Oldest first, after the one that is named. */
export async function listRunningJobs(db: Db, afterId: number, limit: number): Promise<RecoveryJob[]> {
  const rows = await db
    .selectFrom('recovery_jobs')
    .selectAll()
    .where(UNFINISHED)
    .where('state', '=', 'running')
    .where('id', '>', afterId)
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map(jobFrom)
}

/** Not paged: one for each hook of the target, of which there are about 1,500 at the most. */
export async function listParts(db: Db, jobId: number): Promise<RecoveryPart[]> {
  const rows = await db
    .selectFrom('recovery_parts')
    .selectAll()
    .where('job_id', '=', jobId)
    .orderBy('hook_id')
    .execute()
  return rows.map(partFrom)
}

/** Gives whether it could still be changed: a job that has ended stays as it is. */
export async function changeRecoveryJob(
  tx: Tx,
  id: number,
  change: { readonly state?: RecoveryState; readonly rate?: number | null },
  nowMs: number,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('recovery_jobs')
    .set({ ...change, updated_at: nowMs })
    .where('id', '=', id)
    .where('state', 'in', ['running', 'paused'])
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

export async function setPartTotal(
  tx: Tx,
  { jobId, hookId }: Pick<RecoveryPart, 'jobId' | 'hookId'>,
  total: number,
): Promise<void> {
  await tx
    .updateTable('recovery_parts')
    .set({ total })
    .where('job_id', '=', jobId)
    .where('hook_id', '=', hookId)
    .execute()
}

export type PartStep = {
  readonly position: number
  readonly done: number
  readonly skipped: number
  readonly ended: boolean
}

/**
 * Moves a part on from where it is known to be. Gives false, and does nothing, when it is somewhere
 * else already or its job does not run any more: then whatever goes with the step must not be done.
 */
export async function advancePart(
  tx: Tx,
  { jobId, hookId, position }: Pick<RecoveryPart, 'jobId' | 'hookId' | 'position'>,
  step: PartStep,
  nowMs: number,
): Promise<boolean> {
  const running = await tx
    .updateTable('recovery_jobs')
    .set({ updated_at: nowMs })
    .where('id', '=', jobId)
    .where('state', '=', 'running')
    .executeTakeFirst()
  if (running.numUpdatedRows === 0n) return false

  const { numUpdatedRows } = await tx
    .updateTable('recovery_parts')
    .set(eb => ({
      position: step.position,
      done: eb('done', '+', step.done),
      skipped: eb('skipped', '+', step.skipped),
      ended: Number(step.ended),
    }))
    .where('job_id', '=', jobId)
    .where('hook_id', '=', hookId)
    .where('position', '=', position)
    .where('ended', '=', 0)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) return false
  if (step.ended) await endWhenAllEnded(tx, jobId)
  return true
}

async function endWhenAllEnded(tx: Tx, jobId: number): Promise<void> {
  await tx
    .updateTable('recovery_jobs')
    .set({ state: 'done' })
    .where('id', '=', jobId)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('recovery_parts').select('hook_id').where('job_id', '=', jobId).where('ended', '=', 0),
        ),
      ),
    )
    .execute()
}

// As the index has it: only then is it used.
const UNFINISHED = sql<boolean>`state IN ('running', 'paused')`

function ofTarget(db: Db, { kind, id }: HookTarget) {
  return db.selectFrom('recovery_jobs').where('target_kind', '=', kind).where('target_id', '=', id)
}

function jobFrom(row: Selectable<RecoveryJobTable>): RecoveryJob {
  return {
    accountId: row.account_id,
    id: row.id,
    target: { kind: row.target_kind, id: row.target_id },
    criteria: criteriaFrom(row.criteria),
    rate: row.rate,
    state: row.state,
    endId: row.end_id,
    createdById: row.created_by,
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
  }
}

function criteriaFrom(text: string): RecoveryCriteria {
  const { from, to, ...criteria } = JSON.parse(text)
  return { ...criteria, from: from && new Date(from), to: to && new Date(to) }
}

function partFrom(row: Selectable<RecoveryPartTable>): RecoveryPart {
  return {
    jobId: row.job_id,
    hookId: row.hook_id,
    total: row.total,
    done: row.done,
    skipped: row.skipped,
    position: row.position,
    ended: row.ended === 1,
  }
}
