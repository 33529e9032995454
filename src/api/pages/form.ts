// Forms: how they are read, and how we know that one of our own pages sent them. Each carries a token
// made from the browser's cookie, which no other site can read. A request whose Origin is another site's
// is refused as well.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { cookieOf, isSameOrigin, SESSION_COOKIE } from '../credentials.ts'
import { type Html, html } from './html.ts'

/** Before somebody has signed in. */
const FORM_COOKIE = 'hookline_form'
const FIELD = 'form_token'

// The largest form is a page of scopes.
const FORM_BYTES_MAX = 16 * 1024

export function readForms(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: FORM_BYTES_MAX },
    async (_request: FastifyRequest, body: string) => new URLSearchParams(body),
  )
}

export function formOf(request: FastifyRequest): URLSearchParams {
  return request.body instanceof URLSearchParams ? request.body : new URLSearchParams()
}

/** The hidden field of a form. Sets a cookie for it where there is no session to hang it on. */
export function formToken(request: FastifyRequest, reply: FastifyReply): Html {
  let holder = holderOf(request)
  if (holder === undefined) {
    holder = randomBytes(32).toString('base64url')
    setCookie(request, reply, FORM_COOKIE, holder, { sameSite: 'Strict' })
  }
  return html`<input type="hidden" name="${FIELD}" value="${tokenFor(holder)}">`
}

export function isOurForm(request: FastifyRequest): boolean {
  if (request.headers.origin !== undefined && !isSameOrigin(request)) return false
  const holder = holderOf(request)
  const given = Buffer.from(formOf(request).get(FIELD) ?? '')
  const expected = Buffer.from(holder === undefined ? '' : tokenFor(holder))
  return expected.length > 0 && given.length === expected.length && timingSafeEqual(given, expected)
}

type CookieOptions = { readonly sameSite: 'Lax' | 'Strict'; readonly maxAgeSeconds?: number }

export function setCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  name: string,
  value: string,
  { sameSite, maxAgeSeconds }: CookieOptions,
): void {
  const isSecure = (request.server.baseUrl ?? `${request.protocol}:`).startsWith('https:')
  const parts = [
    `${name}=${value}`,
    'Path=/',
    'HttpOnly',
    `SameSite=${sameSite}`,
    ...(maxAgeSeconds === undefined ? [] : [`Max-Age=${maxAgeSeconds}`]),
    ...(isSecure ? ['Secure'] : []),
  ]
  reply.header('set-cookie', parts.join('; '))
}

function holderOf(request: FastifyRequest): string | undefined {
  return cookieOf(request, SESSION_COOKIE) || cookieOf(request, FORM_COOKIE) || undefined
}

function tokenFor(holder: string): string {
  return createHmac('sha256', holder).update('form').digest('base64url')
}
