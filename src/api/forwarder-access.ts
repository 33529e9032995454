// Whether a token opens the line of a hook: its user made the hook, and may make such hooks there to this day.
import { type Account, grants, type Scope } from '../account.ts'
import type { Hook } from '../hook.ts'
import { findRole } from '../store/accounts.ts'
import { findRepositoryById } from '../store/repositories.ts'
import type { Db } from '../store/store.ts'
import { roleOfUser } from './auth.ts'

type Holder = { readonly user: Account; readonly scopes: readonly Scope[] }

export async function mayForward(db: Db, hook: Hook, holder: Holder): Promise<boolean> {
  if (hook.deletedAt || hook.forwarder?.userId !== holder.user.id) return false
  switch (hook.target.kind) {
    case 'repository':
      return mayForwardRepository(db, hook.target.id, holder)
    case 'organization':
      return mayForwardOrganization(db, hook.target.id, holder)
    default:
      return false
  }
}

async function mayForwardRepository(db: Db, id: number, { user, scopes }: Holder): Promise<boolean> {
  const repository = await findRepositoryById(db, id)
  if (!repository) return false
  if (user.siteAdmin && grants(scopes, 'site_admin')) return true
  const isOpened = grants(scopes, 'write:repo_hook') || (!repository.private && grants(scopes, 'public_repo'))
  return isOpened && (await roleOfUser(db, repository, user.id)) === 'admin'
}

async function mayForwardOrganization(db: Db, id: number, { user, scopes }: Holder): Promise<boolean> {
  if (user.siteAdmin && grants(scopes, 'site_admin')) return true
  return grants(scopes, 'admin:org_hook') && (await findRole(db, id, user.id)) === 'admin'
}
