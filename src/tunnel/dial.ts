// A connection from the laptop to the server that its user named, upgraded to one of ours: straight, or through an
// HTTP proxy, by TLS where the address says so.
import { request as httpRequest } from 'node:http'
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { AppError } from '../errors.ts'
import type { Secret } from '../secret.ts'

export type Route = {
  /** Of the server, without a slash at the end. */
  readonly server: string
  /** Of an HTTP proxy on the way; null for none. */
  readonly proxy: string | null
}

export type Upgraded = { readonly kind: 'upgraded'; readonly socket: Socket }

/** The server has answered, and does not take us. */
export type Refused = { readonly kind: 'refused'; readonly status: number; readonly message: string }

// A server that is there answers at once.
const TIMEOUT_MS = 5_000
const KEEP_ALIVE_MS = 30_000
const ANSWER_BYTES_MAX = 64 * 1024

/** Rejects when no server answers, with the system's words. */
export async function dialUpgraded(
  { server, proxy }: Route,
  path: string,
  { protocol, token }: { readonly protocol: string; readonly token: Secret },
): Promise<Upgraded | Refused> {
  const url = new URL(server)
  const socket = await open(url, proxy)
  const { promise, resolve, reject } = Promise.withResolvers<Upgraded | Refused>()
  const request = httpRequest({
    createConnection: () => socket,
    host: url.hostname,
    port: url.port,
    path: url.pathname.replace(/\/$/, '') + path,
    setHost: false,
    headers: {
      Host: url.host,
      Connection: 'Upgrade',
      Upgrade: protocol,
      Authorization: `Bearer ${token.reveal()}`,
      'User-Agent': 'hookline',
    },
  })
  const deadline = setTimeout(() => request.destroy(new Error('no answer within 5 s')), TIMEOUT_MS)
  request.on('upgrade', (response, upgraded, head) => {
    clearTimeout(deadline)
    if (response.headers.upgrade?.toLowerCase() !== protocol) {
      upgraded.destroy()
      return resolve({ kind: 'refused', status: 502, message: 'it speaks another protocol' })
    }
    if (head.length > 0) upgraded.unshift(head)
    // Each direction ends by itself; and what only waits is not forgotten by a router on the way.
    const own = upgraded as Socket
    own.allowHalfOpen = true
    own.setNoDelay(true)
    own.setKeepAlive(true, KEEP_ALIVE_MS)
    resolve({ kind: 'upgraded', socket: own })
  })
  request.on('response', response => {
    let text = ''
    response.setEncoding('utf8').on('data', part => {
      if (text.length < ANSWER_BYTES_MAX) text += part
    })
    response.on('close', () => {
      clearTimeout(deadline)
      socket.destroy()
      resolve({ kind: 'refused', status: response.statusCode ?? 0, message: messageIn(text) })
    })
  })
  request.on('error', error => {
    clearTimeout(deadline)
    socket.destroy()
    reject(error)
  })
  request.end()
  return promise
}

async function open(url: URL, proxy: string | null): Promise<Socket> {
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const plain =
    proxy === null
      ? await connected(connectTcp({ host, port, noDelay: true }))
      : await through(proxy, host, port)
  if (url.protocol !== 'https:') return plain
  const secure = connectTls({
    socket: plain,
    servername: /[a-z]/i.test(host) ? host : '',
    ALPNProtocols: ['http/1.1'],
  })
  return connected(secure, 'secureConnect')
}

function connected(socket: Socket, event: 'connect' | 'secureConnect' = 'connect'): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  const deadline = setTimeout(() => socket.destroy(new Error('no connection within 5 s')), TIMEOUT_MS)
  const fail = (error: Error) => {
    clearTimeout(deadline)
    reject(error)
  }
  socket.once('error', fail)
  socket.once(event, () => {
    clearTimeout(deadline)
    socket.off('error', fail)
    socket.setNoDelay(true)
    resolve(socket)
  })
  return promise
}

async function through(proxy: string, host: string, port: number): Promise<Socket> {
  const url = new URL(proxy)
  const credentials = Buffer.from(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`)
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`
  const request = httpRequest({
    host: url.hostname,
    port: url.port || 80,
    method: 'CONNECT',
    path: authority,
    agent: false,
    timeout: TIMEOUT_MS,
    headers: {
      Host: authority,
      ...(url.username !== '' && { 'Proxy-Authorization': `Basic ${credentials.toString('base64')}` }),
    },
  })
  request.once('connect', (response, socket) => {
    if (response.statusCode === 200) return resolve(socket as Socket)
    socket.destroy()
    reject(new AppError('unavailable', `the proxy ${url.host} answers ${response.statusCode}`))
  })
  request.once('timeout', () => request.destroy(new Error(`the proxy ${url.host} does not answer`)))
  request.once('error', reject)
  request.end()
  return promise
}

function messageIn(text: string): string {
  try {
    const { message } = JSON.parse(text)
    return typeof message === 'string' ? message : ''
  } catch {
    return ''
  }
}
