// Opens a connection for undici: resolve, judge, then dial the very address that was judged. TLS
// still verifies the name. This is the only place of the server that opens an outbound socket,
// and a literal address passes through here as a name does (an own `lookup` alone would miss it).
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { buildConnector } from 'undici'
import type { Guard } from './address.ts'
import { bareHost } from './destination.ts'
import { ConnectFailure, connectFailed, connectTimedOut, tlsFailed } from './failure.ts'
import { type Lookup, type Resolution, resolve } from './resolve.ts'

export type ConnectorOptions = {
  readonly guard: Guard
  readonly lookup: Lookup
  readonly insecureSsl: boolean
  /** Ends every attempt to connect that is under way. */
  readonly closing: AbortSignal
}

// Lookup, TCP and TLS together: half of the attempt's 10 s, which leaves the receiver the rest.
const CONNECT_TIMEOUT_MS = 5_000

// How long an address may be silent while another is left to try: a SYN and one more after 1 s.
// Three addresses at most: 1.5 + 1.5 + 2 s make the 5.
const TRY_TIMEOUT_MS = 1_500
const TRIES_MAX = 3

// Our own listener. Not `::1` as well: at the same port of that may be somebody else.
const OWN_TUNNEL: Resolution = { kind: 'resolved', addresses: ['127.0.0.1'] }

export function createConnector(options: ConnectorOptions): buildConnector.connector {
  const { guard, lookup, insecureSsl, closing } = options
  // Its own timeout is coarse (half a second) and does not know of ours: 0 turns it off. Each
  // connector remembers TLS sessions, so one that was not verified never resumes in the other.
  const startTls = buildConnector({ allowH2: false, timeout: 0, rejectUnauthorized: !insecureSsl })

  async function connect(target: buildConnector.Options): Promise<Socket> {
    const attempt = new AbortController()
    const host = bareHost(target.hostname)
    const timer = setTimeout(() => {
      attempt.abort(new ConnectFailure(connectTimedOut(host, CONNECT_TIMEOUT_MS)))
    }, CONNECT_TIMEOUT_MS)
    const close = () => attempt.abort(closing.reason)
    closing.addEventListener('abort', close)

    try {
      closing.throwIfAborted()
      const port = Number(target.port || (target.protocol === 'https:' ? 443 : 80))
      const resolution = guard.isOwnTunnel?.(host, port)
        ? OWN_TUNNEL
        : await orAbort(resolve(host, guard, lookup), attempt.signal)
      if (resolution.kind !== 'resolved') throw new ConnectFailure(resolution)
      const socket = await dial(resolution.addresses, port, attempt.signal)
      return target.protocol === 'https:' ? await secure(socket, target, host, attempt.signal) : socket
    } finally {
      clearTimeout(timer)
      closing.removeEventListener('abort', close)
    }
  }

  function secure(socket: Socket, target: buildConnector.Options, host: string, signal: AbortSignal) {
    const { promise, resolve, reject } = Promise.withResolvers<Socket>()
    const giveUp = () => {
      socket.destroy()
      reject(signal.reason)
    }
    signal.addEventListener('abort', giveUp)
    // A name is sent as SNI and verified; an address is verified as `hostname`, and is no SNI.
    const servername = isIP(host) === 0 ? host : undefined
    startTls({ ...target, hostname: host, servername, httpSocket: socket }, (error, secured) => {
      signal.removeEventListener('abort', giveUp)
      if (error) socket.destroy()
      if (error) reject(new ConnectFailure(tlsFailed(host, error)))
      else resolve(secured)
    })
    return promise
  }

  return (target, callback) => {
    connect(target).then(
      socket => callback(null, socket),
      error => callback(error, null),
    )
  }
}

/** One address after the other. When none answers, the first one's failure is the one to tell. */
async function dial(addresses: readonly string[], port: number, signal: AbortSignal): Promise<Socket> {
  const tried = addresses.slice(0, TRIES_MAX)
  let failure: unknown
  for (const [index, address] of tried.entries()) {
    const limitMs = index < tried.length - 1 ? TRY_TIMEOUT_MS : CONNECT_TIMEOUT_MS
    try {
      return await open(address, port, limitMs, signal)
    } catch (error) {
      if (signal.aborted) throw signal.reason
      failure ??= error
    }
  }
  throw failure
}

function open(address: string, port: number, limitMs: number, signal: AbortSignal): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  const target = isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`
  // An address, never a name: there is nothing left for Node to look up.
  const socket = connectTcp({ host: address, port, noDelay: true })

  const settle = (failure?: unknown) => {
    clearTimeout(timer)
    signal.removeEventListener('abort', giveUp)
    if (failure === undefined) return resolve(socket)
    socket.destroy()
    reject(failure)
  }
  const giveUp = () => settle(signal.reason)
  const timer = setTimeout(() => settle(new ConnectFailure(connectTimedOut(target, limitMs))), limitMs)
  signal.addEventListener('abort', giveUp)
  socket.once('connect', () => settle())
  socket.on('error', error => settle(new ConnectFailure(connectFailed(target, error))))
  return promise
}

/** A lookup cannot be called off: we stop waiting for it. */
function orAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  return Promise.race([promise, aborted])
}
