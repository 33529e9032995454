// What a running server leaves in its data folder for the commands of the same user on this machine: its
// address and a token, in a file that its owner alone may read. Who can read that folder holds the keys
// and the database anyway. The token ends with the server; a crash leaves it to the next start.
import { readFileSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SCOPES } from '../account.ts'
import type { Clock } from '../base/clock.ts'
import { isObject } from '../base/is-object.ts'
import { findSiteAdministrator } from '../store/accounts.ts'
import type { Store, Tx } from '../store/store.ts'
import { createToken, deleteToken, findTokenHolder } from '../store/tokens.ts'

export type LocalAccess = { readonly url: string; readonly token: string; readonly pid: number }

const FILE = 'local.json'
const NOTE = 'commands on this machine'

type Opening = { readonly store: Store; readonly clock: Clock; readonly folder: string; readonly url: string }

/** Gives the way to take it back. */
export async function openLocalAccess({ store, clock, folder, url }: Opening): Promise<() => Promise<void>> {
  const last = findLocalAccess(folder)
  const made = await store.write(tx => ensureLocalToken(tx, last?.token, clock.nowMs()))
  // The administrator's account may be gone.
  if (!made) return async () => {}
  const file = join(folder, FILE)
  const next = `${file}.next`
  // The mode is of a file that is made anew alone.
  await rm(next, { force: true })
  await writeFile(next, `${JSON.stringify({ url, token: made.text, pid: process.pid })}\n`, { mode: 0o600 })
  await rename(next, file)
  return async () => {
    await rm(file, { force: true })
    await store.write(tx => deleteToken(tx, made.userId, made.id))
  }
}

/** Undefined when no server of this folder is running, or the file is not ours to read. */
export function findLocalAccess(folder: string): LocalAccess | undefined {
  try {
    const read: unknown = JSON.parse(readFileSync(join(folder, FILE), 'utf8'))
    if (!isObject(read) || typeof read.url !== 'string' || typeof read.token !== 'string') return undefined
    return { url: read.url, token: read.token, pid: Number(read.pid) }
  } catch {
    return undefined
  }
}

/** The same of a server that still runs: after a crash anybody may listen where it was, and must not get its token. */
export function findRunningAccess(folder: string): LocalAccess | undefined {
  const access = findLocalAccess(folder)
  return access && isRunning(access.pid) ? access : undefined
}

function isRunning(pid: number): boolean {
  try {
    return Number.isSafeInteger(pid) && pid > 0 && process.kill(pid, 0)
  } catch {
    return false
  }
}

type LocalToken = { readonly userId: number; readonly id: number; readonly text: string }

async function ensureLocalToken(
  tx: Tx,
  lastText: string | undefined,
  nowMs: number,
): Promise<LocalToken | undefined> {
  const administrator = await findSiteAdministrator(tx)
  if (!administrator) return undefined
  const last = lastText === undefined ? undefined : await findTokenHolder(tx, lastText)
  if (last && lastText && last.user.id === administrator.id && last.token.note === NOTE) {
    return { userId: administrator.id, id: last.token.id, text: lastText }
  }
  const draft = { userId: administrator.id, note: NOTE, scopes: SCOPES }
  const { token, text } = await createToken(tx, draft, nowMs)
  return { userId: administrator.id, id: token.id, text }
}
