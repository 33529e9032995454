// The receiver of the tutorial: it remembers signed deliveries and shows how many issues each
// repository gets per day. It knows GitHub's HTTP and signature, and nothing else of who sends.
// Whoever reaches its port, a tunnel included, may read the page and its figures: names and
// numbers, never payloads.
import type { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type FastifyError, type FastifyInstance, fastify } from 'fastify'
import { isTimeZone, lastDays } from './calendar.ts'
import { PAYLOAD_BYTES_MAX, receiveDeliveries, refusal } from './deliveries.ts'
import { Live } from './live.ts'
import { Memory } from './memory.ts'
import { servePage } from './page-files.ts'

export type ReceiverOptions = {
  /** 0 takes any port that is free. */
  readonly port: number
  readonly host?: string
  readonly path?: string
  /** Without one, every delivery is believed. */
  readonly secret?: string | undefined
  readonly dataFile: string
  readonly log?: (line: string) => void
  /** Where the built page lies, if not at its usual place. Ends with a slash. */
  readonly pageFolder?: URL
}

export type Receiver = {
  /** The page's address. Deliveries go to the path under it. */
  readonly url: string
  readonly port: number
  /** For `backfill`. */
  readonly memory: Memory
  close(): Promise<void>
}

const PATH = /^\/[\w./~-]+$/
const CONNECTIONS_MAX = 1000
const REQUEST_TIMEOUT_MS = 60_000
const CLOSE_TIMEOUT_MS = 5000

const WINDOW = {
  type: 'object',
  properties: {
    days: { type: 'integer', minimum: 1, maximum: 366, default: 30 },
    time_zone: { type: 'string', maxLength: 100, default: 'UTC' },
  },
} as const

type Window = { readonly Querystring: { readonly days: number; readonly time_zone: string } }

export async function startReceiver(options: ReceiverOptions): Promise<Receiver> {
  const { port, host = '127.0.0.1', path = '/payload', secret, log = console.error } = options
  if (!PATH.test(path))
    throw new Error(`Deliveries cannot be received at ${path}: take a path like /payload.`)
  const app = fastify({ bodyLimit: PAYLOAD_BYTES_MAX, requestTimeout: REQUEST_TIMEOUT_MS })
  app.server.maxConnections = CONNECTIONS_MAX
  const close = closerOf(app)
  answerErrors(app, path, log)
  servePage(app, options.pageFolder)

  const memory = new Memory(options.dataFile, log)
  receiveDeliveries(app, { path, secret, memory, log })
  serveFigures(app, memory)
  app.get('/setup.json', async () => ({ path, signed: Boolean(secret) }))
  app.get('/healthz', async () => ({ status: 'ok' }))
  app.addHook('onClose', async () => memory.close())
  const url = await app.listen({ port, host }).catch(async error => {
    await app.close()
    throw error
  })
  const address = app.server.address() as AddressInfo
  return { url, port: address.port, memory, close }
}

function serveFigures(app: FastifyInstance, memory: Memory): void {
  app.get<Window>('/popularity.json', { schema: { querystring: WINDOW } }, async ({ query }) => {
    if (!isTimeZone(query.time_zone)) throw refusal(400, 'time_zone is unknown: give one like Europe/Paris.')
    return memory.popularity(lastDays(query.days, query.time_zone, new Date()))
  })
  app.get('/deliveries.json', async () => memory.latest())

  const live = new Live()
  memory.on('changed', () => live.changed())
  app.addHook('preClose', async () => live.close())
  app.get('/events', { exposeHeadRoute: false }, async (_, reply) => {
    if (live.isFull) throw refusal(503, 'Too many pages are open.')
    reply.hijack()
    live.join(reply.raw)
  })
}

function answerErrors(app: FastifyInstance, path: string, log: (line: string) => void): void {
  app.setErrorHandler<FastifyError>((error, _, reply) => {
    const status = error.statusCode ?? 500
    if (status === 500) log(`A request failed: ${error.stack}`)
    const message = status === 500 ? 'Server Error' : error.message.replace('querystring/', '')
    return reply.code(status).send({ message })
  })
  app.setNotFoundHandler(({ url, method }, reply) => {
    if (url.split('?', 1)[0] !== path) return reply.code(404).send({ message: 'Not Found' })
    return reply
      .code(405)
      .header('allow', 'POST')
      .send({ message: `Deliveries come by POST, not ${method}.` })
  })
}

/** Begins to count; gives the way to end, which lets requests finish, yet not for ever. */
function closerOf(app: FastifyInstance): () => Promise<void> {
  const underWay = new Set<ServerResponse>()
  app.server.on('request', (_, response: ServerResponse) => {
    underWay.add(response)
    response.once('close', () => underWay.delete(response))
  })
  return async () => {
    const finished = Array.from(underWay, response => new Promise(resolve => response.once('close', resolve)))
    const deadline = setTimeout(() => app.server.closeAllConnections(), CLOSE_TIMEOUT_MS)
    const closed = app.close()
    await Promise.all(finished)
    clearTimeout(deadline)
    // Node waits for a connection that has not asked anything yet, and browsers open some in advance.
    app.server.closeAllConnections()
    await closed
  }
}
