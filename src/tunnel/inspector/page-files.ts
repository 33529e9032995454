// The inspector's page, as scripts/build-pages.ts has built it. Without that build there is none, and the API
// works all the same.
import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import { Refusal } from './refusal.ts'

const FOLDER = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../../dist/web/' : '../../../web/', import.meta.url),
)

// Primer sets sizes and positions by style attributes, which no hash can name; scripts are files alone.
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
}

const ASSET = /^\/assets\/([\w-]+\.(js|css))$/

export async function sendPage(response: ServerResponse): Promise<void> {
  const html = await readFile(`${FOLDER}inspector.html`).catch(() => null)
  if (html === null) throw new Refusal(404, 'The pages are not built. The API is at /api/requests.')
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': POLICY,
    'cache-control': 'no-cache',
  })
  response.end(html)
}

/** Names carry a hash of what is in them. */
export async function sendAsset(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  const [, name = '', ending = ''] = ASSET.exec(path) ?? []
  const isPacked = /\bbr\b/.test(String(request.headers['accept-encoding'] ?? ''))
  const file = `${FOLDER}assets/${name}${isPacked ? '.br' : ''}`
  const bytes = name === '' ? null : await readFile(file).catch(() => null)
  if (bytes === null) throw new Refusal(404, 'There is nothing here.')
  response.writeHead(200, {
    'content-type': TYPES[ending],
    'content-length': bytes.length,
    'cache-control': 'max-age=31536000, immutable',
    vary: 'Accept-Encoding',
    ...(isPacked && { 'content-encoding': 'br' }),
  })
  response.end(bytes)
}
