// What a replay is asked to be: each part that is left out is as it was.
import { isObject } from '../../base/is-object.ts'
import type { RawHeaders } from '../observer.ts'
import { Refusal } from './refusal.ts'
import type { ReplayDraft } from './replay.ts'

// RFC 9110, 5.6.2 and 5.5. Node refuses what these refuse, but only when it is sent.
const TOKEN = /^[!#$%&'*+.^_`|~\w-]+$/
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/
const TARGET = /^[/*][\x21-\x7e\x80-\xff]*$/

const HEADERS_MAX = 1000
// As the tunnel itself lets through.
const HEAD_BYTES_MAX = 64 * 1024

export function readDraft(input: unknown, before: ReplayDraft): ReplayDraft {
  if (!isObject(input)) throw new Refusal(422, 'The body is a JSON object.')
  const { method, target, headers, body, encoding = 'utf8' } = input
  const draft = {
    method: method === undefined ? before.method : readMethod(method),
    target: target === undefined ? before.target : readTarget(target),
    headers: headers === undefined ? before.headers : readHeaders(headers),
    body: body === undefined ? before.body : readBody(body, encoding),
  }
  const texts = [draft.method, draft.target, ...draft.headers.flat()]
  if (texts.reduce((sum, text) => sum + text.length, 0) > HEAD_BYTES_MAX)
    throw new Refusal(422, 'Path and headers have 64 KB at most.')
  return draft
}

function readMethod(method: unknown): string {
  if (typeof method === 'string' && TOKEN.test(method) && method !== 'CONNECT') return method
  throw new Refusal(422, 'method is a method of HTTP.')
}

function readTarget(target: unknown): string {
  if (typeof target === 'string' && TARGET.test(target)) return target
  throw new Refusal(422, 'target is a path, with its query, as it is sent: without spaces.')
}

function readHeaders(headers: unknown): RawHeaders {
  if (!Array.isArray(headers) || headers.length > HEADERS_MAX)
    throw new Refusal(422, 'headers is a list of pairs of a name and a value.')
  return headers.map(readHeader)
}

function readHeader(header: unknown): readonly [string, string] {
  if (!Array.isArray(header) || header.length !== 2) throw new Refusal(422, 'A header is a name and a value.')
  const [name, value] = header
  if (typeof name !== 'string' || !TOKEN.test(name))
    throw new Refusal(422, `${JSON.stringify(name)} is no name of a header.`)
  if (typeof value !== 'string' || !VALUE.test(value))
    throw new Refusal(422, `The value of ${name} has characters that no header may have.`)
  return [name, value]
}

function readBody(body: unknown, encoding: unknown): Buffer {
  if (typeof body !== 'string') throw new Refusal(422, 'body is a text.')
  if (encoding !== 'utf8' && encoding !== 'base64') throw new Refusal(422, 'encoding is utf8 or base64.')
  return Buffer.from(body, encoding)
}
