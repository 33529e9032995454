// The HTTP server as a whole: what every answer carries, and which routes there are. Each is
// served at `/` and, as GitHub Enterprise has it, at `/api/v3`.
import { randomBytes } from 'node:crypto'
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify'
import { AppError, notFound } from '../errors.ts'
import { checkBodies, readBodies } from './bodies.ts'
import { BODY_BYTES_MAX, BodyRoom } from './body-room.ts'
import { answerClientError } from './client-error.ts'
import type { ApiContext } from './context.ts'
import { Credentials } from './credentials.ts'
import { answerError } from './errors.ts'
import type { LineTimings } from './forwarder-line.ts'
import { Forwarders } from './forwarders.ts'
import { addApiHeaders, addCommonHeaders, answerPreflight, notModified, refuseUnspoken } from './headers.ts'
import { checkInstallation } from './installation-access.ts'
import { isForIntegrations } from './integration-access.ts'
import { isEnterprise, refuseMalformedHost, withoutEnterprise } from './links.ts'
import type { AddRoutes } from './openapi/document.ts'
import { OpenApiDocument, openApiRoute } from './openapi/route.ts'
import { sendErrorPage } from './pages/error-page.ts'
import { isHome, isPage } from './pages/web.ts'
import { RateLimiter } from './rate-limit.ts'
import { apiRoutes, siteRoutes } from './routes.ts'
import { routeRequests, type Tunnels } from './tunnel-requests.ts'
import { addressReader, routeUpgrades } from './upgrades.ts'

declare module 'fastify' {
  interface FastifyInstance {
    readonly baseUrl: string | null
    readonly credentials: Credentials
    readonly forwarders: Forwarders
    readonly tunnels: Tunnels | null
  }
  interface FastifyContextConfig {
    /** GitHub's page about this operation: `documentation_url` of its errors. */
    docs?: string
  }
}

export type ServerOptions = {
  /** Addresses or CIDRs of the proxies whose X-Forwarded-* headers are believed. None by default. */
  readonly trustProxy?: readonly string[]
  readonly connectionsMax?: number
  /** Within which a request has to come as a whole; a minute when left out. */
  readonly requestTimeoutMs?: number
  /** Requests an hour of one user; null, and left out, for no limit. */
  readonly rateLimit?: number | null
  /** What is for them never reaches the API. */
  readonly tunnels?: Tunnels
  /** Of forwarders' lines; a test need not wait for real ones. */
  readonly lineTimings?: LineTimings
}

// As many as there are sockets for deliveries: with those they stay below the 4,096 files that many
// systems let a process open.
const CONNECTIONS_MAX = 2000
// A label of 50 characters, each an emoji in percent-encoding, is 600 long.
const PARAM_LENGTH_MAX = 1000
// A client that has not sent its whole request within a minute is not going to.
const REQUEST_TIMEOUT_MS = 60_000
// Longer than it takes to stop and to start.
const CLOSING_SECONDS = 10

/** Listens when `listen` is called; `close` waits for what is being answered. */
export function createServer(context: ApiContext, options: ServerOptions = {}): FastifyInstance {
  const nextRequestId = requestIdSource()
  const requestTimeoutMs = options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS
  const answerFailure = (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
    (isPage(request.originalUrl) ? sendErrorPage : answerError)(error, request, reply, context.log)
  const app = fastify({
    // A request without a Host is refused in our own words.
    http: {
      requireHostHeader: false,
      headersTimeout: requestTimeoutMs,
      // Node's is for tunnels, too: see tunnel-requests.ts.
      requestTimeout: 0,
      connectionsCheckingInterval: requestTimeoutMs / 2,
    },
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: 0,
    // Not in Fastify's words: see below.
    return503OnClosing: false,
    // Rather than every route twice: that took 60 ms of the start, and 5 MB.
    rewriteUrl: ({ url = '/' }) => withoutEnterprise(url),
    trustProxy: options.trustProxy?.length ? [...options.trustProxy] : false,
    routerOptions: { maxParamLength: PARAM_LENGTH_MAX },
    forceCloseConnections: 'idle',
    requestIdHeader: false,
    genReqId: nextRequestId,
    clientErrorHandler: (error, socket) => answerClientError(error, socket, nextRequestId()),
    // The path cannot be decoded, so no hook has run.
    frameworkErrors: async (error, request, reply) => {
      await addCommonHeaders(request, reply)
      return answerFailure(error, request, reply)
    },
  })
  app.server.maxConnections = options.connectionsMax ?? CONNECTIONS_MAX
  app.decorate('baseUrl', context.baseUrl)
  app.decorate('credentials', new Credentials(context))
  app.decorateRequest('caller', null)
  app.decorateRequest('quota', null)
  app.decorateRequest('integrationCaller', null)
  app.decorateRequest('repositoryPlace', null)
  app.decorateRequest('organizationPlace', null)

  const forwarders = new Forwarders(context, {
    credentials: app.credentials,
    addressOf: addressReader(options.trustProxy),
    timings: options.lineTimings,
  })
  app.decorate('forwarders', forwarders)
  const tunnels = options.tunnels ?? null
  app.decorate('tunnels', tunnels)
  routeRequests(app.server, tunnels, requestTimeoutMs)
  routeUpgrades(app.server, [
    (request, socket, head) => tunnels?.upgrade(request, socket, head) ?? false,
    (request, socket, head) => forwarders.upgrade(request, socket, head),
  ])
  app.addHook('onListen', async () => forwarders.start())

  app.setErrorHandler(answerFailure)
  let isClosing = false
  app.addHook('preClose', async () => {
    isClosing = true
    await forwarders.close()
  })
  app.addHook('onRequest', addCommonHeaders)
  app.addHook('onRequest', async () => {
    if (!isClosing) return
    throw new AppError('unavailable', 'The server is stopping.', { retryAfterSeconds: CLOSING_SECONDS })
  })
  app.addHook('onRequest', refuseMalformedHost)
  app.addHook('onRequest', refuseUnknown)

  const room = new BodyRoom()
  const limiter = new RateLimiter({ perUser: options.rateLimit ?? null }, context.clock)
  const addRoutes = (scope: FastifyInstance) => {
    for (const routes of apiRoutes) routes(scope, context)
    openApiRoute(scope, document)
  }
  const document = new OpenApiDocument(context, addRoutes)
  app.register(api, { addRoutes, room, limiter })
  app.register(site, { context })
  return app
}

// 404 before any body is read.
async function refuseUnknown(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (!request.is404) return
  if (!isPage(request.originalUrl)) await addApiHeaders(request, reply)
  throw notFound()
}

type Api = { readonly addRoutes: AddRoutes; readonly room: BodyRoom; readonly limiter: RateLimiter }

async function api(app: FastifyInstance, { addRoutes, room, limiter }: Api): Promise<void> {
  readBodies(app)
  checkBodies(app)
  app.addHook('onRequest', addApiHeaders)
  app.addHook('onRequest', refuseUnspoken)
  app.addHook('onRequest', async (request, reply) => {
    if (isHome(request)) return
    try {
      await identify(request, reply)
    } finally {
      // Whoever comes with a wrong token is counted as if they had none.
      limiter.take(request, reply)
    }
  })
  app.addHook('preParsing', async (request, reply) => room.take(request, reply))
  app.addHook('onSend', notModified)
  // A browser sends it by itself, without the token.
  app.options('/*', { config: { uncounted: true } }, answerPreflight)
  addRoutes(app)
}

async function identify(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { credentials } = request.server
  request.integrationCaller = await credentials.findIntegration(request)
  if (request.integrationCaller || isForIntegrations(request)) return
  request.caller = await credentials.authenticate(request)
  if (request.caller?.installation) checkInstallation(request, reply, request.caller.installation)
  if (request.caller?.by !== 'token') return
  // A route that needs a scope says so.
  reply.headers({ 'x-oauth-scopes': request.caller.scopes.join(', '), 'x-accepted-oauth-scopes': '' })
}

// Not part of GitHub's API: pages, pictures, and what operators ask.
async function site(app: FastifyInstance, { context }: { readonly context: ApiContext }): Promise<void> {
  app.addHook('onRequest', async (request, reply) => {
    if (!isEnterprise(request)) return
    await addApiHeaders(request, reply)
    throw notFound()
  })
  for (const routes of siteRoutes) routes(app, context)
}

// GitHub's have several hexadecimal parts, too: this process, and the request's number within it.
function requestIdSource(): () => string {
  const start = randomBytes(4).toString('hex').toUpperCase()
  let count = 0
  return () => `${start}:${(++count).toString(16).toUpperCase()}`
}
