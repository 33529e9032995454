// The HTTP server as a whole: what every answer carries, how bodies are read and checked, how
// errors are told, and which routes there are. Each is served at `/` and, as GitHub Enterprise has
// it, at `/api/v3`.
import { randomBytes } from 'node:crypto'
import { Ajv } from 'ajv'
import { type FastifyInstance, type FastifyRequest, fastify } from 'fastify'
import { AppError, notFound } from '../errors.ts'
import type { ApiContext } from './context.ts'
import { Credentials } from './credentials.ts'
import { answerError } from './errors.ts'
import { addCommonHeaders, answerPreflight, notModified } from './headers.ts'
import { ENTERPRISE_PREFIX } from './links.ts'
import { apiRoutes, pageRoutes } from './routes.ts'

declare module 'fastify' {
  interface FastifyInstance {
    readonly baseUrl: string | null
    readonly credentials: Credentials
  }
  interface FastifyContextConfig {
    /** GitHub's page about this operation: `documentation_url` of its errors. */
    docs?: string
    /** Not part of GitHub's API: needs no User-Agent, and no API version. */
    plain?: boolean
  }
}

export type ServerOptions = {
  /** Addresses or CIDRs of the proxies whose X-Forwarded-* headers are believed. None by default. */
  readonly trustProxy?: readonly string[]
}

// The largest ordinary body is an issue of 65,536 characters, up to 400 KB in escaped JSON.
const BODY_BYTES_MAX = 1024 * 1024
// A label of 50 characters, each an emoji in percent-encoding, is 600 long.
const PARAM_LENGTH_MAX = 1000
// A client that has not sent its whole request within a minute is not going to.
const REQUEST_TIMEOUT_MS = 60_000

/** Listens when `listen` is called, and answers what is under way when `close` is. */
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
  readBodies(app)

  app.register(api, { context })
  app.register(api, { context, prefix: ENTERPRISE_PREFIX })
  app.register(pages, { context })
  return app
}

type Scoped = { readonly context: ApiContext }

async function api(app: FastifyInstance, { context }: Scoped): Promise<void> {
  checkBodies(app)
  app.addHook('onRequest', async request => {
    if (!request.routeOptions.config.plain) refuseUnspoken(request)
    request.caller = await app.credentials.authenticate(request)
  })
  app.addHook('onRequest', async (request, reply) => {
    if (request.caller?.by === 'token') reply.header('x-oauth-scopes', request.caller.scopes.join(', '))
  })
  app.addHook('onSend', notModified)
  app.options('/*', { config: { plain: true } }, answerPreflight)
  for (const routes of apiRoutes) await routes(app, context)
}

async function pages(app: FastifyInstance, { context }: Scoped): Promise<void> {
  for (const routes of pageRoutes) await routes(app, context)
}
