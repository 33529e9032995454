// What is kept of a token, a sign-in link and a session: the SHA-256 of its text. It needs no salt and
// no slow hash, since each text that we make has more than 200 random bits.
import { createHash } from 'node:crypto'

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
