// The name of a tunnel: one label of a host name.
import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

// RFC 1035, 2.3.4: a label has 63 octets at most.
const NAME = /^[a-z\d]([a-z\d-]{0,61}[a-z\d])?$/

export function isTunnelName(text: string): boolean {
  return NAME.test(text)
}

/** Eight hexadecimal digits, as people know them of tunnels. */
export function newTunnelName(): string {
  return randomBytes(4).toString('hex')
}

/** For whom a request is. RFC 9112, 3.2.2: the host of a whole address goes before the header. */
export function hostAskedFor({ url = '', headers }: Pick<IncomingMessage, 'url' | 'headers'>): string {
  const whole = url.startsWith('/') ? null : URL.parse(url)
  return (whole?.host || headers.host || '').toLowerCase()
}

/** What is below the tunnel host, be it a name or not; null for any other host, the tunnel host itself included. */
export function nameInHost(host: string, tunnelHost: string): string | null {
  const bare = host.replace(/:\d*$/, '').replace(/\.+$/, '')
  const ending = `.${tunnelHost}`
  return bare.endsWith(ending) ? bare.slice(0, -ending.length) : null
}
