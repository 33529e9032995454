// Who joins an organization and who leaves, and the event that tells of it.
import type { Account, MemberRole } from '../account.ts'
import { AppError, notFound } from '../errors.ts'
import { organizationPayload } from '../github/payload/organization.ts'
import { findRole, hasOtherOwner, removeMembership, setMembership } from '../store/accounts.ts'
import { removePermissionsIn } from '../store/collaborators.ts'
import type { Db } from '../store/store.ts'
import { organizationDraft } from './draft.ts'
import { getUser } from './logins.ts'
import type { OrganizationWork } from './work.ts'

/** Like GitHub, it tells of who joins, and not of another role. */
export async function addMember(work: OrganizationWork, login: string, role: MemberRole): Promise<Account> {
  const { tx, organization, nowMs } = work
  const member = await getUser(tx, login)
  const before = await findRole(tx, organization.id, member.id)
  if (role !== 'admin') await refuseLastOwner(tx, organization.id, member.id)
  await setMembership(tx, organization.id, member.id, role, nowMs)
  if (!before) tell(work, 'member_added', member, role)
  return member
}

/** With what they were given in its repositories: GitHub leaves them no access to any. */
export async function removeMember(work: OrganizationWork, login: string): Promise<void> {
  const { tx, organization } = work
  const member = await getUser(tx, login)
  const role = await findRole(tx, organization.id, member.id)
  if (!role) throw notFound()
  await refuseLastOwner(tx, organization.id, member.id)
  await removeMembership(tx, organization.id, member.id)
  await removePermissionsIn(tx, organization.id, member.id)
  tell(work, 'member_removed', member, role)
}

function tell(
  work: OrganizationWork,
  action: 'member_added' | 'member_removed',
  member: Account,
  role: MemberRole,
): void {
  const payload = organizationPayload({ action, member, role }, work, work.links)
  work.tell(organizationDraft('organization', payload, work))
}

// Without an owner nobody could administer its webhooks.
async function refuseLastOwner(tx: Db, organizationId: number, userId: number): Promise<void> {
  if ((await findRole(tx, organizationId, userId)) !== 'admin') return
  if (await hasOtherOwner(tx, organizationId, userId)) return
  throw new AppError('forbidden', 'An organization must have at least one owner.')
}
