// What a caller of a tunnel is answered when the laptop does not: in JSON, HTML or text, as they ask, in English or
// in French, with what to do next.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/**
 * nobody       no such tunnel, or nobody behind it
 * no_carrier   behind it is somebody, and no connection to them was to be had in time
 * broken       the line was cut while the request was on its way
 * crowded      more requests at once, or within a second, than the tunnel may have
 * guessing     names that are not there, over and over
 */
export type AnswerCode =
  | 'nobody'
  | 'no_carrier'
  | 'broken'
  | 'crowded'
  | 'guessing'
  | 'unauthorized'
  | 'forbidden'
  | 'bad_signature'
  | 'too_large'

type Words = readonly [title: string, advice: string]
type Row = { readonly status: number; readonly retryAfter?: number; readonly en: Words; readonly fr: Words }

const ROWS: Readonly<Record<AnswerCode, Row>> = {
  nobody: {
    status: 502,
    en: [
      'Nobody is behind this tunnel',
      'Start it with “hookline http PORT”, or look whether this is its address.',
    ],
    fr: ['Personne derrière ce tunnel', 'Lancez-le avec « hookline http PORT », ou vérifiez son adresse.'],
  },
  no_carrier: {
    status: 503,
    retryAfter: 5,
    en: [
      'The tunnel does not take this request',
      'Its command is connected and busy, or about to return. Try again.',
    ],
    fr: ['Le tunnel ne prend pas cette requête', 'Sa commande est occupée ou va revenir. Réessayez.'],
  },
  broken: {
    status: 502,
    en: ['The tunnel was cut', 'The line was lost while this request was on its way. It may have arrived.'],
    fr: ['Le tunnel a été coupé', 'La ligne a été perdue pendant cette requête. Elle est peut-être arrivée.'],
  },
  crowded: {
    status: 503,
    retryAfter: 1,
    en: ['Too many requests at once', 'This tunnel has as many as it may have. Try again.'],
    fr: ['Trop de requêtes à la fois', 'Ce tunnel en a autant qu’il peut en avoir. Réessayez.'],
  },
  guessing: {
    status: 429,
    retryAfter: 60,
    en: ['Too many unknown addresses', 'This address was asked for too many tunnels that are not there.'],
    fr: ['Trop d’adresses inconnues', 'Trop de tunnels inexistants ont été demandés depuis cette adresse.'],
  },
  unauthorized: {
    status: 401,
    en: ['A password is needed', 'The owner of this tunnel has set a user name and a password.'],
    fr: ['Un mot de passe est nécessaire', 'Le propriétaire de ce tunnel a fixé un nom et un mot de passe.'],
  },
  forbidden: {
    status: 403,
    en: ['Not from your network', 'The owner of this tunnel lets in callers of other networks alone.'],
    fr: ['Pas depuis votre réseau', 'Le propriétaire de ce tunnel n’admet que d’autres réseaux.'],
  },
  bad_signature: {
    status: 401,
    en: [
      'The signature is not right',
      'X-Hub-Signature-256 must be that of the body with the tunnel’s secret.',
    ],
    fr: [
      'La signature est incorrecte',
      'X-Hub-Signature-256 doit être celle du corps avec le secret du tunnel.',
    ],
  },
  too_large: {
    status: 413,
    en: ['The body is too large', 'A body whose signature is checked has 25 MB at most.'],
    fr: ['Le corps est trop grand', 'Un corps dont la signature est vérifiée a 25 Mo au plus.'],
  },
}

type Rendered = { readonly status: number; readonly headers: Record<string, string>; readonly body: string }

export function answer(code: AnswerCode, request: IncomingMessage, response: ServerResponse): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  const { status, headers, body } = render(code, request)
  // What is left of the request is not read.
  if (!request.complete) headers.connection = 'close'
  response.writeHead(status, headers)
  response.end(request.method === 'HEAD' ? undefined : body)
}

/** For a connection that wanted to become another. */
export function answerUpgrade(code: AnswerCode, request: IncomingMessage, socket: Duplex): void {
  const { status, headers, body } = render(code, request)
  const lines = Object.entries({ ...headers, connection: 'close' }).map(
    ([name, value]) => `${name}: ${value}`,
  )
  socket.on('error', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status} Tunnel\r\n${lines.join('\r\n')}\r\n\r\n${body}`)
}

function render(code: AnswerCode, { headers }: IncomingMessage): Rendered {
  const row = ROWS[code]
  const isFrench = /^fr\b/i.test(headers['accept-language'] ?? '')
  const [title, advice] = isFrench ? row.fr : row.en
  const accept = headers.accept ?? ''
  const [type, body] = /\bhtml\b/.test(accept)
    ? (['text/html', page(isFrench ? 'fr' : 'en', title, advice)] as const)
    : /\bjson\b/.test(accept)
      ? (['application/json', `${JSON.stringify({ message: title, advice, code })}\n`] as const)
      : (['text/plain', `${title}\n${advice}\n`] as const)
  return {
    status: row.status,
    body,
    headers: {
      'content-type': `${type}; charset=utf-8`,
      'content-length': String(Buffer.byteLength(body)),
      'cache-control': 'no-store',
      'x-hookline-tunnel': code,
      ...(row.retryAfter !== undefined && { 'retry-after': String(row.retryAfter) }),
      ...(code === 'unauthorized' && { 'www-authenticate': 'Basic realm="tunnel", charset="UTF-8"' }),
      ...(type === 'text/html' && {
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
      }),
    },
  }
}

function page(language: string, title: string, advice: string): string {
  return `<!doctype html>
<html lang="${language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title} · Hookline</title>
<style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:36em;margin:20vh auto;padding:0 1em}</style>
<h1>${title}</h1><p>${advice}</p></html>
`
}
