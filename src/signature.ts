// GitHub's two signatures: HMAC hex digests of the raw body under the secret's UTF-8 bytes.
// In form mode the body is the encoded `payload=…` string, and that is what is signed.
import { createHmac } from 'node:crypto'
import type { Secret } from './secret.ts'

export type Signatures = { readonly sha1: string; readonly sha256: string }

/** The values of `X-Hub-Signature` and `X-Hub-Signature-256`. */
export function sign(secret: Secret, body: Uint8Array): Signatures {
  const key = secret.reveal()
  return {
    sha1: `sha1=${createHmac('sha1', key).update(body).digest('hex')}`,
    sha256: `sha256=${createHmac('sha256', key).update(body).digest('hex')}`,
  }
}
