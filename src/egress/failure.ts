// Puts what went wrong on the wire into an outcome, in a sentence that the hook's owner can act on.
// Where GitHub shows the text of Go's TLS library, so do we: people search for those words.
import { isIP } from 'node:net'
import { errors } from 'undici'
import type { Outcome } from '../delivery.ts'
import type { AddressKind } from './address.ts'

type Untimed<T> = T extends unknown ? Omit<T, 'tookMs'> : never

/** An outcome without an answer, whose duration is not known yet. */
export type Failure = Untimed<
  Extract<Outcome, { readonly kind: 'refused' | 'unreachable' | 'tls_failed' | 'broken' }>
>

/** Carries a failure through undici, which passes on only what is an Error. */
export class ConnectFailure extends Error {
  readonly failure: Failure

  constructor(failure: Failure) {
    super(failure.reason)
    this.name = 'ConnectFailure'
    this.failure = failure
  }
}

const KIND_WORDS: Readonly<Record<AddressKind, string>> = {
  public: 'a public address',
  loopback: 'a loopback address (this machine itself)',
  private: 'a private address',
  cgnat: 'a carrier-grade NAT address',
  link_local: 'a link-local address',
  metadata: "a cloud provider's metadata address",
  multicast: 'a multicast address',
  broadcast: 'the broadcast address',
  unspecified: 'the unspecified address',
  reserved: 'a reserved address',
  nat64: 'a local NAT64 address',
  '6to4': 'a 6to4 address',
  teredo: 'a Teredo address',
  malformed: 'no address',
}

const TLS_WORDS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'x509: certificate has expired or is not yet valid',
  CERT_NOT_YET_VALID: 'x509: certificate has expired or is not yet valid',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'x509: certificate signed by unknown authority',
  SELF_SIGNED_CERT_IN_CHAIN: 'x509: certificate signed by unknown authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'x509: certificate signed by unknown authority',
  UNABLE_TO_GET_ISSUER_CERT: 'x509: certificate signed by unknown authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'x509: certificate signed by unknown authority',
}

// A plain HTTP server on the port: OpenSSL reads `HTTP/1.1` as a record.
const NOT_TLS: ReadonlySet<string> = new Set([
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
])

// A certificate may name hundreds, and the reason is stored with every attempt.
const NAMES_SHOWN_MAX = 10

export function refusedAddress(host: string, address: string, kind: AddressKind): Failure {
  const subject = host === address ? address : `${host} resolves to ${address}, which`
  return {
    kind: 'refused',
    reason:
      `${subject} is ${KIND_WORDS[kind]}, and Hookline delivers to public addresses only. ` +
      `If this is meant, its operator can open it with --allow-network ${cidrOf(address)}.`,
  }
}

export function unresolved(host: string, error: unknown): Failure {
  const code = codeOf(error)
  if (code === 'ENOTFOUND') return unreachable(code, `The name ${host} does not resolve.`)
  return unreachable(code, `The name ${host} could not be looked up (${code}): its name servers may be down.`)
}

export function connectTimedOut(target: string, limitMs: number): Failure {
  return unreachable('ETIMEDOUT', `No connection to ${target} within ${limitMs / 1000} s.`)
}

export function connectFailed(target: string, error: unknown): Failure {
  const code = codeOf(error)
  switch (code) {
    case 'ECONNREFUSED':
      return unreachable(code, `${target} refused the connection: nothing listens there.`)
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return unreachable(code, `There is no route to ${target}.`)
    default:
      return unreachable(code, `No connection to ${target}: ${messageOf(error)}.`)
  }
}

export function tlsFailed(host: string, error: unknown): Failure {
  const code = codeOf(error)
  return { kind: 'tls_failed', code, reason: `tls: ${tlsWords(host, code, error)}` }
}

/** What undici reports of a request that has begun, or could not. */
export function requestFailed(error: Error): Failure {
  if (error instanceof ConnectFailure) return error.failure

  const code = codeOf(error)
  // With TLS 1.3 the receiver's alert may come after the handshake: a client certificate is missing.
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_')) return tlsFailed('', error)
  if (error instanceof errors.HTTPParserError) return broken('BAD_RESPONSE', `${error.message}.`)
  switch (code) {
    case 'ECONNRESET':
    case 'EPIPE':
      return broken(code, 'The receiver reset the connection before a whole response came.')
    case 'UND_ERR_SOCKET':
      return broken('EOF', socketWords(error.message))
    case 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH':
      return broken('EOF', 'The response ended short of its Content-Length.')
    case 'UND_ERR_HEADERS_OVERFLOW':
      return broken('HEADERS_OVERFLOW', "The response's headers are over 64 KB.")
    case 'ERR_ASSERTION': // undici's own, of a status below 100.
      return broken('BAD_RESPONSE', 'Response does not match the HTTP/1.1 protocol.')
    default:
      return broken(code, `The connection broke before a whole response came: ${error.message}.`)
  }
}

export function broken(code: string, reason: string): Failure {
  return { kind: 'broken', code, reason }
}

function unreachable(code: string, reason: string): Failure {
  return { kind: 'unreachable', code, reason }
}

function tlsWords(host: string, code: string, error: unknown): string {
  const words = TLS_WORDS[code]
  if (words) return `failed to verify certificate: ${words}`
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `failed to verify certificate: x509: ${wrongHost(host, error)}`
  }
  if (code === 'ECONNRESET' || code === 'EPIPE') return 'the receiver hung up during the handshake'
  if (NOT_TLS.has(code)) return 'first record does not look like a TLS handshake'
  // OpenSSL's own few words, without the file and line that surround them in the message.
  const reason = error instanceof Error && 'reason' in error ? error.reason : undefined
  return typeof reason === 'string' ? reason : messageOf(error)
}

function wrongHost(host: string, error: unknown): string {
  const names = alternativeNames(error)
  if (isAddress(host) && !names.some(isAddress)) {
    return `cannot validate certificate for ${host} because it doesn't contain any IP SANs`
  }
  if (names.length === 0) return `certificate is not valid for any names, but wanted to match ${host}`
  const more = names.length > NAMES_SHOWN_MAX ? ', …' : ''
  return `certificate is valid for ${names.slice(0, NAMES_SHOWN_MAX).join(', ')}${more}, not ${host}`
}

/** Node gives them as `DNS:a.example, IP Address:192.0.2.1`. */
function alternativeNames(error: unknown): string[] {
  const { cert } = error as { readonly cert?: { readonly subjectaltname?: string } }
  return (cert?.subjectaltname ?? '')
    .split(', ')
    .flatMap(entry => /^(?:DNS|IP Address):(.+)$/.exec(entry)?.[1] ?? [])
}

/** undici's words, where they would puzzle the owner. */
function socketWords(message: string): string {
  switch (message) {
    case 'bad response':
      return 'The receiver sent a 100 Continue that was not asked for, or a second response.'
    case 'bad upgrade':
      return 'The receiver tried to change to another protocol.'
    default:
      return 'The receiver closed the connection before a whole response came.'
  }
}

function cidrOf(address: string): string {
  return address.includes(':') ? `${address.replace(/%.*$/, '')}/128` : `${address}/32`
}

function isAddress(text: string): boolean {
  return isIP(text) !== 0
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : 'UNKNOWN'
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
