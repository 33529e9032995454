// Connections that stop speaking HTTP: each is offered to the routes in turn, and whoever claims it answers it.
// What nobody claims is answered and closed.
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import ipaddr from 'ipaddr.js'
import { AppError, notFound } from '../errors.ts'
import { errorBody } from '../github/error.ts'
import { DOCS, statusOf } from './errors.ts'

/** Gives whether the request is its own; then it answers, at once or later. */
export type UpgradeRoute = (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean

export function routeUpgrades(server: Server, routes: readonly UpgradeRoute[]): void {
  // Java's client and `curl --http2` offer HTTP/2 with ordinary requests, which are to be answered as such.
  // (Node before 24.9 does not ask.)
  Object.assign(server, { shouldUpgradeCallback: isUpgrade })
  server.on('upgrade', (request, socket, head) => {
    if (!routes.some(route => route(request, socket, head))) refuseUpgrade(socket, notFound())
  })
}

function isUpgrade({ headers }: IncomingMessage): boolean {
  return !/^h2c\b/i.test(headers.upgrade ?? '')
}

/** Answers in GitHub's envelope, as for any other request, and closes. */
export function refuseUpgrade(socket: Duplex, error: unknown): void {
  const known = error instanceof AppError ? error : new AppError('unavailable', 'Server Error')
  const status = statusOf(known.code)
  const body = JSON.stringify(errorBody(known, status, DOCS))
  const lines = [
    `HTTP/1.1 ${status} ${known.message.replace(/[^ -~]/g, '')}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    ...(known.retryAfterSeconds === undefined ? [] : [`retry-after: ${known.retryAfterSeconds}`]),
    'connection: close',
  ]
  socket.on('error', () => socket.destroy())
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`)
}

/** From where somebody came: behind proxies that are trusted, what the outermost of them says. */
export function addressReader(trustProxy: readonly string[] = []): (request: IncomingMessage) => string {
  const networks = trustProxy.map(network =>
    network.includes('/') ? ipaddr.parseCIDR(network) : hostNetwork(network),
  )
  const isTrusted = (text: string) => {
    if (!ipaddr.isValid(text)) return false
    const address = ipaddr.process(text)
    return networks.some(
      ([network, bits]) => network.kind() === address.kind() && address.match(network, bits),
    )
  }
  return ({ socket, headers }) => {
    const forwarded = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',')
    const way = [
      ...forwarded.map(part => part.trim()).filter(part => part !== ''),
      socket.remoteAddress ?? '',
    ]
    return way.findLast(address => !isTrusted(address)) ?? way[0] ?? ''
  }
}

function hostNetwork(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  const address = ipaddr.process(text)
  return [address, address.kind() === 'ipv4' ? 32 : 128]
}
