// The HTTP server as a whole: what every answer carries, and which routes there are. Each is
// served at `/` and, as GitHub Enterprise has it, at `/api/v3`.
import { randomBytes } from 'node:crypto'
import { type FastifyInstance, fastify } from 'fastify'
import { notFound } from '../errors.ts'
import { checkBodies, readBodies } from './bodies.ts'
import type { ApiContext } from './context.ts'
import { Credentials } from './credentials.ts'
import { answerError } from './errors.ts'
import { addCommonHeaders, answerPreflight, notModified, refuseUnspoken } from './headers.ts'
import { ENTERPRISE_PREFIX } from './links.ts'
import { apiRoutes, siteRoutes } from './routes.ts'

declare module 'fastify' {
  interface FastifyInstance {
    readonly baseUrl: string | null
    readonly credentials: Credentials
  }
  interface FastifyContextConfig {
    /** GitHub's page about this operation: `documentation_url` of its errors. */
    docs?: string
  }
}

export type ServerOptions = {
  /** Addresses or CIDRs of the proxies whose X-Forwarded-* headers are believed. None by default. */
  readonly trustProxy?: readonly string[]
}

// The largest ordinary body is an issue of 65,536 characters, up to 800 KB when all are escaped.
const BODY_BYTES_MAX = 1024 * 1024
// A label of 50 characters, each an emoji in percent-encoding, is 600 long.
const PARAM_LENGTH_MAX = 1000
// A client that has not sent its whole request within a minute is not going to.
const REQUEST_TIMEOUT_MS = 60_000

/** Listens when `listen` is called; `close` waits for what is being answered. */
export function createServer(context: ApiContext, options: ServerOptions = {}): FastifyInstance {
  const app = fastify({
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    trustProxy: options.trustProxy?.length ? [...options.trustProxy] : false,
    routerOptions: { maxParamLength: PARAM_LENGTH_MAX },
    forceCloseConnections: 'idle',
    requestIdHeader: false,
    genReqId: requestIdSource(),
    frameworkErrors: (error, request, reply) => answerError(error, request, reply, context.log),
  })
  app.decorate('baseUrl', context.baseUrl)
  app.decorate('credentials', new Credentials(context))
  app.decorateRequest('caller', null)
  app.decorateRequest('repositoryPlace', null)
  app.decorateRequest('organizationPlace', null)

  app.setErrorHandler((error, request, reply) => answerError(error, request, reply, context.log))
  app.setNotFoundHandler((request, reply) => answerError(notFound(), request, reply, context.log))
  app.addHook('onRequest', addCommonHeaders)

  app.register(api, { context })
  app.register(api, { context, prefix: ENTERPRISE_PREFIX })
  app.register(site, { context })
  return app
}

type Scoped = { readonly context: ApiContext }

async function api(app: FastifyInstance, { context }: Scoped): Promise<void> {
  readBodies(app)
  checkBodies(app)
  app.addHook('onRequest', refuseUnspoken)
  app.addHook('onRequest', async (request, reply) => {
    request.caller = await app.credentials.authenticate(request)
    if (request.caller?.by === 'token') reply.header('x-oauth-scopes', request.caller.scopes.join(', '))
  })
  app.addHook('onSend', notModified)
  app.options('/*', answerPreflight)
  for (const routes of apiRoutes) routes(app, context)
}

// What is no part of GitHub's API: pages, pictures, and what operators ask.
async function site(app: FastifyInstance, { context }: Scoped): Promise<void> {
  for (const routes of siteRoutes) routes(app, context)
}

// GitHub's have several hexadecimal parts, too: this process, and the request's number within it.
function requestIdSource(): () => string {
  const start = randomBytes(4).toString('hex').toUpperCase()
  let count = 0
  return () => `${start}:${(++count).toString(16).toUpperCase()}`
}
