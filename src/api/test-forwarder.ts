// A forwarder for tests, written from what is known of GitHub's protocol and with nothing of our own client: raw
// frames over a socket (RFC 6455), so that a test sees each byte and decides when a ping is answered.
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { TestContext } from 'node:test'

export type RawFrame = { readonly opcode: number; readonly final: boolean; readonly payload: Buffer }

export const TEXT = 1
export const BINARY = 2
export const CLOSE = 8
export const PING = 9
export const PONG = 10

/** What was answered in place of a WebSocket. */
export class Refused extends Error {
  readonly status: number

  constructor(status: number, text: string) {
    super(text)
    this.status = status
  }
}

export class RawForwarder {
  readonly socket: Socket
  readonly #frames: RawFrame[] = []
  readonly #waiting: (() => void)[] = []
  #rest: Buffer
  #ended = false

  constructor(socket: Socket, rest: Buffer) {
    this.socket = socket
    this.#rest = rest
    socket.on('data', chunk => {
      this.#rest = Buffer.concat([this.#rest, chunk])
      this.#read()
    })
    for (const event of ['end', 'close', 'error']) {
      socket.on(event, () => {
        this.#ended = true
        this.#tell()
      })
    }
    this.#read()
  }

  /** The next frame, whatever it is; undefined when the connection has ended. */
  async frame(): Promise<RawFrame | undefined> {
    while (this.#frames.length === 0 && !this.#ended) {
      await new Promise<void>(resolve => this.#waiting.push(resolve))
    }
    return this.#frames.shift()
  }

  /** The next text, as GitHub's forwarder reads: pings on the way to it are answered. */
  async text(): Promise<string | undefined> {
    for (;;) {
      const frame = await this.frame()
      if (!frame || frame.opcode === CLOSE) return undefined
      if (frame.opcode === PING) this.send(PONG, frame.payload)
      else return frame.payload.toString()
    }
  }

  async event(): Promise<{ Header: Record<string, string[]>; Body: string }> {
    return JSON.parse((await this.text()) ?? assert.fail('the line has ended'))
  }

  /** The code with which the server closed; undefined when it just ended. */
  async closed(): Promise<number | undefined> {
    for (;;) {
      const frame = await this.frame()
      if (!frame) return undefined
      if (frame.opcode === CLOSE) return frame.payload.readUInt16BE(0)
    }
  }

  reply(status: number, body = 'OK', more: object = {}): void {
    const reply = { Status: status, Header: { 'X-App': ['hi'] }, Body: Buffer.from(body).toString('base64') }
    this.send(TEXT, JSON.stringify({ ...reply, ...more }))
  }

  send(opcode: number, payload: string | Uint8Array): void {
    const bytes = Buffer.from(payload)
    const length = bytes.length
    const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10)
    head[0] = 0x80 | opcode
    if (length < 126) head[1] = 0x80 | length
    else if (length < 65_536) head[1] = 0x80 | 126
    else head[1] = 0x80 | 127
    if (head.length === 4) head.writeUInt16BE(length, 2)
    if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2)
    const mask = randomBytes(4)
    const masked = bytes.map((byte, index) => byte ^ (mask[index % 4] as number))
    this.socket.write(Buffer.concat([head, mask, masked]))
  }

  cut(): void {
    this.socket.destroy()
  }

  #read(): void {
    for (;;) {
      const bytes = this.#rest
      if (bytes.length < 2) return
      const first = bytes[0] as number
      const second = bytes[1] as number
      // No extension is agreed on, and a server does not mask.
      assert.equal(first & 0x70, 0)
      assert.equal(second & 0x80, 0)
      const short = second & 0x7f
      const headLength = short < 126 ? 2 : short === 126 ? 4 : 10
      if (bytes.length < headLength) return
      const length =
        short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
      if (bytes.length < headLength + length) return
      this.#rest = bytes.subarray(headLength + length)
      const payload = Buffer.from(bytes.subarray(headLength, headLength + length))
      this.#frames.push({ opcode: first & 0x0f, final: (first & 0x80) !== 0, payload })
      this.#tell()
    }
  }

  #tell(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}

/** Throws `Refused` with the status when the server does not let it in. */
export async function connectRaw(
  t: Pick<TestContext, 'after'>,
  url: string,
  authorization?: string,
): Promise<RawForwarder> {
  const { hostname, port, pathname, host } = new URL(url)
  const socket = connect(Number(port), hostname)
  t.after(() => socket.destroy())
  socket.on('error', () => {})
  const key = randomBytes(16).toString('base64')
  const lines = [
    `GET ${pathname} HTTP/1.1`,
    `Host: ${host}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${key}`,
    'Sec-WebSocket-Version: 13',
    // Offered, to see that it is not taken up.
    'Sec-WebSocket-Extensions: permessage-deflate',
    ...(authorization === undefined ? [] : [`Authorization: ${authorization}`]),
  ]
  socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  let bytes = Buffer.alloc(0)
  let end = -1
  while (end < 0) {
    const [chunk] = (await once(socket, 'data')) as [Buffer]
    bytes = Buffer.concat([bytes, chunk])
    end = bytes.indexOf('\r\n\r\n')
  }
  const head = bytes.subarray(0, end).toString()
  const status = Number(head.split(' ')[1])
  if (status !== 101) throw new Refused(status, bytes.toString())
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
  assert.ok(head.toLowerCase().includes(`sec-websocket-accept: ${accept.toLowerCase()}`))
  assert.ok(!/sec-websocket-extensions/i.test(head))
  socket.removeAllListeners('data')
  return new RawForwarder(socket, bytes.subarray(end + 4))
}
