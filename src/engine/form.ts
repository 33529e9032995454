// The form body: one field, `payload`, whose value is the payload's bytes, percent-encoded. It works
// on bytes, since text that came from elsewhere need not be valid UTF-8.

const PREFIX = Buffer.from('payload=')
const SPACE = 0x20
const PLUS = 0x2b
const PERCENT = 0x25
const HEX = Buffer.from('0123456789ABCDEF')

// As Go's url.QueryEscape, which GitHub's sender is written with: a space is `+`, and all but
// letters, digits and `-_.~` is encoded.
const PLAIN = new Uint8Array(256)
for (const byte of Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~'))
  PLAIN[byte] = 1

export function formBody(payload: Uint8Array): Uint8Array {
  const body = Buffer.allocUnsafeSlow(PREFIX.length + encodedLength(payload))
  PREFIX.copy(body)
  let at = PREFIX.length
  for (const byte of payload) {
    if (PLAIN[byte] === 1) {
      body[at++] = byte
    } else if (byte === SPACE) {
      body[at++] = PLUS
    } else {
      body[at++] = PERCENT
      body[at++] = HEX[byte >> 4] as number
      body[at++] = HEX[byte & 15] as number
    }
  }
  return body
}

function encodedLength(payload: Uint8Array): number {
  let length = 0
  for (const byte of payload) length += PLAIN[byte] === 1 || byte === SPACE ? 1 : 3
  return length
}
