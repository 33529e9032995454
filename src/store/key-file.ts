// The keys for secrets, in a file beside the embedded store's database that its owner alone may
// read: a key a line, the first of which seals. It is replaced whole, so that it is never half there.
import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { newVaultKey, parseVaultKeys, type VaultKeys, vaultKeysText } from './vault.ts'

/** Makes the file with a new key when there is none. Only who holds the folder may call this. */
export async function ensureKeys(folder: string): Promise<VaultKeys> {
  const keys = await findKeys(folder)
  if (keys) return keys
  const made: VaultKeys = [newVaultKey()]
  await writeKeys(folder, made)
  return made
}

/** Undefined when there is no such file. */
export async function findKeys(folder: string): Promise<VaultKeys | undefined> {
  try {
    return parseVaultKeys(await readFile(fileIn(folder), 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** On the disk when it resolves: whatever is sealed with a new key from then on can be opened again. */
export async function writeKeys(folder: string, keys: VaultKeys): Promise<void> {
  const next = `${fileIn(folder)}.next`
  const file = await open(next, 'w', 0o600)
  try {
    await file.writeFile(vaultKeysText(keys))
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(next, fileIn(folder))
  await syncFolder(folder)
}

/** Makes the names in it durable. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folder, and keeps names by itself.
  if (process.platform === 'win32') return
  const handle = await open(folder)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function fileIn(folder: string): string {
  return join(folder, 'secret.key')
}
