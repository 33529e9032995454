// The settings pages: one HTML for all of their addresses, whose scripts then speak the public API. They
// are built into `dist/web`; without that build there are none, and everything else works.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { notFound } from '../../errors.ts'
import { addApiHeaders } from '../headers.ts'
import { pagePath } from '../links.ts'

const FOLDER = fileURLToPath(
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

export function webPages(app: FastifyInstance): void {
  if (!existsSync(`${FOLDER}index.html`)) return
  const html = readFileSync(`${FOLDER}index.html`, 'utf8')
  app.register(fastifyStatic, {
    root: `${FOLDER}assets`,
    prefix: '/assets/',
    decorateReply: false,
    preCompressed: true,
    index: false,
    immutable: true,
    maxAge: MAX_AGE_SECONDS * 1000,
  })
  for (const path of PATHS) {
    app.get(path, async (request, reply) => {
      if (wantsPage(request)) return sendWeb(request, reply, html)
      await addApiHeaders(request, reply)
      throw notFound()
    })
  }
}

/** A browser that goes to an address, and no client of the API. */
function wantsPage({ headers }: FastifyRequest): boolean {
  return headers.authorization === undefined && headers.accept?.includes('text/html') === true
}

function sendWeb(request: FastifyRequest, reply: FastifyReply, html: string): FastifyReply {
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
