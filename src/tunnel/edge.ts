// What a tunnel's owner has asked for at the server's end, before a request reaches the laptop: who may call, from
// where, and whether a webhook's signature is right.
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { isObject } from '../base/is-object.ts'
import { createGuardedNetworks, type NetworkList } from './networks.ts'
import type { Edge } from './protocol.ts'

export type Gate = Edge & { readonly networks: NetworkList }

const NETWORKS_MAX = 100
const TEXT_LENGTH_MAX = 1024

/** Null when it is not of the form that is agreed. Throws `misconfigured` for a network that is none. */
export function readGate(value: unknown): Gate | null {
  if (!isObject(value)) return null
  const { basicAuth = null, allowNetworks = [], secret = null } = value
  if (!isShortOrNull(basicAuth) || !isShortOrNull(secret)) return null
  if (!Array.isArray(allowNetworks) || allowNetworks.length > NETWORKS_MAX) return null
  if (!allowNetworks.every(network => typeof network === 'string')) return null
  if (basicAuth !== null && !basicAuth.includes(':')) return null
  return { basicAuth, allowNetworks, secret, networks: createGuardedNetworks(allowNetworks) }
}

export type EdgeVerdict = 'passes' | 'unauthorized' | 'forbidden'

export function judgeCaller(gate: Gate, request: IncomingMessage, address: string): EdgeVerdict {
  if (gate.allowNetworks.length > 0 && !gate.networks.contains(address)) return 'forbidden'
  if (gate.basicAuth === null) return 'passes'
  const [, given = ''] = /^basic +(.+)$/i.exec(request.headers.authorization ?? '') ?? []
  const isRight = isSameText(Buffer.from(given, 'base64').toString(), gate.basicAuth)
  return isRight ? 'passes' : 'unauthorized'
}

/** In constant time, whatever their lengths. */
function isSameText(one: string, other: string): boolean {
  const [a, b] = [one, other].map(text => createHash('sha256').update(text).digest())
  return a !== undefined && b !== undefined && timingSafeEqual(a, b)
}

function isShortOrNull(value: unknown): value is string | null {
  return value === null || (typeof value === 'string' && value.length <= TEXT_LENGTH_MAX)
}
