// Comments on issues. Their number is kept with the issue.
import type { Selectable } from 'kysely'
import { notFound } from '../errors.ts'
import type { Comment, Issue } from '../issue.ts'
import type { Repository } from '../repository.ts'
import { findAccountsById } from './accounts.ts'
import { associationsWith } from './issues.ts'
import { offsetOf, type Page } from './page.ts'
import type { CommentTable, Db } from './schema.ts'

export async function createComment(
  tx: Db,
  repository: Repository,
  issue: Issue,
  comment: { readonly userId: number; readonly body: string },
  nowMs: number,
): Promise<Comment> {
  const { id } = await tx
    .insertInto('comments')
    .values({
      repository_id: repository.id,
      issue_id: issue.id,
      user_id: comment.userId,
      body: comment.body,
      created_at: nowMs,
      updated_at: nowMs,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  await countComment(tx, issue.id, 1, nowMs)
  return getComment(tx, repository, id)
}

export async function getComment(db: Db, repository: Repository, id: number): Promise<Comment> {
  const rows = await select(db, repository).where('comments.id', '=', id).execute()
  const [comment] = await completed(db, repository, rows)
  if (!comment) throw notFound()
  return comment
}

/** Oldest first. */
export async function listComments(
  db: Db,
  repository: Repository,
  filter: { readonly issueId: number; readonly sinceMs?: number | undefined },
  page: Page,
): Promise<Comment[]> {
  let query = select(db, repository).where('comments.issue_id', '=', filter.issueId)
  if (filter.sinceMs !== undefined) query = query.where('comments.updated_at', '>=', filter.sinceMs)
  const rows = await query.orderBy('comments.id').limit(page.perPage).offset(offsetOf(page)).execute()
  return completed(db, repository, rows)
}

export async function countComments(
  db: Db,
  { issueId, sinceMs }: { readonly issueId: number; readonly sinceMs?: number | undefined },
): Promise<number> {
  let query = db.selectFrom('comments').where('issue_id', '=', issueId)
  if (sinceMs !== undefined) query = query.where('updated_at', '>=', sinceMs)
  const { count } = await query
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

export async function editComment(tx: Db, id: number, body: string, nowMs: number): Promise<void> {
  await tx.updateTable('comments').set({ body, updated_at: nowMs }).where('id', '=', id).execute()
}

export async function deleteComment(tx: Db, id: number, issueId: number, nowMs: number): Promise<void> {
  const { numDeletedRows } = await tx.deleteFrom('comments').where('id', '=', id).executeTakeFirstOrThrow()
  if (numDeletedRows === 0n) throw notFound()
  await countComment(tx, issueId, -1, nowMs)
}

async function countComment(tx: Db, issueId: number, difference: 1 | -1, nowMs: number): Promise<void> {
  await tx
    .updateTable('issues')
    .set(({ eb }) => ({ comments: eb('comments', '+', difference), updated_at: nowMs }))
    .where('id', '=', issueId)
    .execute()
}

function select(db: Db, repository: Repository) {
  return db
    .selectFrom('comments')
    .innerJoin('issues', 'issues.id', 'comments.issue_id')
    .selectAll('comments')
    .select('issues.number')
    .where('comments.repository_id', '=', repository.id)
}

async function completed(
  db: Db,
  repository: Repository,
  rows: readonly (Selectable<CommentTable> & { readonly number: number })[],
): Promise<Comment[]> {
  const authorIds = rows.map(row => row.user_id)
  const accounts = await findAccountsById(db, authorIds)
  const associationOf = await associationsWith(db, repository, authorIds)
  return rows.flatMap(row => {
    const user = accounts.get(row.user_id)
    if (!user) return []
    return {
      id: row.id,
      issueNumber: row.number,
      user,
      authorAssociation: associationOf(row.user_id),
      body: row.body,
      createdAt: new Date(row.created_at),
      updatedAt: new Date(row.updated_at),
    }
  })
}
