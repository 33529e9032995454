// Under which addresses an answer points back at us: those by which the client came, unless the
// operator has set one. Forwarded headers count only from a proxy that the operator trusts.
import type { FastifyRequest } from 'fastify'
import type { Links } from '../github/links.ts'

/** GitHub Enterprise's convention, under which every route is served a second time. */
export const ENTERPRISE_PREFIX = '/api/v3'

export function linksOf(request: FastifyRequest): Links {
  const html = request.server.baseUrl ?? `${request.protocol}://${hostOf(request)}`
  return { html, api: html + prefixOf(request.url) }
}

/** Where this request went, without its query: what the links of a paged list are made of. */
export function addressOf(request: FastifyRequest): string {
  const [path = ''] = request.url.split('?', 1)
  return linksOf(request).html + path
}

/** A page's path, below the path of `--base-url` when that has one. */
export function pagePath({ server }: FastifyRequest, path: string): string {
  return server.baseUrl === null ? path : new URL(server.baseUrl).pathname.replace(/\/$/, '') + path
}

function prefixOf(path: string): '' | typeof ENTERPRISE_PREFIX {
  const isEnterprise = path === ENTERPRISE_PREFIX || /^\/api\/v3[/?]/.test(path)
  return isEnterprise ? ENTERPRISE_PREFIX : ''
}

// HTTP/1.0 has no Host: then the address that was dialled stands for it.
function hostOf({ host, socket }: FastifyRequest): string {
  if (host) return host
  const address = socket.localAddress ?? '127.0.0.1'
  return `${address.includes(':') ? `[${address}]` : address}:${socket.localPort}`
}
