// The name of a tunnel: one label of a host name, below the tunnel host. A request's host is judged here alone, so
// that who lets a webhook out and who answers it cannot disagree.
import { randomBytes } from 'node:crypto'

// RFC 1035, 2.3.4: a label has 63 octets at most.
const NAME = /^[a-z\d]([a-z\d-]{0,61}[a-z\d])?$/

export function isTunnelName(text: string): boolean {
  return NAME.test(text)
}

/** Eight hexadecimal digits, as people know them of tunnels. */
export function newTunnelName(): string {
  return randomBytes(4).toString('hex')
}

/** In small letters, without its port and the root's dots. */
export function bareHost(host: string): string {
  return host.toLowerCase().replace(/:\d*$/, '').replace(/\.+$/, '')
}

/** What is below the tunnel host, be it a name or not; null for any other host, the tunnel host itself included. */
export function nameInHost(host: string, tunnelHost: string): string | null {
  const bare = bareHost(host)
  const ending = `.${tunnelHost}`
  return bare.endsWith(ending) ? bare.slice(0, -ending.length) : null
}
