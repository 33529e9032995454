// Secrets at rest: AES-256-GCM under a named key. The name is kept beside what it sealed, so that
// keys can be changed one row at a time. A sealed secret is nonce (12 bytes), tag (16), cipher text.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { AppError } from '../errors.ts'
import { Secret } from '../secret.ts'

export type Sealed = { readonly keyId: string; readonly bytes: Uint8Array }

export type VaultKey = { readonly id: string; readonly key: Uint8Array }

/** The first seals, every one opens. Several while one replaces another. */
export type VaultKeys = readonly [VaultKey, ...VaultKey[]]

const ALGORITHM = 'aes-256-gcm'
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** The name is drawn anew if it is one of `taken`: a name stands for one key. */
export function newVaultKey(taken: readonly VaultKey[] = []): VaultKey {
  const key = { id: randomBytes(4).toString('hex'), key: randomBytes(KEY_BYTES) }
  return taken.some(({ id }) => id === key.id) ? newVaultKey(taken) : key
}

/** Keys as they are kept in a file: a line each, its name, a colon, 32 bytes in base64. */
export function vaultKeysText(keys: VaultKeys): string {
  return keys.map(({ id, key }) => `${id}:${Buffer.from(key).toString('base64')}\n`).join('')
}

/** Throws `misconfigured` when a line is no key. The text itself is never in the message. */
export function parseVaultKeys(text: string): VaultKeys {
  const lines = text.split('\n').filter(line => line.trim() !== '')
  const [current, ...older] = lines.map(parseVaultKey)
  if (!current) throw unreadable()
  return [current, ...older]
}

function parseVaultKey(line: string): VaultKey {
  const [id, encoded = ''] = line.trim().split(':')
  const key = Buffer.from(encoded, 'base64')
  if (!id || key.byteLength !== KEY_BYTES) throw unreadable()
  return { id, key }
}

function unreadable(): AppError {
  return new AppError(
    'misconfigured',
    'The key for secrets is not readable: it must be a name, a colon, and 32 bytes in base64. ' +
      'Restore the file secret.key from your backup; without it stored webhook secrets cannot be read.',
  )
}

export class Vault {
  readonly #current: VaultKey
  readonly #keys: ReadonlyMap<string, Uint8Array>

  constructor(keys: VaultKeys) {
    this.#current = keys[0]
    this.#keys = new Map(keys.map(({ id, key }) => [id, key]))
  }

  seal(secret: Secret): Sealed {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv(ALGORITHM, this.#current.key, nonce)
    const text = Buffer.concat([cipher.update(secret.reveal(), 'utf8'), cipher.final()])
    const bytes = new Uint8Array(Buffer.concat([nonce, cipher.getAuthTag(), text]))
    return { keyId: this.#current.id, bytes }
  }

  /** Throws `misconfigured` when the key is not at hand, and when the bytes were changed. */
  open({ keyId, bytes }: Sealed): Secret {
    const key = this.#keys.get(keyId)
    if (!key) {
      throw new AppError(
        'misconfigured',
        `A webhook's secret was sealed with the key ${keyId}, which is not in secret.key. Restore that file from your backup.`,
      )
    }
    try {
      return decipher(key, bytes)
    } catch (cause) {
      throw new AppError(
        'misconfigured',
        `A webhook's secret was changed since the key ${keyId} sealed it, or secret.key has another key of that name.`,
        { cause },
      )
    }
  }
}

function decipher(key: Uint8Array, bytes: Uint8Array): Secret {
  // Without its length, a tag that was cut short would do: 4 bytes can be guessed.
  const options = { authTagLength: TAG_BYTES }
  const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_BYTES), options)
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
  const text = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()])
  return new Secret(text.toString('utf8'))
}
