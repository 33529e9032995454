// Folders that go away when the bench ends, however it ends: one of them holds gigabytes.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const endings: (() => void)[] = []

/** Called when this process ends: must not wait for anything. The last one first. */
export function atExit(ending: () => void): void {
  if (endings.length === 0) {
    process.once('exit', () => {
      for (const end of endings.toReversed()) end()
    })
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  }
  endings.push(ending)
}

export function makeFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `hookline-bench-${name}-`))
  atExit(() => removeFolder(folder))
  return folder
}

export function removeFolder(folder: string): void {
  // A service that was killed just now may still be writing its last file.
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
}
