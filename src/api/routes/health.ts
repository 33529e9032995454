// What operators and their tools ask: alive, ready, and the numbers.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { sql } from 'kysely'
import { notFound } from '../../errors.ts'
import { isSiteAdmin } from '../auth.ts'
import type { ApiContext } from '../context.ts'

export function healthRoutes(app: FastifyInstance, { engine, store, log }: ApiContext): void {
  app.get('/healthz', async (_request, reply) => reply.type('text/plain').send('ok\n'))

  app.get('/readyz', async (_request, reply) => {
    reply.type('text/plain')
    try {
      await sql`SELECT 1`.execute(store.read)
      return 'ready\n'
    } catch (error) {
      log.warn({ err: error }, 'the store does not answer')
      reply.code(503)
      return 'the store does not answer\n'
    }
  })

  app.get('/metrics', async (request, reply) => {
    if (!isFromHere(request) && !isSiteAdmin(await app.credentials.authenticate(request))) throw notFound()
    const { registry } = engine.metrics
    return reply.type(registry.contentType).send(await registry.metrics())
  })
}

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/

// A proxy on this machine connects from loopback as well, for clients from anywhere. A request that was
// forwarded does not count as local, whether the proxy is trusted or not.
function isFromHere({ raw, socket }: FastifyRequest): boolean {
  const { 'x-forwarded-for': forwardedFor, forwarded, via } = raw.headers
  if (forwardedFor !== undefined || forwarded !== undefined || via !== undefined) return false
  return LOOPBACK.test(socket.remoteAddress ?? '')
}
