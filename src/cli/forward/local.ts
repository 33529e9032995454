// Hands an event to the program on this machine: its very bytes, with the header names as they came, so that
// signatures verify. What comes of it is always a reply, which says why if there was no answer.
import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { HeaderList } from '../../delivery.ts'
import type { EventFrame, ReplyFrame } from '../../forward-frame.ts'

export type LocalAnswer = Omit<ReplyFrame, 'guid'> & {
  /** Why there was no answer; null when there was one. */
  readonly failure: string | null
}

// No webhook waits longer (Hookline: 30 s at most; GitHub: 10).
const TIMEOUT_MS = 30_000

// What the log keeps of a response.
const BODY_BYTES_MAX = 64 * 1024

// These are about a connection, and this is another one.
const OF_THE_CONNECTION = new Set([
  'connection',
  'content-length',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  ECONNRESET: 'it closed the connection without an answer',
}

export async function sendToLocal(
  url: string,
  { headers, body }: EventFrame,
  { signal, timeoutMs = TIMEOUT_MS }: { readonly signal: AbortSignal; readonly timeoutMs?: number },
): Promise<LocalAnswer> {
  const deadline = AbortSignal.timeout(timeoutMs)
  try {
    return await post(url, { headers, body }, AbortSignal.any([signal, deadline]))
  } catch (error) {
    if (signal.aborted) throw error
    if (deadline.aborted) return failed(504, `${url} did not answer within ${timeoutMs / 1000} s`)
    const { code = '', message } = error as NodeJS.ErrnoException
    return failed(502, `${url} could not be reached: ${WORDS[code] ?? message}${code && ` (${code})`}`)
  }
}

function post(url: string, { headers, body }: EventFrame, signal: AbortSignal): Promise<LocalAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<LocalAnswer>()
  const { protocol, host } = new URL(url)
  const passed = headers.filter(([name]) => !OF_THE_CONNECTION.has(name.toLowerCase()))
  const own: HeaderList = [
    ['Host', host],
    ['Content-Length', String(body.length)],
    ['Connection', 'close'],
  ]
  const request = (protocol === 'https:' ? requestHttps : requestHttp)(url, {
    method: 'POST',
    // In this form names are written as they are given.
    headers: [...own, ...passed].flat(),
    // A connection each: one that is kept may be closed at the very moment at which it is used again.
    agent: false,
    signal,
  })
  request.on('error', reject)
  request.on('response', response => read(response).then(resolve, reject))
  request.end(body)
  return promise
}

async function read(response: IncomingMessage): Promise<LocalAnswer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    length += chunk.length
    // Breaking off ends the connection.
    if (length > BODY_BYTES_MAX) break
  }
  const { rawHeaders, statusCode = 502 } = response
  const headers: [string, string][] = []
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    headers.push([rawHeaders[at] ?? '', rawHeaders[at + 1] ?? ''])
  }
  const body = Buffer.concat(chunks).subarray(0, BODY_BYTES_MAX)
  return { status: statusCode, headers, body, failure: null }
}

function failed(status: number, failure: string): LocalAnswer {
  const headers: HeaderList = [['Content-Type', 'text/plain; charset=utf-8']]
  return { status, headers, body: Buffer.from(`hookline forward: ${failure}\n`), failure }
}
