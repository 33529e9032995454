// Standard Webhooks 1.0.0 (standardwebhooks.com), beside GitHub's own headers: an identifier, the
// attempt's time, and a signature over both and the body for each secret that signs.
import { createHmac } from 'node:crypto'
import type { HeaderList } from './delivery.ts'
import type { Secret } from './secret.ts'

export type StandardMessage = {
  /** "Remains the same no matter how many times a webhook that has failed is retried", as a GUID does. */
  readonly guid: string
  /** Of the attempt, not of the event: receivers refuse what is older than five minutes. */
  readonly atMs: number
  /** As it is sent: in form mode the encoded text. */
  readonly body: Uint8Array
  /** Those that sign now; a receiver takes the message if it knows one of them. */
  readonly secrets: readonly Secret[]
}

/** Without a secret there is no signature, as with GitHub's headers; the other two are of use alone. */
export function standardHeaders({ guid, atMs, body, secrets }: StandardMessage): HeaderList {
  const timestamp = String(Math.floor(atMs / 1000))
  const signatures = secrets.map(secret => signature(keyOf(secret), `${guid}.${timestamp}.`, body))
  return [
    ['webhook-id', guid],
    ...(signatures.length > 0 ? [['webhook-signature', signatures.join(' ')] as const] : []),
    ['webhook-timestamp', timestamp],
  ]
}

function signature(key: Uint8Array, head: string, body: Uint8Array): string {
  return `v1,${createHmac('sha256', key).update(head).update(body).digest('base64')}`
}

// The specification's secrets are base64 behind this prefix. A hook's may be any text, chosen for
// GitHub's signature: then its bytes are the key, as they are there.
const PREFIX = 'whsec_'

function keyOf(secret: Secret): Uint8Array {
  const text = secret.reveal()
  return (text.startsWith(PREFIX) && fromBase64(text.slice(PREFIX.length))) || Buffer.from(text)
}

/** With or without its padding. Node skips what is no base64: a typing error would leave half a key. */
function fromBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64')
  const unpadded = text.replace(/={1,2}$/, '')
  return bytes.byteLength > 0 && bytes.toString('base64').replace(/=+$/, '') === unpadded ? bytes : undefined
}
