// The body of a request whose signature the tunnel's owner wants checked before it goes on: it has to be read as a
// whole for that, so there is a ceiling for one and for all of them together.
import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Secret } from '../secret.ts'
import { sign } from '../signature.ts'
import type { AnswerCode } from './answer.ts'

// GitHub's payloads have no more.
const BODY_BYTES_MAX = 25 * 1024 * 1024
const ALL_BYTES_MAX = 4 * BODY_BYTES_MAX

// RFC 9110, 9.3: what these carry means nothing, and no webhook comes by them.
const UNSIGNED = ['GET', 'HEAD', 'OPTIONS']

// Whoever sends a part and waits holds a share of that for no longer.
const DEADLINE_MS = 30_000

let allBytes = 0

/** Undefined for a request that needs no signature; how it is to be answered when it is refused. */
export async function readSigned(
  request: IncomingMessage,
  response: ServerResponse,
  secret: string,
): Promise<Buffer | undefined | AnswerCode> {
  if (UNSIGNED.includes(request.method ?? '')) return undefined
  const chunks: Buffer[] = []
  let bytes = 0
  // A caller that asks first is told to go on by the local server otherwise, which has heard nothing yet.
  if (request.headers.expect !== undefined) response.writeContinue()
  const deadline = setTimeout(() => request.destroy(), DEADLINE_MS)
  try {
    // Left before its end, it must not take the connection with it over which the answer goes.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      bytes += chunk.length
      allBytes += chunk.length
      if (bytes > BODY_BYTES_MAX) return 'too_large'
      if (allBytes > ALL_BYTES_MAX) return 'crowded'
      chunks.push(chunk)
    }
    const body = Buffer.concat(chunks)
    return isSigned(body, request.headers['x-hub-signature-256'], secret) ? body : 'bad_signature'
  } finally {
    clearTimeout(deadline)
    allBytes -= bytes
  }
}

function isSigned(body: Buffer, given: string | string[] | undefined, secret: string): boolean {
  const own = Buffer.from(sign(new Secret(secret), body).sha256)
  const sent = Buffer.from(String(given ?? ''))
  return own.length === sent.length && timingSafeEqual(own, sent)
}
