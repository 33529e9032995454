// Who may speak to the inspector: programs of this machine, and its own page. Every web page in the browser can
// reach 127.0.0.1, too, and must neither read what is here nor do anything with it.
import type { IncomingMessage } from 'node:http'

export type Denial = { readonly status: 403 | 415 | 421; readonly message: string }

/** Null when it may. `isApi` for all but the page itself and what it is made of. */
export function denial(
  { method = '', headers }: IncomingMessage,
  port: number,
  isApi: boolean,
): Denial | null {
  // A name that leads here for a moment (DNS rebinding) makes the browser think that it is still at home.
  if (!hostsOf(port).includes(headers.host ?? ''))
    return { status: 421, message: `This is the inspector at 127.0.0.1:${port}, and nothing else.` }
  if (!isApi) return null
  // Not `same-site` either: for browsers that is every other port of this machine.
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    return { status: 403, message: 'Other pages may not use the inspector.' }
  if (headers.origin !== undefined && !originsOf(port).includes(headers.origin))
    return { status: 403, message: 'Other pages may not use the inspector.' }
  if (method === 'GET' || method === 'HEAD') return null
  // What a form of another page cannot send.
  if (!/^application\/json\s*(?:;|$)/i.test(headers['content-type'] ?? ''))
    return { status: 415, message: 'Content-Type must be application/json.' }
  return null
}

function hostsOf(port: number): readonly string[] {
  const names = ['127.0.0.1', 'localhost', '[::1]']
  return names.flatMap(name => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]))
}

function originsOf(port: number): readonly string[] {
  return hostsOf(port).map(host => `http://${host}`)
}
