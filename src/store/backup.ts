// A copy of the embedded store in one file, taken while a server runs or not, and its keys for
// secrets in a second one. Neither has its name before it is whole, and nothing is overwritten.
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { link, open, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError } from '../errors.ts'
import { type CopyOptions, copySqlite } from './dialects/sqlite-backup.ts'
import { findKeys, syncFolder } from './key-file.ts'
import { databaseIn, requireStore } from './store.ts'
import { type VaultKey, type VaultKeys, vaultKeysText } from './vault.ts'

export type { CopyOptions } from './dialects/sqlite-backup.ts'

/** Whoever has the copy and this file can read the secrets in it. */
export function keyFileOf(file: string): string {
  return `${file}.key`
}

/**
 * Gives the number of bytes. All that was accepted before the call is in the copy, which has been
 * checked. Throws `misconfigured`, or `unavailable` when it was broken off or the disk is full.
 */
export async function backUp(folder: string, file: string, options: CopyOptions): Promise<number> {
  requireStore(folder)
  for (const path of [file, keyFileOf(file)]) if (existsSync(path)) throw alreadyThere(path)
  const partial = `${file}.${randomBytes(4).toString('hex')}.partial`
  try {
    // SQLite would let everybody read it.
    await (await open(partial, 'wx', 0o600)).close()
    const keysBefore = await keysIn(folder)
    await copySqlite(databaseIn(folder), partial, options)
    const { size } = await stat(partial)
    await giveNames(partial, file, union(await keysIn(folder), keysBefore))
    return size
  } catch (error) {
    throw explain(error, file, options.signal)
  } finally {
    for (const end of ['', '-journal', '-wal', '-shm']) await rm(partial + end, { force: true })
  }
}

/** The keys first: where there is a copy, there is the file that opens it. */
async function giveNames(partial: string, file: string, keys: VaultKeys): Promise<void> {
  const keyFile = keyFileOf(file)
  await writeFile(keyFile, vaultKeysText(keys), { flag: 'wx', mode: 0o600, flush: true })
  try {
    await linkOrRename(partial, file)
  } catch (error) {
    await rm(keyFile)
    throw error
  }
  await syncFolder(dirname(file))
}

/** A link overwrites nothing, a rename would. FAT and some network drives have no links. */
async function linkOrRename(partial: string, file: string): Promise<void> {
  try {
    await link(partial, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error
    await rename(partial, file)
  }
}

async function keysIn(folder: string): Promise<VaultKeys> {
  const keys = await findKeys(folder).catch(error => {
    if (error instanceof AppError) throw error
    throw noKeys(folder, `cannot be read (${error.code}): run this as the user that runs the server`, error)
  })
  if (keys) return keys
  throw noKeys(
    folder,
    'is missing, and stored webhook secrets cannot be read without it: restore it from a backup',
  )
}

function noKeys(folder: string, says: string, cause?: unknown): AppError {
  return new AppError('misconfigured', `The file secret.key in ${folder} ${says}.`, { cause })
}

/** A key may have been added or dropped while the copy was made: with both, all of the copy opens. */
function union(keys: VaultKeys, others: readonly VaultKey[]): VaultKeys {
  return [...keys, ...others.filter(({ id }) => keys.every(known => known.id !== id))]
}

function alreadyThere(path: string): AppError {
  return new AppError(
    'misconfigured',
    `${path} is there already, and a backup overwrites nothing. Give another name.`,
  )
}

// What the system says of a place where nothing can be written.
const NO_PLACE = ['ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES', 'EPERM', 'EROFS', 'ENAMETOOLONG']

function explain(error: unknown, file: string, signal: AbortSignal): unknown {
  if (error instanceof AppError) return error
  if (signal.aborted) {
    return new AppError('unavailable', 'The backup was broken off, and nothing is left of it.', {
      cause: error,
    })
  }
  const { code = '', message } = error as NodeJS.ErrnoException
  if (code === 'EEXIST') return alreadyThere(file)
  if (NO_PLACE.includes(code)) {
    const remedy = 'Give a file in a folder that is there, and that this user may write to.'
    return new AppError('misconfigured', `The backup cannot be written to ${file} (${code}). ${remedy}`, {
      cause: error,
    })
  }
  return new AppError('unavailable', `The backup to ${file} failed, and nothing is left of it: ${message}.`, {
    cause: error,
  })
}
