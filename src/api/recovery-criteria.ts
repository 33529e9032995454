// The body of a recovery, read into criteria: names become identifiers, and all that is wrong is told at
// once.

import { type ErrorItem, validationFailed } from '../errors.ts'
import { isEventName } from '../event.ts'
import { isEventTypeName } from '../event-type.ts'
import type { HookOwner } from '../github/payload/ping.ts'
import type { Hook } from '../hook.ts'
import type { RecoveryCriteria, RecoveryStatus } from '../recovery.ts'
import { listAllHooks } from '../store/hooks.ts'
import { findRepository } from '../store/repositories.ts'
import type { Db, Store } from '../store/store.ts'
import { parseTime } from './fields.ts'
import { targetOf } from './hook-family.ts'

export type RecoveryBody = {
  readonly hook_id?: number | null
  readonly event?: string | null
  readonly action?: string | null
  readonly repository?: string | null
  readonly status: RecoveryStatus
  readonly reason?: string | null
  readonly from?: string | null
  readonly to?: string | null
  readonly rate?: number | null
  readonly dry_run?: boolean
}

/** What is to be sent once more, and to which hooks. */
export type RecoveryScope = { readonly criteria: RecoveryCriteria; readonly hooks: readonly Hook[] }

export async function readRecovery(
  { read, vault }: Store,
  owner: HookOwner,
  body: RecoveryBody,
): Promise<RecoveryScope> {
  const faults: ErrorItem[] = []
  const all = await listAllHooks(read, vault, targetOf(owner))
  const hookId = body.hook_id ?? null
  const hooks = hookId === null ? all : all.filter(({ id }) => id === hookId)
  if (hookId !== null && hooks.length === 0) faults.push(invalid('hook_id'))

  const event = body.event ?? null
  if (event !== null && !isEventName(event) && !isEventTypeName(event)) faults.push(invalid('event'))

  const repositoryId = await readRepository(read, owner, body.repository ?? null)
  if (repositoryId === undefined) faults.push(invalid('repository'))

  const from = readTime(body.from ?? null)
  const to = readTime(body.to ?? null)
  if (from === undefined) faults.push(invalid('from'))
  if (to === undefined || (from && to && to <= from)) faults.push(invalid('to'))

  if (faults.length > 0 || repositoryId === undefined || from === undefined || to === undefined) {
    throw validationFailed(...faults)
  }
  const { status, action = null, reason = null } = body
  return { criteria: { hookId, event, action, repositoryId, status, reason, from, to }, hooks }
}

/** Undefined for one that is not there: a repository's own name, or one of the organization's. */
async function readRepository(
  db: Db,
  owner: HookOwner,
  name: string | null,
): Promise<number | null | undefined> {
  if (name === null) return null
  const login = loginOf(owner)
  const [before = '', after] = name.split('/')
  if (after === undefined && login === null) return undefined
  if (after !== undefined && login !== null && before.toLowerCase() !== login.toLowerCase()) return undefined
  const found = await findRepository(db, login ?? before, after ?? before)
  return owner.kind !== 'repository' || found?.id === owner.repository.id ? found?.id : undefined
}

/** Whose repositories are meant; null for anybody's, which have to be named in full. */
function loginOf(owner: HookOwner): string | null {
  if (owner.kind === 'repository') return owner.repository.owner.login
  return owner.kind === 'organization' ? owner.organization.login : null
}

/** Undefined for what is no time. */
function readTime(text: string | null): Date | null | undefined {
  if (text === null) return null
  const timeMs = parseTime(text)
  return Number.isNaN(timeMs) ? undefined : new Date(timeMs)
}

function invalid(field: string): ErrorItem {
  return { resource: 'Recovery', field, code: 'invalid' }
}
