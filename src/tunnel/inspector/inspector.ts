// The inspector of `hookline http`: what goes through the tunnel, to be looked at and to be sent again, in a page and
// by an API, on this machine alone. Everything is kept in memory and gone with the command.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AppError } from '../../errors.ts'
import type { Secret } from '../../secret.ts'
import { type LocalServer, TIMEOUT_MS } from '../carrier.ts'
import type { Observer } from '../observer.ts'
import { ExchangeStore, LIMITS, type Limits } from './exchange-store.ts'
import { denial } from './guard.ts'
import { InspectorApi } from './inspector-api.ts'
import { sendAsset, sendPage } from './page-files.ts'
import { Refusal } from './refusal.ts'

export type InspectorOptions = {
  /** 0 for any that is free. */
  readonly port: number
  readonly host?: '127.0.0.1' | '::1'
  /** Where replays go. */
  readonly target: LocalServer
  /** Of replays: as the tunnel does it. */
  readonly hostHeader?: string | null
  readonly timeoutMs?: number
  readonly secret?: Secret | null
  readonly limits?: Limits
}

export type Inspector = {
  readonly observer: Observer
  /** Without a slash at the end. */
  readonly url: string
  stop(): Promise<void>
}

const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

/** Throws a `conflict` when the port is taken. */
export async function startInspector(options: InspectorOptions): Promise<Inspector> {
  const { port, host = '127.0.0.1', target, secret = null } = options
  const store = new ExchangeStore(options.limits ?? LIMITS)
  const { hostHeader = null, timeoutMs = TIMEOUT_MS } = options
  const api = new InspectorApi({ store, secret, local: target, hostHeader, timeoutMs })
  const server = createServer((request, response) => {
    response.setHeaders(new Map(Object.entries(HEADERS)))
    answer(request, response, api, portOf(server)).catch(error => fail(response, error))
  })
  await listen(server, port, host)
  const name = host === '::1' ? '[::1]' : host
  return {
    observer: store,
    url: `http://${name}:${portOf(server)}`,
    async stop() {
      api.stop()
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      // Of what a browser keeps for later, and of whoever reads slowly.
      server.closeAllConnections()
      await closed
    },
  }
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  server.listen({ port, host })
  try {
    await once(server, 'listening')
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    if (code !== 'EADDRINUSE') throw cause
    throw new AppError('conflict', `Port ${port} is taken: give the inspector another, or none.`, { cause })
  }
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  api: InspectorApi,
  port: number,
): Promise<void> {
  const [path = ''] = (request.url ?? '').split('?')
  const isApi = path !== '/' && !path.startsWith('/assets/')
  const denied = denial(request, port, isApi)
  if (denied) throw new Refusal(denied.status, denied.message)
  if (isApi) return api.answer(request, response)
  if (request.method !== 'GET' && request.method !== 'HEAD')
    throw new Refusal(405, 'This is only to be read.')
  return path === '/' ? sendPage(response) : sendAsset(request, response, path)
}

function fail(response: ServerResponse, error: unknown): void {
  // Nobody is there any more, or half of it is out.
  if (response.destroyed || response.headersSent) {
    response.destroy()
    return
  }
  if (!(error instanceof Refusal)) console.error(error)
  const [status, message] =
    error instanceof Refusal ? [error.status, error.message] : [500, 'The inspector has failed.']
  // What is left of the request is not read.
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' })
  response.end(`${JSON.stringify({ message })}\n`)
}
