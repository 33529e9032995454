// Serves the built page, read once at start. Browsers ask each time whether it changed, by its ETag.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'

// Run from the sources, the page is in the folder that `npm run build` fills; built, it is beside.
const FOLDER = new URL(
  import.meta.url.endsWith('.ts') ? '../dist/receiver/page/' : './page/',
  import.meta.url,
)

const HEADERS = {
  'cache-control': 'no-cache',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

export function servePage(app: FastifyInstance, folder = FOLDER): void {
  serveFile(app, '/', read(folder, 'index.html'), 'text/html; charset=utf-8')
  serveFile(app, '/page.js', read(folder, 'page.js'), 'text/javascript; charset=utf-8')
  serveFile(app, '/page.css', read(folder, 'page.css'), 'text/css; charset=utf-8')
}

function serveFile(app: FastifyInstance, path: string, body: Buffer, type: string): void {
  const etag = `"${createHash('sha256').update(body).digest('base64url')}"`
  app.get(path, async ({ headers }, reply) => {
    reply.headers({ ...HEADERS, etag })
    if (headers['if-none-match']?.includes(etag)) return reply.code(304).send()
    return reply.type(type).send(body)
  })
}

function read(folder: URL, name: string): Buffer {
  try {
    return readFileSync(new URL(name, folder))
  } catch (cause) {
    throw new Error(`The receiver's page is not built (${name} is missing): run "npm run build".`, { cause })
  }
}
