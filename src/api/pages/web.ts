// The settings pages: one HTML for all of their addresses, whose scripts then speak the public API. They
// are built into `dist/web`; without that build there are none, and everything else works.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { notFound } from '../../errors.ts'
import { addApiHeaders } from '../headers.ts'
import { pagePath } from '../links.ts'

/** Where the build has put what browsers load. */
export const WEB_FOLDER = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../../dist/web/' : '../../../web/', import.meta.url),
)

// What browsers are shown there, the API's own addresses excepted: those are told apart by the router.
const PATHS = [
  '/new',
  '/site/*',
  '/settings/*',
  '/organizations/:org/settings/*',
  '/:owner',
  '/:owner/:repo',
  '/:owner/:repo/*',
]

// Names carry a hash of what is in them.
const MAX_AGE_SECONDS = 365 * 24 * 60 * 60

// Primer sets sizes and positions by style attributes, which no hash can name; scripts are files alone.
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

const API_HEADER = /^(?:access-control-|x-github-(?!request-id))/

/** The HTML of these pages, or null where they are not built. */
export function readWeb(): string | null {
  return existsSync(`${WEB_FOLDER}index.html`) ? readFileSync(`${WEB_FOLDER}index.html`, 'utf8') : null
}

export function webPages(app: FastifyInstance): void {
  const html = readWeb()
  if (html === null) return
  app.register(fastifyStatic, {
    root: `${WEB_FOLDER}assets`,
    prefix: '/assets/',
    decorateReply: false,
    preCompressed: true,
    index: false,
    immutable: true,
    maxAge: MAX_AGE_SECONDS * 1000,
  })
  for (const path of PATHS) {
    app.get(path, async (request, reply) => {
      const isOther = isPage(request.url)
      if (!isOther && wantsPage(request)) return sendWeb(request, reply, html)
      if (!isOther) await addApiHeaders(request, reply)
      throw notFound()
    })
  }
}

/** Whether an address belongs to the pages that need no script, whether there is one or not. */
export function isPage(url: string): boolean {
  return /^\/(?:login|logout|welcome)(?:[/?]|$)/.test(url)
}

/** A browser that goes to an address, and no client of the API. */
export function wantsPage({ headers }: FastifyRequest): boolean {
  return headers.authorization === undefined && headers.accept?.includes('text/html') === true
}

/** The first page, which everybody is shown: also who has been suspended, and has to sign in as another. */
export function isHome(request: FastifyRequest): boolean {
  return wantsPage(request) && /^\/(?:\?|$)/.test(request.url)
}

export function sendWeb(request: FastifyRequest, reply: FastifyReply, html: string): FastifyReply {
  // At the root the API has begun to answer already: no page of elsewhere reads this one.
  for (const name of Object.keys(reply.getHeaders())) if (API_HEADER.test(name)) reply.removeHeader(name)
  return reply
    .headers({
      'content-security-policy': POLICY,
      'referrer-policy': 'same-origin',
      'cache-control': 'no-cache',
      vary: 'Accept, Authorization',
    })
    .type('text/html; charset=utf-8')
    .send(html.replaceAll('%BASE%', pagePath(request, '')))
}
