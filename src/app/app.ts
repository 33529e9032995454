// The server as a whole: wires its parts, starts them in order and stops them in reverse. It reads
// no settings and prints nothing; that is for the commands.
import type { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { ownAddress } from '../api/links.ts'
import { createServer } from '../api/server.ts'
import { systemClock } from '../base/clock.ts'
import { createLog } from '../base/log.ts'
import { createGuard } from '../egress/address.ts'
import { createSender } from '../egress/send.ts'
import { Engine } from '../engine/engine.ts'
import type { Keep } from '../engine/retention.ts'
import { openStore } from '../store/store.ts'
import { ensureAdministrator, type Keys } from './administrator.ts'
import { SERVE_SETTINGS, type ServeConfig } from './config.ts'
import { explainListening } from './listen.ts'
import { openLocalAccess } from './local-access.ts'
import { createTunnels } from './tunnels.ts'
import { readVersion } from './version.ts'

const TUNNEL_HOST = SERVE_SETTINGS.tunnelHost.default

type TunnelKey = 'tunnelHost' | 'tunnelRequests' | 'tunnelRate'
type KeepKey = 'keepAttemptsDays' | 'keepPayloadsDays'

export type AppConfig = Omit<ServeConfig, 'config' | 'databaseUrl' | KeepKey | TunnelKey> &
  Partial<Pick<ServeConfig, KeepKey | TunnelKey>>

export type App = {
  /** Where it listens, as a client on this machine would write it. */
  readonly url: string
  /** At the first start, and when the administrator has lost the token of the environment, its last. */
  readonly keys: Keys | null
  /** Idempotent. What is under way gets some seconds; what is accepted stays in the store. */
  stop(): Promise<void>
}

// Whatever this process writes, its user alone may read: a data folder that was there before, and is
// open to others, must not open the database in it.
const OWNER_ALONE = 0o077

// A request under way gets this long. Attempts get the engine's own deadline.
const REQUESTS_DEADLINE_MS = 5_000

const DAY_MS = 24 * 60 * 60 * 1000

export async function startApp(config: AppConfig): Promise<App> {
  process.umask(OWNER_ALONE)
  const log = createLog(config.logLevel)
  const clock = systemClock
  const ends: (() => Promise<void>)[] = []
  let stopping: Promise<void> | undefined
  const stop = () => {
    stopping ??= stopInReverse(ends)
    return stopping
  }

  try {
    const store = await openStore(config.data, clock)
    ends.push(() => store.close())
    const tunnelHost = config.tunnelHost ?? TUNNEL_HOST
    const apiHost = config.baseUrl === null ? null : new URL(config.baseUrl).hostname
    let port: number | null = null
    const guard = createGuard({
      tunnels: {
        // The API may be below the tunnel host, too.
        isTunnel: host => tunnelHost === TUNNEL_HOST && host !== apiHost,
        port: () => port,
      },
      allowNetworks: config.allowNetwork,
      allowPrivateNetworks: config.allowPrivateNetworks,
    })
    const sender = createSender({ guard })
    ends.push(() => sender.close())
    const engine = new Engine({ store, sender, clock, log, keep: keepOf(config) })
    ends.push(() => engine.stop())
    const context = { store, engine, guard, clock, log, baseUrl: config.baseUrl, version: readVersion() }
    const { trustProxy, rateLimit } = config
    let ownUrl = ''
    const tunnels = createTunnels({
      ...{ store, clock, log, trustProxy, registry: engine.metrics.registry, baseUrl: config.baseUrl },
      tunnelHost,
      requestsMax: config.tunnelRequests ?? SERVE_SETTINGS.tunnelRequests.default,
      requestsPerSecondMax: config.tunnelRate ?? SERVE_SETTINGS.tunnelRate.default,
      credentials: () => server.credentials,
      ownUrl: () => ownUrl,
    })
    const server: FastifyInstance = createServer(context, { trustProxy, rateLimit, tunnels })
    ends.push(closerOf(server))
    ends.push(() => tunnels.stop())

    // A token that is known already must open the door from the first request on. Keys that are
    // cut now are of use only when we get as far as to show them.
    if (config.adminToken) await ensureAdministrator(store, clock, config.adminToken)
    engine.start()
    const url = await listen(server, config)
    ownUrl = url
    port = loopbackPortOf(server)
    const keys = config.adminToken ? null : await ensureAdministrator(store, clock, null)
    ends.push(await openLocalAccess({ store, clock, folder: config.data, url }))
    return { url, keys, stop }
  } catch (error) {
    // What is to be told is why it did not start.
    await stop().catch(() => {})
    throw error
  }
}

/** Null when loopback's port is not ours, as of a server that listens on one card alone. */
function loopbackPortOf({ server }: FastifyInstance): number | null {
  const { address, port } = server.address() as AddressInfo
  return ['127.0.0.1', '0.0.0.0', '::'].includes(address) ? port : null
}

function keepOf({
  keepAttemptsDays = SERVE_SETTINGS.keepAttemptsDays.default,
  keepPayloadsDays = SERVE_SETTINGS.keepPayloadsDays.default,
}: AppConfig): Keep {
  return { attemptsMs: keepAttemptsDays * DAY_MS, payloadsMs: keepPayloadsDays * DAY_MS }
}

/** Whatever fails to stop must not keep the rest from it; the first failure is told at the end. */
async function stopInReverse(ends: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = []
  for (const end of ends.toReversed()) await end().catch(error => failures.push(error))
  if (failures.length > 0) throw new Error('stop the server', { cause: failures[0] })
}

async function listen(server: FastifyInstance, { host, port }: AppConfig): Promise<string> {
  try {
    await server.listen({ host, port })
  } catch (error) {
    throw explainListening(error, { host, port, portFlag: '--port' })
  }
  return ownAddress(server)
}

/** Begins to count; gives the way to end. */
function closerOf(app: FastifyInstance): () => Promise<void> {
  const underWay = new Set<ServerResponse>()
  app.server.on('request', (_, response: ServerResponse) => {
    underWay.add(response)
    response.once('close', () => underWay.delete(response))
  })
  return async () => {
    const finished = Array.from(underWay, response => new Promise(resolve => response.once('close', resolve)))
    const deadline = setTimeout(() => app.server.closeAllConnections(), REQUESTS_DEADLINE_MS)
    const closed = app.close()
    await Promise.all(finished)
    clearTimeout(deadline)
    // Node waits for a connection that has not asked anything yet, and browsers open some in advance.
    app.server.closeAllConnections()
    await closed
  }
}
