// From a host to the addresses that may be dialled. Every answer is judged, and one bad answer
// refuses all: a name that points both outside and inside is an attack or a mistake. Nothing is
// kept: the caller dials what it was given, so that a second answer has nobody to mislead.
import { lookup as systemLookup } from 'node:dns/promises'
import type { Guard } from './address.ts'
import { bareHost, LOCALHOST_ADDRESSES, literalAddresses } from './destination.ts'
import { type Failure, refusedAddress, unresolved } from './failure.ts'

/** All addresses of a name, in the order in which to try them. */
export type Lookup = (hostname: string) => Promise<readonly string[]>

export type Resolution = { readonly kind: 'resolved'; readonly addresses: readonly string[] } | Failure

/**
 * The system's own way (hosts file, search domains, both families), since that is what people
 * expect of a name. It takes a thread of libuv's pool for as long as it lasts.
 */
export async function lookupSystem(hostname: string): Promise<readonly string[]> {
  const answers = await systemLookup(hostname, { all: true, order: 'verbatim' })
  return answers.map(({ address }) => address)
}

/**
 * Whoever asks for a name that is being looked up waits for the same answer: ten connections to
 * a host cost one lookup, and a name whose servers hang holds one thread, not all of them.
 */
export function shareLookups(lookup: Lookup): Lookup {
  const underway = new Map<string, Promise<readonly string[]>>()

  return hostname => {
    const shared = underway.get(hostname)
    if (shared) return shared
    const answer = lookup(hostname).finally(() => underway.delete(hostname))
    underway.set(hostname, answer)
    return answer
  }
}

export async function resolve(hostname: string, guard: Guard, lookup: Lookup): Promise<Resolution> {
  const host = bareHost(hostname)
  const literal = literalAddresses(host)
  if (literal === LOCALHOST_ADDRESSES) return resolveLocalhost(host, guard)

  let addresses = literal
  try {
    addresses ??= await lookup(host)
  } catch (error) {
    return unresolved(host, error)
  }
  return judgeAll(host, addresses, guard)
}

function judgeAll(host: string, addresses: readonly string[], guard: Guard): Resolution {
  for (const address of addresses) {
    const { permitted, kind } = guard.permits(address)
    if (!permitted) return refusedAddress(host, address, kind)
  }
  if (addresses.length === 0)
    return unresolved(host, Object.assign(new Error('no address'), { code: 'ENOTFOUND' }))
  return { kind: 'resolved', addresses }
}

/**
 * Both addresses are ours, not an answer that could deceive. So the ones that are permitted
 * stand: `--allow-network 127.0.0.0/8` opens http://localhost, as whoever writes it expects.
 */
function resolveLocalhost(host: string, guard: Guard): Resolution {
  const addresses = LOCALHOST_ADDRESSES.filter(address => guard.permits(address).permitted)
  return addresses.length > 0 ? { kind: 'resolved', addresses } : judgeAll(host, LOCALHOST_ADDRESSES, guard)
}
