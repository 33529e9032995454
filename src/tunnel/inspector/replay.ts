// Sends a request again, straight to the local port: as it was, or with parts of it changed.
import { request as httpRequest, type IncomingMessage } from 'node:http'
import type { Secret } from '../../secret.ts'
import { sign } from '../../signature.ts'
import { connectLocal, type LocalServer } from '../carrier.ts'
import type { ExchangeObserver, RawHeaders } from '../observer.ts'
import { headerOf, type ReplaySignature } from './exchange.ts'

export type ReplayDraft = {
  readonly method: string
  readonly target: string
  readonly headers: RawHeaders
  readonly body: Buffer
}

/** What of the draft is not as it was. */
export type Edits = {
  readonly isEdited: boolean
  readonly isBodyEdited: boolean
  readonly isSignatureEdited: boolean
}

// These tell how the body was sent and what the connection is for: both are new.
const OF_THE_MESSAGE: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

const SIGNATURES = { 'x-hub-signature': 'sha1', 'x-hub-signature-256': 'sha256' } as const

function isSigned(headers: RawHeaders): boolean {
  return headers.some(([name]) => signatureOf(name) !== undefined)
}

/** What the draft's signature is worth, and the headers with it. */
export function signAgain(
  { headers, body }: ReplayDraft,
  { isBodyEdited, isSignatureEdited }: Edits,
  secret: Secret | null,
): { readonly headers: RawHeaders; readonly signature: ReplaySignature | null } {
  if (!isSigned(headers)) return { headers, signature: null }
  if (!isBodyEdited || isSignatureEdited) return { headers, signature: 'kept' }
  if (!secret) return { headers, signature: 'stale' }
  const made = sign(secret, body)
  const signed = headers.map(([name, value]) => {
    const algorithm = signatureOf(name)
    return [name, algorithm === undefined ? value : made[algorithm]] as const
  })
  return { headers: signed, signature: 'made' }
}

function signatureOf(name: string): 'sha1' | 'sha256' | undefined {
  return SIGNATURES[name.toLowerCase() as keyof typeof SIGNATURES]
}

/** The headers that go out: one Content-Length, which is right, and nothing of the old connection. */
function headersToSend({ headers, method, body }: ReplayDraft): RawHeaders {
  const kept = headers.filter(([name]) => !OF_THE_MESSAGE.has(name.toLowerCase()))
  const hasBody = body.length > 0 || !['GET', 'HEAD', 'OPTIONS', 'TRACE', 'DELETE'].includes(method)
  return [
    ...kept,
    ...(hasBody ? [['Content-Length', String(body.length)] as const] : []),
    ['Connection', 'close'],
  ]
}

export type SendOptions = {
  readonly local: LocalServer
  readonly hostHeader: string | null
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** Whatever happens is told to the observer, and `over` at the end. */
export function sendReplay(
  draft: ReplayDraft,
  { local, hostHeader, timeoutMs, signal }: SendOptions,
  observer: ExchangeObserver,
  over: () => void,
): void {
  let isConnected = false
  let isTimedOut = false
  const headers = headersToSend(draft).map(([name, value]) =>
    name.toLowerCase() === 'host' && hostHeader !== null ? [name, hostHeader] : [name, value],
  )
  const sending = httpRequest({
    method: draft.method,
    path: draft.target,
    headers: headers.flat(),
    signal,
    createConnection: () => connectLocal(local).once('connect', () => (isConnected = true)),
  })
  const deadline = setTimeout(() => {
    isTimedOut = true
    sending.destroy()
  }, timeoutMs)
  let answered: IncomingMessage | undefined
  sending.on('response', response => {
    answered = response
    clearTimeout(deadline)
    const { statusCode: status = 0, statusMessage: reason = '', rawHeaders } = response
    observer.response({ status, reason, headers: pairs(rawHeaders) })
    response.on('data', bytes => observer.responseBody(bytes))
    // `close` says how it ended.
    response.on('error', () => {})
  })
  sending.on('error', () => {})
  sending.once('close', () => {
    clearTimeout(deadline)
    if (answered?.complete) observer.end('complete')
    else if (isTimedOut) observer.end('timed_out')
    else if (signal.aborted) observer.end('aborted')
    else observer.end(isConnected ? 'broken' : 'refused')
    over()
  })
  observer.requestBody(draft.body)
  sending.end(draft.body)
}

function pairs(flat: readonly string[]): RawHeaders {
  return Array.from(
    { length: flat.length / 2 },
    (_, at) => [flat[2 * at] ?? '', flat[2 * at + 1] ?? ''] as const,
  )
}

export function editsIn(before: ReplayDraft, after: ReplayDraft): Edits {
  const isBodyEdited = !before.body.equals(after.body)
  const isSignatureEdited = Object.keys(SIGNATURES).some(
    name => headerOf(before.headers, name) !== headerOf(after.headers, name),
  )
  const isEdited =
    isBodyEdited ||
    before.method !== after.method ||
    before.target !== after.target ||
    JSON.stringify(before.headers) !== JSON.stringify(after.headers)
  return { isEdited, isBodyEdited, isSignatureEdited }
}
