// Wires the tunnels: whose token opens one, where names are kept, and under which address each is found.
import type { IncomingMessage } from 'node:http'
import { Counter, Gauge, type Registry } from 'prom-client'
import { grants } from '../account.ts'
import { type Credentials, placeOfAddress, tokenIn } from '../api/credentials.ts'
import { addressReader, refuseUpgrade } from '../api/upgrades.ts'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { AppError } from '../errors.ts'
import type { Store } from '../store/store.ts'
import { findTokenHolder, type TokenHolder } from '../store/tokens.ts'
import { claimTunnelName } from '../store/tunnels.ts'
import { TunnelServer } from '../tunnel/server.ts'
import type { Owner } from '../tunnel/tunnel.ts'

type TunnelWiring = {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly registry: Registry
  readonly tunnelHost: string
  readonly baseUrl: string | null
  readonly trustProxy: readonly string[]
  readonly requestsMax: number
  readonly requestsPerSecondMax: number
  /** Known once the server listens. */
  credentials(): Credentials
  ownUrl(): string
}

// Whoever may make a webhook that sends anywhere may let one in.
const SCOPE = 'write:repo_hook'

// More than a pair of cores carries; beyond it new requests are refused for the rest of a second.
const BYTES_PER_SECOND_MAX = 1000 * 1000 * 1000

export function createTunnels(wiring: TunnelWiring): TunnelServer {
  const { store, clock, log, registry, tunnelHost, baseUrl, trustProxy } = wiring
  const { requestsMax, requestsPerSecondMax } = wiring
  const open = new Gauge({
    name: 'hookline_tunnels_open',
    help: 'Tunnels whose client is connected now.',
    registers: [registry],
  })
  const requests = new Counter({
    name: 'hookline_tunnel_requests_total',
    help: 'Requests through tunnels, by what became of them.',
    labelNames: ['outcome'],
    registers: [registry],
  })
  const addressOf = addressReader(trustProxy)
  return new TunnelServer({
    tunnelHost,
    apiHost: baseUrl === null ? null : new URL(baseUrl).hostname,
    limits: { requestsMax, requestsPerSecondMax, bytesPerSecondMax: BYTES_PER_SECOND_MAX },
    log,
    addressOf,
    placeOf: placeOfAddress,
    // Somebody else's address is told by a proxy that is believed alone.
    isTrusted: request => addressOf(request) !== (request.socket.remoteAddress ?? ''),
    refuse: refuseUpgrade,
    claimName: (name, userId) => store.write(tx => claimTunnelName(tx, name, userId, clock.nowMs())),
    urlOf: name => urlBelow(baseUrl ?? wiring.ownUrl(), `${name}.${tunnelHost}`),
    authenticate: request => authenticate(request, store, wiring.credentials(), addressOf(request)),
    onChange: count => open.set(count),
    onRequest: outcome => requests.inc({ outcome }),
  })
}

async function authenticate(
  { headers }: IncomingMessage,
  store: Store,
  credentials: Credentials,
  address: string,
): Promise<Owner> {
  const text = tokenIn(headers.authorization ?? '')
  if (text === undefined) throw new AppError('unauthorized', 'Requires authentication')
  const holder = await credentials.holderOf(text, address)
  if (!mayTunnel(holder)) throw new AppError('forbidden', `the token needs the scope ${SCOPE}`)
  const { id, login } = holder.user
  return {
    userId: id,
    login,
    isStillAllowed: async () => mayTunnel(await findTokenHolder(store.read, text)),
  }
}

function mayTunnel(holder: TokenHolder | undefined): boolean {
  return holder !== undefined && holder.user.suspendedAt === null && grants(holder.token.scopes, SCOPE)
}

/** With the scheme and the port by which this server is reached. */
function urlBelow(base: string, host: string): string {
  const { protocol, port } = new URL(base)
  return `${protocol}//${host}${port === '' ? '' : `:${port}`}`
}
