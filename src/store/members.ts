// Who belongs to an organization, and whether strangers may know.
import type { Account, MemberRole } from '../account.ts'
import { accountOf } from './accounts.ts'
import { offsetOf, type Page } from './page.ts'
import type { Db } from './schema.ts'

export type Membership = { readonly organization: Account; readonly role: MemberRole }

export type MemberFilter = {
  readonly organizationId: number
  /** Null for either. */
  readonly role: MemberRole | null
  readonly publicOnly: boolean
}

/** In the order in which they signed up. */
export async function listMembers(db: Db, filter: MemberFilter, page: Page): Promise<Account[]> {
  const rows = await members(db, filter)
    .innerJoin('accounts', 'accounts.id', 'memberships.user_id')
    .selectAll('accounts')
    .orderBy('memberships.user_id')
    .limit(page.perPage)
    .offset(offsetOf(page))
    .execute()
  return rows.map(accountOf)
}

export async function countMembers(db: Db, filter: MemberFilter): Promise<number> {
  const { count } = await members(db, filter)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

export async function isPublicMember(db: Db, organizationId: number, userId: number): Promise<boolean> {
  const row = await db
    .selectFrom('memberships')
    .select('is_public')
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId)
    .executeTakeFirst()
  return row?.is_public === 1
}

/** False when the user is no member. */
export async function setPublicMember(
  tx: Db,
  organizationId: number,
  userId: number,
  isPublic: boolean,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('memberships')
    .set({ is_public: Number(isPublic) })
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}

/** The user's memberships, oldest organization first. */
export async function listMembershipsOf(
  db: Db,
  userId: number,
  publicOnly: boolean,
  page: Page,
): Promise<Membership[]> {
  const rows = await membershipsOf(db, userId, publicOnly)
    .innerJoin('accounts', 'accounts.id', 'memberships.organization_id')
    .selectAll('accounts')
    .select('memberships.role')
    .orderBy('memberships.organization_id')
    .limit(page.perPage)
    .offset(offsetOf(page))
    .execute()
  return rows.map(row => ({ organization: accountOf(row), role: row.role }))
}

export async function countMembershipsOf(db: Db, userId: number, publicOnly: boolean): Promise<number> {
  const { count } = await membershipsOf(db, userId, publicOnly)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

function members(db: Db, { organizationId, role, publicOnly }: MemberFilter) {
  let query = db.selectFrom('memberships').where('memberships.organization_id', '=', organizationId)
  if (role !== null) query = query.where('memberships.role', '=', role)
  return publicOnly ? query.where('memberships.is_public', '=', 1) : query
}

function membershipsOf(db: Db, userId: number, publicOnly: boolean) {
  const query = db.selectFrom('memberships').where('memberships.user_id', '=', userId)
  return publicOnly ? query.where('memberships.is_public', '=', 1) : query
}
