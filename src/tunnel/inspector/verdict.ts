// Whether a request's signature is that of its body, by the secret that the inspector was told.
import { timingSafeEqual } from 'node:crypto'
import type { Secret } from '../../secret.ts'
import { sign } from '../../signature.ts'
import { bodySize, type Exchange, headerOf, isCut } from './exchange.ts'
import type { ExchangeStore } from './exchange-store.ts'

/**
 * valid      it is
 * invalid    it is not
 * missing    there is a body and a secret, and no signature
 * unchecked  there is one, and no secret to check it by
 * cut        the body is too long to have been kept
 * pending    the body is not there yet
 */
export type Verdict = 'valid' | 'invalid' | 'missing' | 'unchecked' | 'cut' | 'pending'

/** Null for what is not signed and need not be. */
export function verdictOn(exchange: Exchange, secret: Secret | null, store: ExchangeStore): Verdict | null {
  const { requestMessage: message, how } = exchange
  const given = headerOf(store.requestHead(exchange).headers, 'x-hub-signature-256')
  if (given === undefined) return secret && bodySize(message) > 0 ? 'missing' : null
  if (!secret) return 'unchecked'
  if (isCut(message)) return 'cut'
  // A local server may answer before it has read everything; then the rest may be on its way yet.
  if (how === null) return 'pending'
  return fits(given, sign(secret, store.readBody(message)).sha256) ? 'valid' : 'invalid'
}

function fits(given: string, own: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(own)]
  return a.length === b.length && timingSafeEqual(a, b)
}
