// The addresses in answers and in events. Without `--base-url` an answer uses the address by which the
// client came. An event uses our own: others read it, and the client must not choose where its links lead.
// Forwarded headers count only from a proxy that the operator trusts.
import type { AddressInfo } from 'node:net'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { AppError } from '../errors.ts'
import type { Links } from '../github/links.ts'

/** GitHub Enterprise's convention: the API answers there, too. */
export const ENTERPRISE_PREFIX = '/api/v3'

// A name or an address, and a port.
const HOST = /^(?:\[[\da-f:.]+\]|[\w.-]+)(?::\d{1,5})?$/i

/** Runs before any link is made: clients, and proxies for them, can write anything into these headers. */
export async function refuseMalformedHost(request: FastifyRequest): Promise<void> {
  const { headers, host, protocol, raw } = request
  // HTTP/1.0 has none.
  const isAbsent = host === '' && headers.host === undefined && raw.httpVersion === '1.0'
  const isHost = isAbsent || (HOST.test(host) && URL.canParse(`http://${host}`))
  if (isHost && (protocol === 'http' || protocol === 'https')) return
  throw new AppError('bad_request', 'The Host of this request is not a name or an address with a port.')
}

export function linksOf(request: FastifyRequest): Links {
  const html = request.server.baseUrl ?? `${request.protocol}://${hostOf(request)}`
  return { html, api: isEnterprise(request) ? html + ENTERPRISE_PREFIX : html }
}

/** For events. Their API addresses are at the root, even when the client came by `/api/v3`. */
export function ownLinks({ server }: FastifyRequest): Links {
  const html = server.baseUrl ?? ownAddress(server)
  return { html, api: html }
}

// A server that closes has no address any more, while it still answers what is under way.
const addresses = new WeakMap<FastifyInstance['server'], string>()

/** Where the server listens, as a client on this machine would write it. */
export function ownAddress({ server }: FastifyInstance): string {
  const known = addresses.get(server) ?? readAddress(server)
  addresses.set(server, known)
  return known
}

function readAddress(server: FastifyInstance['server']): string {
  const { address, family, port } = server.address() as AddressInfo
  // 0.0.0.0 and :: mean every address of this machine; a client needs one of them.
  if (address === '0.0.0.0') return `http://127.0.0.1:${port}`
  if (address === '::') return `http://[::1]:${port}`
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}

/** Where this request went, without its query: what the links of a paged list are made of. */
export function urlOf(request: FastifyRequest): string {
  const [path = ''] = request.originalUrl.split('?', 1)
  return linksOf(request).html + path
}

/** A page's path, below the path of `--base-url` when that has one. */
export function pagePath({ server }: FastifyRequest, path: string): string {
  return server.baseUrl === null ? path : new URL(server.baseUrl).pathname.replace(/\/$/, '') + path
}

const ENTERPRISE = /^\/api\/v3(?=[/?]|$)/

/** Whether the client came as to GitHub Enterprise Server. */
export function isEnterprise({ originalUrl }: Pick<FastifyRequest, 'originalUrl'>): boolean {
  return ENTERPRISE.test(originalUrl)
}

/** The address of the same at the root. */
export function withoutEnterprise(url: string): string {
  if (!ENTERPRISE.test(url)) return url
  const rest = url.replace(ENTERPRISE, '')
  return rest.startsWith('/') ? rest : `/${rest}`
}

// HTTP/1.0 has no Host: then the address that was dialled stands for it.
function hostOf({ host, socket }: FastifyRequest): string {
  if (host) return host
  const address = socket.localAddress ?? '127.0.0.1'
  return `${address.includes(':') ? `[${address}]` : address}:${socket.localPort}`
}
