// What GitHub's answers carry besides their body, and what it asks of every request: a User-Agent,
// and an API version that it speaks.
import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { AppError, notFound } from '../errors.ts'
import { ENTERPRISE_VERSION } from '../github/server.ts'
import { isEnterprise } from './links.ts'
import { giveBack } from './rate-limit.ts'

const API_VERSION_DEFAULT = '2022-11-28'
const API_VERSIONS: readonly string[] = [API_VERSION_DEFAULT, '2026-03-10']

// Hashing takes about 1 ms for each MB. What is larger is a payload that somebody looks at once.
const ETAG_BYTES_MAX = 1024 * 1024

// GitHub's list, and at its end what GitHub sends and does not expose.
const EXPOSED = [
  'ETag, Link, Location, Retry-After, X-GitHub-OTP, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Used',
  'X-RateLimit-Resource, X-RateLimit-Reset, X-OAuth-Scopes, X-Accepted-OAuth-Scopes, X-Poll-Interval',
  'X-GitHub-Media-Type, X-GitHub-SSO, X-GitHub-Request-Id, Deprecation, Sunset',
  'X-GitHub-Api-Version-Selected, X-GitHub-Enterprise-Version, X-Accepted-GitHub-Permissions',
].join(', ')

/** What every answer carries, whatever it is. */
export function commonHeaders(requestId: string, isSecure: boolean): Readonly<Record<string, string>> {
  return {
    'x-github-request-id': requestId,
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'deny',
    'x-xss-protection': '0',
    'referrer-policy': 'origin-when-cross-origin, strict-origin-when-cross-origin',
    'content-security-policy': "default-src 'none'",
    vary: 'Accept, Authorization, Cookie, X-GitHub-OTP',
    ...(isSecure && { 'strict-transport-security': 'max-age=31536000; includeSubdomains; preload' }),
  }
}

export async function addCommonHeaders(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.headers(commonHeaders(request.id, request.protocol === 'https'))
}

/** What answers of the API carry besides. Only these may be read by pages of other sites, with a token. */
export async function addApiHeaders(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const version = versionOf(request)
  reply.headers({
    'access-control-allow-origin': '*',
    'access-control-expose-headers': EXPOSED,
    'x-github-media-type': mediaTypeOf(request),
    ...(isEnterprise(request) && { 'x-github-enterprise-version': ENTERPRISE_VERSION }),
    'x-github-api-version-selected': API_VERSIONS.includes(version) ? version : API_VERSION_DEFAULT,
    // GitHub allows 60 s of staleness. Ours is asked by people who have just changed something.
    'cache-control': 'private, no-cache',
  })
}

// `application/vnd.github.star+json`: a version or a preview, a form of the content, JSON. Every word is optional.
const GITHUB_TYPE = /application\/vnd\.github(?:\.([\w-]+))?(?:\.([\w-]+))?(?:\+(json))?\s*(?:[,;]|$)/
const FORMS: ReadonlySet<string> = new Set([
  'raw',
  'text',
  'html',
  'full',
  'star',
  'diff',
  'patch',
  'sha',
  'object',
])

/** What GitHub says that it understood of `Accept`. It answers in JSON all the same. */
function mediaTypeOf({ headers }: FastifyRequest): string {
  const [, first, second, json] = GITHUB_TYPE.exec(headers.accept ?? '') ?? []
  const isForm = first !== undefined && second === undefined && FORMS.has(first)
  const [version = 'v3', form] = isForm ? [undefined, first] : [first, second]
  // Without a type of GitHub's, or with its bare one, it is JSON.
  const isJson = json !== undefined || form === undefined
  return `github.${version}${form ? `; param=${form}` : ''}${isJson ? '; format=json' : ''}`
}

/** Refuses what GitHub's API refuses of any request, before it asks who it is from. */
export async function refuseUnspoken(request: FastifyRequest): Promise<void> {
  // No name contains a NUL, and Postgres fails on a query with one.
  if (request.url.includes('%00')) throw notFound()
  if (!request.headers['user-agent'] && request.method !== 'OPTIONS') {
    throw new AppError(
      'forbidden',
      'Request forbidden by administrative rules. Please make sure your request has a User-Agent header ' +
        '(https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required).',
    )
  }
  const version = versionOf(request)
  if (!API_VERSIONS.includes(version)) {
    throw new AppError(
      'unsupported',
      `The API version ${JSON.stringify(version.slice(0, 40))} is not supported. Supported versions: ${API_VERSIONS.join(', ')}.`,
    )
  }
}

function versionOf({ headers }: FastifyRequest): string {
  return String(headers['x-github-api-version'] || API_VERSION_DEFAULT)
}

/** Gives a `GET` its weak ETag. A client that has this body already is answered 304 without it. */
export async function notModified(
  request: FastifyRequest,
  reply: FastifyReply,
  body: unknown,
): Promise<unknown> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return body
  if (reply.statusCode !== 200 || (typeof body !== 'string' && !Buffer.isBuffer(body))) return body
  if (body.length > ETAG_BYTES_MAX) return body

  const etag = `W/"${createHash('sha256').update(body).digest('hex')}"`
  reply.header('etag', etag)
  if (!matches(request.headers['if-none-match'], etag)) return body
  reply.code(304)
  giveBack(request, reply)
  return null
}

/** A browser asks whether a page of another site may call us: it may, with a token. */
export async function answerPreflight(_request: FastifyRequest, reply: FastifyReply): Promise<void> {
  return reply
    .headers({
      'access-control-allow-headers':
        'Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, ' +
        'Accept-Encoding, X-GitHub-OTP, X-Requested-With, User-Agent, X-GitHub-Api-Version, Idempotency-Key',
      'access-control-allow-methods': 'GET, POST, PATCH, PUT, DELETE',
      'access-control-max-age': '86400',
    })
    .code(204)
    .send()
}

// RFC 9110, 13.1.2: weak comparison. A proxy may have made the ETag strong.
function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  const opaque = etag.slice(2)
  return header.split(',').some(one => one.trim() === '*' || one.trim().replace(/^W\//, '') === opaque)
}
