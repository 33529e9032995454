// Requests that are for a tunnel never reach the API, and the API's never a tunnel: they part here, by their Host,
// before anything else looks at them.
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/** What the tunnels are to the HTTP server that everybody shares. */
export type Tunnels = {
  owns(request: IncomingMessage): boolean
  handle(request: IncomingMessage, response: ServerResponse): void
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean
  openOf(userId: number): readonly OpenTunnel[]
  closeNamed(name: string, userId: number): void
}

export type OpenTunnel = {
  readonly name: string
  readonly url: string
  readonly openedAt: Date
  readonly requests: number
}

export function routeRequests(server: Server, tunnels: Tunnels | null, requestTimeoutMs: number): void {
  const handlers = server.listeners('request')
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    limitTime(server, request, requestTimeoutMs)
    for (const handler of handlers) handler.call(server, request, response)
  }
  server.removeAllListeners('request')
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (tunnels?.owns(request)) tunnels.handle(request, response)
    else answer(request, response)
  })
  // Whoever asks before they send is told to go on by the laptop's own server.
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (tunnels?.owns(request)) {
      tunnels.handle(request, response)
      return
    }
    response.writeContinue()
    answer(request, response)
  })
}

// Node's own limit is one for all, and would cut a long upload through a tunnel.
function limitTime(server: Server, request: IncomingMessage, requestTimeoutMs: number): void {
  const { headers, socket } = request
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return
  const expire = () => {
    if (!request.complete) server.emit('clientError', new RequestTimeout(), socket)
  }
  const deadline = setTimeout(expire, requestTimeoutMs)
  request.once('close', () => clearTimeout(deadline))
}

/** As Node reports it. */
class RequestTimeout extends Error {
  readonly code = 'ERR_HTTP_REQUEST_TIMEOUT'

  constructor() {
    super('Request timeout')
  }
}
