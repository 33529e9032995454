// Where an HTTP/1.1 message ends, in whatever pieces its bytes come (RFC 9112, 6.3). It changes nothing: who splices
// a connection passes the pieces on as they came, and learns here what they were.
import type { RawHeaders } from './observer.ts'

export type MessageHead = {
  /** The three parts of the first line. */
  readonly line: readonly [string, string, string]
  readonly headers: RawHeaders
  /** The last value of a header, in small letters as it is asked for; undefined when there is none. */
  get(name: string): string | undefined
}

export type MessageSink = {
  /** `bytes` are the head as it came, with its empty line. Gives how the body is framed, when the head does not say. */
  head(head: MessageHead, bytes: Buffer): BodyRule
  /** Bytes of the message behind its head, as they came: as many at once as there are, to be written at once. */
  pass(bytes: Buffer): void
  /** The same without their chunked encoding; only when `looks` is set. */
  body(bytes: Buffer): void
  end(): void
}

/**
 * framed     as the head says: Content-Length, chunked, or nothing
 * none       there is no body, whatever the head says: an answer to HEAD, 1xx, 204, 304
 * till_close an answer that says nothing has a body until the connection ends
 * raw        what follows is not HTTP any more
 */
export type BodyRule = 'framed' | 'none' | 'till_close' | 'raw'

/** It is no HTTP, or none that can be told the end of. */
export class MessageError extends Error {}

const HEAD_BYTES_MAX = 64 * 1024
const CHUNK_LINE_BYTES_MAX = 4 * 1024
const TRAILERS_BYTES_MAX = 64 * 1024
const HEAD_END = Buffer.from('\r\n\r\n')
const LINE_END = Buffer.from('\r\n')
const EMPTY = Buffer.alloc(0)
const MAX_LENGTH = /^\d{1,15}$/
const CHUNK_SIZE = /^[\da-f]{1,12}(?:;.*)?$/i
// RFC 9110, 5.6.2: a token. A blank before the colon, or at the begin of a line, is how heads are read in two ways.
const NAME = /^[!#$%&'*+\-.^_`|~\w]+$/
const FIRST_LINE = /^([!-~]+) ([^\0- \x7f]+)(?: ([^\0\r\n]*))?$/
const FORBIDDEN = /[\0\r\n]/

type State = 'head' | 'length' | 'chunk_line' | 'chunk' | 'chunk_end' | 'trailers' | 'till_close' | 'raw'

export class MessageReader {
  readonly #sink: MessageSink
  /** Somebody looks at the bodies. */
  readonly #looks: boolean
  #state: State = 'head'
  #held: Buffer = EMPTY
  #left = 0
  /** Of the bytes that are pushed now: what comes before was passed on, or is a head. */
  #from = 0
  #trailersBytes = 0

  constructor(sink: MessageSink, looks = false) {
    this.#sink = sink
    this.#looks = looks
  }

  /** Between two messages. */
  get isIdle(): boolean {
    return this.#state === 'head' && this.#held.length === 0
  }

  /** Whether the end of the connection is the end of the message. */
  get endsWithConnection(): boolean {
    return this.#state === 'till_close' || this.#state === 'raw'
  }

  /** Throws MessageError; nothing is to be pushed after that. */
  push(bytes: Buffer): void {
    this.#from = 0
    let at = 0
    while (at < bytes.length) at = this.#step(bytes, at)
    this.#flush(bytes, at)
  }

  #flush(bytes: Buffer, to: number): void {
    const from = this.#from
    this.#from = to
    if (from < to) this.#sink.pass(from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to))
  }

  #step(bytes: Buffer, at: number): number {
    switch (this.#state) {
      case 'head':
        return this.#readHead(bytes, at)
      case 'length':
        return this.#readLength(bytes, at)
      case 'chunk_line':
        return this.#readChunkLine(bytes, at)
      case 'chunk':
        return this.#readChunk(bytes, at)
      case 'chunk_end':
        return this.#readChunkEnd(bytes, at)
      case 'trailers':
        return this.#readTrailers(bytes, at)
      case 'till_close':
      case 'raw':
        return this.#passAll(bytes, at)
    }
  }

  #readHead(bytes: Buffer, at: number): number {
    const before = this.#held.length
    const all = before === 0 ? bytes.subarray(at) : Buffer.concat([this.#held, bytes.subarray(at)])
    // Empty lines before a message are nobody's.
    const start = skipEmptyLines(all)
    const end = all.indexOf(HEAD_END, start)
    const behind = end < 0 ? all.length : end + HEAD_END.length
    if (behind - start > HEAD_BYTES_MAX) throw new MessageError('a head of more than 64 KB')
    // A head is given as a whole, and not passed on.
    const next = at + behind - before
    this.#from = next
    if (end < 0) {
      this.#held = Buffer.from(all.subarray(start))
      return next
    }
    const raw = all.subarray(start, behind)
    this.#held = EMPTY
    this.#begin(parseHead(raw), raw, bytes, next)
    return next
  }

  #begin(head: MessageHead, raw: Buffer, bytes: Buffer, next: number): void {
    const rule = this.#sink.head(head, raw)
    if (rule === 'raw') {
      this.#state = 'raw'
      return
    }
    const [kind, length] = rule === 'none' ? (['length', 0] as const) : framingOf(head)
    if (kind === 'none' && rule === 'till_close') this.#state = 'till_close'
    else if (kind === 'chunked') this.#state = 'chunk_line'
    else if (length === 0) this.#finish(bytes, next)
    else {
      this.#state = 'length'
      this.#left = length
    }
  }

  #readLength(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.#left)
    this.#left -= end - at
    if (this.#looks) this.#sink.body(bytes.subarray(at, end))
    if (this.#left === 0) this.#finish(bytes, end)
    return end
  }

  #readChunkLine(bytes: Buffer, at: number): number {
    const { line, next } = this.#readLine(bytes, at)
    if (line === undefined) return next
    if (!CHUNK_SIZE.test(line)) throw new MessageError('a chunk without a size')
    this.#left = Number.parseInt(line, 16)
    this.#state = this.#left === 0 ? 'trailers' : 'chunk'
    this.#trailersBytes = 0
    return next
  }

  #readChunk(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.#left)
    this.#left -= end - at
    if (this.#looks) this.#sink.body(bytes.subarray(at, end))
    if (this.#left === 0) this.#state = 'chunk_end'
    return end
  }

  #readChunkEnd(bytes: Buffer, at: number): number {
    const { line, next } = this.#readLine(bytes, at)
    if (line === undefined) return next
    if (line !== '') throw new MessageError('a chunk that is longer than it says')
    this.#state = 'chunk_line'
    return next
  }

  #readTrailers(bytes: Buffer, at: number): number {
    const { line, next } = this.#readLine(bytes, at)
    this.#trailersBytes += next - at
    if (this.#trailersBytes > TRAILERS_BYTES_MAX) throw new MessageError('trailers of more than 64 KB')
    if (line === '') this.#finish(bytes, next)
    else if (line !== undefined) parseLine(line)
    return next
  }

  /** A line that is whole by now; its bytes are passed on in any case. */
  #readLine(bytes: Buffer, at: number): { readonly line: string | undefined; readonly next: number } {
    const all = this.#held.length === 0 ? bytes.subarray(at) : Buffer.concat([this.#held, bytes.subarray(at)])
    const before = this.#held.length
    const end = all.indexOf(LINE_END)
    if (end < 0) {
      if (all.length > CHUNK_LINE_BYTES_MAX)
        throw new MessageError('a line of more than 4 KB in a chunked body')
      this.#held = Buffer.from(all)
      return { line: undefined, next: bytes.length }
    }
    if (end > CHUNK_LINE_BYTES_MAX) throw new MessageError('a line of more than 4 KB in a chunked body')
    const next = at + end + LINE_END.length - before
    this.#held = EMPTY
    const line = all.toString('latin1', 0, end)
    if (FORBIDDEN.test(line)) throw new MessageError('a line with a character that is not allowed there')
    return { line, next }
  }

  #passAll(bytes: Buffer, at: number): number {
    if (this.#looks && this.#state === 'till_close') this.#sink.body(bytes.subarray(at))
    return bytes.length
  }

  #finish(bytes: Buffer, next: number): void {
    this.#flush(bytes, next)
    this.#state = 'head'
    this.#sink.end()
  }
}

function skipEmptyLines(bytes: Buffer): number {
  let at = 0
  while (bytes[at] === 13 && bytes[at + 1] === 10) at += 2
  return at
}

type Framing = readonly ['chunked' | 'length' | 'none', number]

function framingOf(head: MessageHead): Framing {
  const encoding = head.get('transfer-encoding')
  const length = head.get('content-length')
  if (encoding !== undefined) {
    // Both together are how requests are smuggled.
    if (length !== undefined) throw new MessageError('Transfer-Encoding and Content-Length in one head')
    if (!/(^|,)[ \t]*chunked[ \t]*$/i.test(encoding))
      throw new MessageError('a transfer encoding without an end')
    return ['chunked', 0]
  }
  if (length === undefined) return ['none', 0]
  if (!MAX_LENGTH.test(length)) throw new MessageError('a Content-Length that is no number')
  return ['length', Number(length)]
}

function parseHead(bytes: Buffer): MessageHead {
  const [first = '', ...lines] = bytes.toString('latin1', 0, bytes.length - HEAD_END.length).split('\r\n')
  const [, a, b, c = ''] = FIRST_LINE.exec(first) ?? []
  if (a === undefined || b === undefined) throw new MessageError('a first line that is none of HTTP')
  const headers = lines.map(parseLine)
  return { line: [a, b, c], headers, get: name => lastValue(headers, name) }
}

function parseLine(line: string): readonly [string, string] {
  const colon = line.indexOf(':')
  const name = line.slice(0, Math.max(0, colon))
  if (!NAME.test(name)) throw new MessageError('a line of the head without a name')
  if (FORBIDDEN.test(line)) throw new MessageError('a line with a character that is not allowed there')
  return [name, line.slice(colon + 1).trim()]
}

/** `name` in small letters. */
function lastValue(headers: RawHeaders, name: string): string | undefined {
  let found: string | undefined
  for (const [own, value] of headers) {
    if (own.length !== name.length || own.toLowerCase() !== name) continue
    // Two lengths, even the same twice, are refused by Node as well.
    if (found !== undefined && name === 'content-length')
      throw new MessageError('several lengths in one head')
    found = value
  }
  return found
}
