// `/docs`: the document of the API as a page to read. Its script is Scalar's, built into `dist/web` with the
// settings pages. It may ask for the document and for nothing else: neither another server nor ours, since a
// page of this origin would act for whoever is signed in.
import { existsSync, readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import { linksOf, pagePath } from '../links.ts'
import { WEB_FOLDER } from './web.ts'

export function referencePages(app: FastifyInstance): void {
  const file = `${WEB_FOLDER}reference.html`
  if (!existsSync(file)) return
  const html = readFileSync(file, 'utf8')

  app.get('/docs', async (request, reply) =>
    reply
      .headers({
        'content-security-policy': policyOf(linksOf(request).html),
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-cache',
      })
      .type('text/html; charset=utf-8')
      .send(html.replaceAll('%BASE%', pagePath(request, ''))),
  )
}

// Its styles come as elements, two of which do not take the nonce that it could be given, and as attributes.
function policyOf(html: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'unsafe-inline'",
    `connect-src ${html}/openapi.json`,
    "img-src 'self' data:",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}
