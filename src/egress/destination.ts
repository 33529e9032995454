// A hook's URL, read once in one way: by WHATWG's rules, which fold `0x7f.1`, `2130706433` and
// `①②⑦.０.０.１` into the address that would be dialled. Nothing is resolved here: a name is judged
// when it is dialled, since its answer of today binds nobody tomorrow.
import { isIP } from 'node:net'
import type { AddressKind, Guard } from './address.ts'

export type Destination = {
  readonly origin: string
  /** A name without final dots, or an address without brackets. */
  readonly host: string
  /** Path and query, as the request line carries them. */
  readonly path: string
}

export type UrlVerdict =
  | { readonly kind: 'ok' }
  | { readonly kind: 'malformed'; readonly reason: string }
  | { readonly kind: 'not_permitted'; readonly host: string; readonly network: AddressKind }

type Malformed = { readonly kind: 'malformed'; readonly reason: string }

// Longer ones pass few servers and proxies, and every attempt stores it.
const URL_LENGTH_MAX = 2048

/** RFC 6761, 6.3: these names are the loopback addresses, whatever a DNS server says. */
export const LOCALHOST_ADDRESSES: readonly string[] = ['127.0.0.1', '::1']

/** For the moment when a hook is created or changed. */
export function checkUrl(url: string, guard: Guard): UrlVerdict {
  const destination = parseDestination(url)
  if ('kind' in destination) return destination

  const { host, origin } = destination
  if (guard.isOwnTunnel?.(host, portOf(origin))) return { kind: 'ok' }
  const addresses = literalAddresses(host)
  if (!addresses) return { kind: 'ok' }

  const verdicts = addresses.map(address => guard.permits(address))
  if (verdicts.some(({ permitted }) => permitted)) return { kind: 'ok' }
  return { kind: 'not_permitted', host, network: verdicts[0]?.kind ?? 'malformed' }
}

export function parseDestination(text: string): Destination | Malformed {
  if (text.length > URL_LENGTH_MAX) return malformed(`is longer than ${URL_LENGTH_MAX} characters`)
  const url = URL.parse(text)
  if (!url) return malformed('cannot be parsed')
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return malformed('must begin with http:// or https://')
  // It would stand in every delivery's log and in the API's answers, in clear.
  if (url.username || url.password) {
    return malformed('must not contain a user name or password: verify the signature of a secret instead')
  }
  return { origin: url.origin, host: hostOf(url), path: url.pathname + url.search }
}

/** What stands for itself and needs no lookup: an address, or a name of this machine. */
export function literalAddresses(host: string): readonly string[] | undefined {
  if (isIP(host) !== 0) return [host]
  if (host === 'localhost' || host.endsWith('.localhost')) return LOCALHOST_ADDRESSES
  return undefined
}

/** The dot of the root makes no other host of it. */
export function bareHost(hostname: string): string {
  return hostname.replace(/\.+$/, '')
}

function portOf(origin: string): number {
  const { port, protocol } = new URL(origin)
  return Number(port || (protocol === 'https:' ? 443 : 80))
}

function hostOf({ hostname }: URL): string {
  return bareHost(hostname.startsWith('[') ? hostname.slice(1, -1) : hostname)
}

function malformed(reason: string): Malformed {
  return { kind: 'malformed', reason }
}
