// The reader against node:http: whatever pieces the bytes come in, both must see the same messages, and what one
// refuses the other refuses.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer as createHttpServer, request as httpRequest, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect, createServer } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { after, before, suite, test } from 'node:test'
import fc from 'fast-check'
import { type BodyRule, MessageError, MessageReader } from './message-reader.ts'
import type { RawHeaders } from './observer.ts'

type Read = { line: readonly string[]; headers: RawHeaders; bytes: Buffer; body: Buffer; isOver: boolean }

type Body = { readonly kind: 'none' | 'length' | 'chunked'; readonly chunks: readonly Buffer[] }

const token = fc.stringMatching(/^[A-Za-z][A-Za-z\d-]{0,11}$/)
const value = fc.stringMatching(/^[!-~]([ !-~]{0,20}[!-~])?$/)
const headers = fc.array(
  fc.tuple(
    token.map(name => `x-${name}`),
    value,
  ),
  { maxLength: 6 },
)
const body: fc.Arbitrary<Body> = fc.record({
  kind: fc.constantFrom('none', 'length', 'chunked'),
  chunks: fc.array(
    fc.uint8Array({ minLength: 1, maxLength: 300 }).map(bytes => Buffer.from(bytes)),
    { maxLength: 5 },
  ),
})
const extension = fc.constantFrom('', ';a', ';b=c', ';d="e f"')
const trailers = fc.constantFrom('', 'x-sum: 1\r\n', 'x-a: b\r\nx-c:\r\n')
const cuts = fc.array(fc.nat({ max: 4000 }), { maxLength: 12 })

const request = fc
  .record({
    ...{ method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'), path: token, headers, body, extension },
    trailers,
  })
  .map(({ method, path, headers, body, extension, trailers }) => {
    const lines = [
      `${method} /${path} HTTP/1.1`,
      'host: a',
      ...headers.map(([name, text]) => `${name}: ${text}`),
    ]
    return bytesOf(lines, body, extension, trailers)
  })

suite('the message reader', () => {
  let port: number
  const seen: { line: string[]; headers: string[]; body: Promise<Buffer> }[] = []
  const server = createHttpServer((request, response) => {
    const { method = '', url = '', rawHeaders } = request
    seen.push({
      line: [method, url],
      headers: rawHeaders,
      body: buffer(request).catch(() => Buffer.alloc(0)),
    })
    request.on('end', () => response.end())
  })
  before(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
  })
  after(() => server.close())

  test('sees the requests that node:http sees, and passes every byte on, in whatever pieces it comes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 4 }), cuts, async (requests, places) => {
        const bytes = Buffer.concat(requests)
        const { messages, passed } = readAll(cut(bytes, places), () => 'framed')
        assert.deepEqual(passed, bytes)

        seen.length = 0
        await say(port, bytes, requests.length)
        const theirs = await Promise.all(seen.map(async it => ({ ...it, body: await it.body })))
        assert.deepEqual(
          messages.map(({ line, headers, body }) => ({
            line: line.slice(0, 2),
            headers: headers.flat(),
            body,
          })),
          theirs,
        )
      }),
      { numRuns: 150 },
    )
  })

  test('sees the answers that node:http sees: interim ones, without a body, till the end', async t => {
    let said = Buffer.alloc(0)
    const raw = createServer(socket => {
      socket.once('data', () => socket.end(said))
    }).listen(0, '127.0.0.1')
    t.after(() => raw.close())
    await once(raw, 'listening')
    const { port: rawPort } = raw.address() as AddressInfo

    const answer = fc.record({
      ...{ method: fc.constantFrom('GET', 'HEAD'), status: fc.constantFrom(200, 204, 304, 404, 500) },
      ...{ isInterim: fc.boolean(), isTillClose: fc.boolean(), headers, body, extension, trailers, cuts },
    })
    await fc.assert(
      fc.asyncProperty(answer, async it => {
        const isBodiless = it.method === 'HEAD' || it.status === 204 || it.status === 304
        const lines = [
          `HTTP/1.1 ${it.status} Because`,
          ...it.headers.map(([name, text]) => `${name}: ${text}`),
        ]
        const framed = bytesOf(
          lines,
          isBodiless ? { kind: 'none', chunks: [] } : it.body,
          it.extension,
          it.trailers,
        )
        const open = Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), ...it.body.chunks])
        const final = it.isTillClose && !isBodiless ? open : framed
        const early = 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'
        const bytes = Buffer.concat([Buffer.from(it.isInterim ? early : ''), final])

        const rule = ([, status]: readonly string[]): BodyRule =>
          isBodiless || status === '103' ? 'none' : 'till_close'
        const { messages, passed, reader } = readAll(cut(bytes, it.cuts), rule)
        assert.deepEqual(passed, bytes)
        const ours = messages.at(-1)!
        assert.equal(ours.isOver || reader.endsWithConnection, true)

        said = bytes
        const theirs = await ask(rawPort, it.method)
        assert.deepEqual(
          [Number(ours.line[1]), ours.headers.flat(), ours.body],
          [theirs.status, theirs.rawHeaders, theirs.body],
        )
      }),
      { numRuns: 150 },
    )
  })

  const head = 'POST / HTTP/1.1\r\nHost: a\r\n'
  const chunked = `${head}Transfer-Encoding: chunked\r\n\r\n`
  const REFUSED = {
    'two lengths': `${head}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd`,
    'the same length twice': `${head}Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc`,
    'a length with a sign': `${head}Content-Length: +3\r\n\r\nabc`,
    'a list of lengths': `${head}Content-Length: 3, 3\r\n\r\nabc`,
    'a length beside chunks': `${head}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    'an encoding without an end': `${head}Transfer-Encoding: gzip\r\n\r\n`,
    'a blank before the colon': `${head}Content-Length : 3\r\n\r\nabc`,
    'a name with a blank': `${head}X Y: 3\r\n\r\n`,
    'no name': `${head}: 3\r\n\r\n`,
    'no colon': `${head}X\r\n\r\n`,
    'a return without a newline': `${head}X: a\rTransfer-Encoding: chunked\r\n\r\n`,
    'a zero byte': `${head}X: a\0b\r\n\r\n`,
    'a first line of one word': 'POST\r\n\r\n',
    'a chunk without a size': `${chunked}\r\nabc\r\n0\r\n\r\n`,
    'a chunk with a wrong size': `${chunked}xyz\r\nabc\r\n0\r\n\r\n`,
    'a blank behind the size of a chunk': `${chunked}3 \r\nabc\r\n0\r\n\r\n`,
    'a chunk with a negative size': `${chunked}-3\r\nabc\r\n0\r\n\r\n`,
    'a chunk that is longer than it says': `${chunked}2\r\nabc\r\n0\r\n\r\n`,
    'a trailer without a colon': `${chunked}0\r\nabc\r\n\r\n`,
  }
  for (const [what, text] of Object.entries(REFUSED)) {
    test(`refuses ${what}, as node:http does, in one piece and byte by byte`, async () => {
      const bytes = Buffer.from(text, 'latin1')
      const every = Array.from(bytes.keys())
      for (const places of [[], every]) {
        assert.throws(() => readAll(cut(bytes, places), () => 'framed'), MessageError)
      }
      const socket = connect(port, '127.0.0.1')
      socket.end(bytes)
      assert.match(String(await buffer(socket)), /^HTTP\/1.1 400/)
    })
  }

  test('refuses a head, a line of a chunk and trailers that never end', () => {
    const filler = Buffer.alloc(80 * 1024, 'a')
    const lines = Buffer.from('x-a: b\r\n'.repeat(9000))
    for (const bytes of [
      Buffer.concat([Buffer.from(`${head}X: `), filler]),
      Buffer.concat([Buffer.from(`${head}X: `), filler, Buffer.from('\r\n\r\n')]),
      Buffer.concat([Buffer.from(`${chunked}1;`), filler]),
      Buffer.concat([Buffer.from(`${chunked}1;`), filler, Buffer.from('\r\na\r\n')]),
      Buffer.concat([Buffer.from(`${chunked}0\r\n`), lines]),
    ]) {
      assert.throws(() => readAll([bytes], () => 'framed'), MessageError)
    }
  })

  test('gives a message that comes in one piece on in one piece', () => {
    const sizes: number[] = []
    const reader = new MessageReader({
      ...{ head: () => 'framed', body: () => {}, end: () => {} },
      pass: ({ length }) => sizes.push(length),
    })
    reader.push(Buffer.from(`${chunked}3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n`))
    assert.deepEqual(sizes, [21])
  })
})

function bytesOf(
  lines: readonly string[],
  { kind, chunks }: Body,
  extension: string,
  trailers: string,
): Buffer {
  const bytes = Buffer.concat(chunks)
  const head = (...more: string[]) => Buffer.from(`${[...lines, ...more].join('\r\n')}\r\n\r\n`)
  if (kind === 'none') return head()
  if (kind === 'length') return Buffer.concat([head(`Content-Length: ${bytes.length}`), bytes])
  const parts = chunks.flatMap(chunk => [`${chunk.length.toString(16)}${extension}\r\n`, chunk, '\r\n'])
  const all = [head('Transfer-Encoding: chunked'), ...parts, `0\r\n${trailers}\r\n`]
  return Buffer.concat(all.map(part => Buffer.from(part as string)))
}

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...new Set([...places.filter(place => place > 0 && place < bytes.length), bytes.length])]
  return ends.sort((a, b) => a - b).map((end, at, all) => Buffer.from(bytes.subarray(all[at - 1] ?? 0, end)))
}

function readAll(pieces: readonly Buffer[], rule: (line: readonly string[]) => BodyRule) {
  const messages: Read[] = []
  const passed: Buffer[] = []
  const reader = new MessageReader(
    {
      head({ line, headers }, bytes) {
        messages.push({ line, headers, bytes, body: Buffer.alloc(0), isOver: false })
        passed.push(bytes)
        return rule(line)
      },
      pass: bytes => passed.push(bytes),
      body(bytes) {
        const last = messages.at(-1)!
        last.body = Buffer.concat([last.body, bytes])
      },
      end() {
        messages.at(-1)!.isOver = true
      },
    },
    true,
  )
  for (const piece of pieces) reader.push(piece)
  return { messages, passed: Buffer.concat(passed), reader }
}

/** Says it, and resolves when everything is answered. */
async function say(port: number, bytes: Buffer, count: number): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  socket.write(bytes)
  let text = ''
  socket.setEncoding('latin1').on('data', part => {
    text += part
    if (text.split('HTTP/1.1 ').length > count) socket.end()
  })
  await once(socket, 'close')
  assert.doesNotMatch(text, /HTTP\/1.1 [^2]/)
}

async function ask(port: number, method: string) {
  const asked = httpRequest({ port, method, host: '127.0.0.1', agent: false }).end()
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  return { status: response.statusCode, rawHeaders: response.rawHeaders, body: await buffer(response) }
}
