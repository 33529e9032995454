// Secrets at rest: AES-256-GCM under a named key. The name is kept beside what it sealed, so that
// keys can be changed one row at a time. A sealed secret is nonce (12 bytes), tag (16), cipher text.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { AppError } from '../errors.ts'
import { Secret } from '../secret.ts'

export type Sealed = { readonly keyId: string; readonly bytes: Uint8Array }

export type VaultKey = { readonly id: string; readonly key: Uint8Array }

const ALGORITHM = 'aes-256-gcm'
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** A new key as it is kept in a file: its name, a colon, 32 bytes in base64. */
export function newVaultKeyText(): string {
  return `${randomBytes(4).toString('hex')}:${randomBytes(KEY_BYTES).toString('base64')}`
}

/** Throws `misconfigured` when the text is no key. The text itself is never in the message. */
export function parseVaultKey(text: string): VaultKey {
  const [id, encoded = ''] = text.trim().split(':')
  const key = Buffer.from(encoded, 'base64')
  if (!id || key.byteLength !== KEY_BYTES) {
    throw new AppError(
      'misconfigured',
      'The key for secrets is not readable: it must be a name, a colon, and 32 bytes in base64. ' +
        'Restore the file secret.key from your backup; without it stored webhook secrets cannot be read.',
    )
  }
  return { id, key }
}

export class Vault {
  readonly #current: VaultKey
  readonly #keys: ReadonlyMap<string, Uint8Array>

  /** The first key seals; every key opens. */
  constructor(current: VaultKey, ...older: VaultKey[]) {
    this.#current = current
    this.#keys = new Map([current, ...older].map(({ id, key }) => [id, key]))
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
        `A webhook's secret was sealed with the key ${keyId}, which is not the one in secret.key. Restore that file from your backup.`,
      )
    }
    const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_BYTES))
    decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
    const text = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()])
    return new Secret(text.toString('utf8'))
  }
}
