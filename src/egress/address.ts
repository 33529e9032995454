// What kind of network an address belongs to, and whether the guard lets us dial it. Judges
// addresses only: names are resolved in resolve.ts, and every answer comes back here. An IPv6
// spelling that carries an IPv4 address is judged by what it carries, or refused.
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { AppError } from '../errors.ts'
import { isTunnelName, nameInHost } from '../tunnel-name.ts'

export type AddressKind =
  | 'public'
  | 'loopback'
  | 'private'
  | 'cgnat'
  | 'link_local'
  | 'metadata'
  | 'multicast'
  | 'broadcast'
  | 'unspecified'
  | 'reserved'
  | 'nat64'
  | '6to4'
  | 'teredo'
  /** No address at all in the one spelling that we accept. */
  | 'malformed'

export type Verdict = { readonly permitted: boolean; readonly kind: AddressKind }

export type Guard = {
  permits(address: string): Verdict
  /** Whether this is a tunnel of our own: its name is no address of anybody else's, and its port is ours. */
  isOwnTunnel?(host: string, port: number): boolean
}

export type GuardOptions = {
  /** CIDRs, each of which opens exactly that network. */
  readonly allowNetworks: readonly string[]
  readonly allowPrivateNetworks: boolean
  /** What at this port of ours is a tunnel, and no other page. */
  readonly tunnels?: { isTunnel(host: string): boolean; port(): number | null }
}

export type Network = readonly [network: Address, prefixLength: number]

type Address = ipaddr.IPv4 | ipaddr.IPv6

// What hands out credentials to whoever can reach it, in any network. Refused by address, since
// 168.63.129.16 looks public and the others lie in networks that `--allow-private-networks` opens.
const METADATA: ReadonlySet<string> = new Set([
  '169.254.169.254', // AWS, Google, Azure, Oracle, DigitalOcean, Hetzner, OpenStack and others.
  '169.254.170.2', // AWS ECS: the task's credentials.
  '169.254.170.23', // AWS EKS: the pod's identity, and its IPv6 twin below.
  'fd00:ec2::23',
  'fd00:ec2::254', // AWS over IPv6.
  'fd20:ce::254', // Google over IPv6.
  '100.100.100.200', // Alibaba.
  '168.63.129.16', // Azure's wire server.
  '192.0.0.192', // Oracle, classic.
  '169.254.42.42', // Scaleway, and its IPv6 twin below.
  'fd00:42::42',
])

const OPENED_BY_PRIVATE: ReadonlySet<AddressKind> = new Set(['loopback', 'private', 'cgnat', 'link_local'])

// ipaddr.js's names for its ranges. What is not here is reserved: documentation, benchmarks,
// AS112, AMT, ORCHID and what IANA may add. None of it can be somebody's receiver.
const KINDS: Readonly<Record<string, AddressKind>> = {
  unicast: 'public',
  loopback: 'loopback',
  private: 'private',
  uniqueLocal: 'private',
  carrierGradeNat: 'cgnat',
  linkLocal: 'link_local',
  multicast: 'multicast',
  broadcast: 'broadcast',
  unspecified: 'unspecified',
  '6to4': '6to4',
  teredo: 'teredo',
}

const NAT64_WELL_KNOWN = network('64:ff9b::/96')
const NAT64_LOCAL = network('64:ff9b:1::/48')
// IANA hands out global addresses from this eighth alone. ipaddr.js calls the rest unicast, too, with
// it the deprecated `::127.0.0.1` (RFC 4291, 2.5.5.1).
const GLOBAL_UNICAST = network('2000::/3')

export function classify(address: string): AddressKind {
  const parsed = parseAddress(address)
  return parsed ? kindOf(parsed) : 'malformed'
}

/** One bad CIDR is a wrong command line: it throws `misconfigured`. A bare address opens itself. */
export function parseNetwork(cidr: string): Network {
  const [text = '', length, ...rest] = cidr.trim().split('/')
  const address = readAddress(text)
  if (!address || rest.length > 0) throw badNetwork(cidr, 'Give a network such as 10.0.0.0/8 or fd00::/8.')

  const bits = address.kind() === 'ipv4' ? 32 : 128
  if (length === undefined) return unmapped([address, bits])
  if (!/^\d{1,3}$/.test(length) || Number(length) > bits) {
    throw badNetwork(cidr, `The part behind the slash must be a number from 0 to ${bits}.`)
  }
  const first = firstOf(address, Number(length))
  if (first !== address.toString()) {
    throw badNetwork(cidr, `The network begins at ${first}/${length}: write that.`)
  }
  return unmapped([address, Number(length)])
}

export function createGuard({ allowNetworks, allowPrivateNetworks, tunnels }: GuardOptions): Guard {
  const opened = allowNetworks.map(parseNetwork)

  return {
    isOwnTunnel: (host, port) =>
      tunnels !== undefined && isBelowLocalhost(host) && tunnels.isTunnel(host) && port === tunnels.port(),
    permits(text) {
      const address = parseAddress(text)
      if (!address) return { permitted: false, kind: 'malformed' }
      const kind = kindOf(address)
      const permitted =
        kind === 'public' ||
        (allowPrivateNetworks && OPENED_BY_PRIVATE.has(kind)) ||
        opened.some(network => contains(network, address))
      return { permitted, kind }
    },
  }
}

// One label below `localhost`, which is this machine by RFC 6761; any other host is somebody's who may lead it anywhere.
function isBelowLocalhost(host: string): boolean {
  return isTunnelName(nameInHost(host, 'localhost') ?? '')
}

function kindOf(address: Address): AddressKind {
  if (METADATA.has(address.toString())) return 'metadata'
  if (address instanceof ipaddr.IPv4) return KINDS[address.range()] ?? 'reserved'

  // A network with DNS64 reaches every IPv4 receiver by such an address, so a public one passes.
  if (contains(NAT64_WELL_KNOWN, address)) return kindOf(lastFourBytes(address))
  // RFC 8215 leaves open where in these the IPv4 address stands.
  if (contains(NAT64_LOCAL, address)) return 'nat64'

  const kind = KINDS[address.range()] ?? 'reserved'
  return kind === 'public' && !contains(GLOBAL_UNICAST, address) ? 'reserved' : kind
}

/** The address that the system dials for this text: an IPv4-mapped one is dialled as IPv4. */
function parseAddress(text: string): Address | undefined {
  const address = readAddress(text)
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress()) return address.toIPv4Address()
  return address
}

/**
 * Node decides what is an address at all, since ipaddr.js would read `0177.1` as one. IPv6 goes
 * through WHATWG's serialiser first: ipaddr.js reads `::127.0.0.1` as the mapped address that it
 * is not. The zone says which card, not which network.
 */
function readAddress(text: string): Address | undefined {
  const family = isIP(text)
  if (family === 0) return undefined
  if (family === 4) return ipaddr.IPv4.parse(text)
  const [address] = text.split('%')
  return ipaddr.IPv6.parse(new URL(`http://[${address}]`).hostname.slice(1, -1))
}

function contains([first, length]: Network, address: Address): boolean {
  return first.kind() === address.kind() && address.match(first, length)
}

function lastFourBytes(address: ipaddr.IPv6): ipaddr.IPv4 {
  return new ipaddr.IPv4(address.toByteArray().slice(-4))
}

function firstOf(address: Address, length: number): string {
  const cidr = `${address.toString()}/${length}`
  return address.kind() === 'ipv4'
    ? ipaddr.IPv4.networkAddressFromCIDR(cidr).toString()
    : ipaddr.IPv6.networkAddressFromCIDR(cidr).toString()
}

/** `::ffff:10.0.0.0/104` is `10.0.0.0/8`, since addresses are matched unmapped. */
function unmapped([address, length]: Network): Network {
  const mapped = address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() && length >= 96
  return mapped ? [address.toIPv4Address(), length - 96] : [address, length]
}

function network(cidr: string): Network {
  return ipaddr.parseCIDR(cidr)
}

function badNetwork(cidr: string, remedy: string): AppError {
  return new AppError('misconfigured', `--allow-network ${JSON.stringify(cidr)} is not a network. ${remedy}`)
}
