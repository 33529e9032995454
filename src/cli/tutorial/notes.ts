// What the tutorial must know again at its next start: tokens and the webhook's secret, which the
// server gives out only once. The file is readable by its owner alone.
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '../../errors.ts'

export type Notes = {
  /** Set as the site administrator's, who makes the user. */
  readonly adminToken: string
  readonly secret: string
  /** The user's; null until it is made. */
  readonly token: string | null
  readonly hookId: number | null
  /** What the tunnel's address begins with; null until it is open. */
  readonly tunnelName: string | null
}

const FILE = 'tutorial.json'
const RANDOM_BYTES = 32

export function readNotes(folder: string): Notes {
  const file = join(folder, FILE)
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    // Anything else that is wrong with the folder is told by the store, which opens it next.
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return newNotes()
    throw unusable(file, error)
  }
  try {
    const { adminToken, secret, token, hookId, tunnelName } = JSON.parse(text) as Record<string, unknown>
    if (typeof adminToken !== 'string' || typeof secret !== 'string') throw unusable(file)
    return {
      adminToken,
      secret,
      token: typeof token === 'string' ? token : null,
      hookId: typeof hookId === 'number' ? hookId : null,
      tunnelName: typeof tunnelName === 'string' ? tunnelName : null,
    }
  } catch (error) {
    throw error instanceof SyntaxError || error instanceof TypeError ? unusable(file) : error
  }
}

/** In one step, so that a crash leaves the notes from before. */
export function writeNotes(folder: string, notes: Notes): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, FILE)
  writeFileSync(`${file}.new`, `${JSON.stringify(notes, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

function newNotes(): Notes {
  return { adminToken: randomText(), secret: randomText(), token: null, hookId: null, tunnelName: null }
}

function randomText(): string {
  return randomBytes(RANDOM_BYTES).toString('base64url')
}

function unusable(file: string, cause?: unknown): AppError {
  const reason = `The tutorial’s notes in ${file} cannot be read. Remove that file, and the tutorial begins anew.`
  return new AppError('misconfigured', reason, { cause })
}
