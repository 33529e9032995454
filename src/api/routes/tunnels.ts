// The names of one's tunnels: whether each is open, and giving one back. Opening one is no request but a connection
// (src/tunnel/protocol.ts).
import type { FastifyInstance } from 'fastify'
import { notFound } from '../../errors.ts'
import { timestamp } from '../../github/links.ts'
import { listTunnelNames, releaseTunnelName } from '../../store/tunnels.ts'
import { needsScope, requireCaller } from '../auth.ts'
import type { ApiContext } from '../context.ts'

export function tunnelRoutes(app: FastifyInstance, { store }: ApiContext): void {
  app.get('/user/tunnels', { onRequest: needsScope('write:repo_hook') }, async request => {
    const { user } = requireCaller(request)
    const open = new Map(app.tunnels?.openOf(user.id).map(tunnel => [tunnel.name, tunnel]))
    return (await listTunnelNames(store.read, user.id)).map(({ name, createdAt, lastUsedAt }) => {
      const tunnel = open.get(name)
      return {
        name,
        open: tunnel !== undefined,
        url: tunnel?.url ?? null,
        opened_at: tunnel ? timestamp(tunnel.openedAt) : null,
        requests: tunnel?.requests ?? 0,
        created_at: timestamp(createdAt),
        last_used_at: timestamp(lastUsedAt),
      }
    })
  })

  app.delete<{ Params: { readonly name: string } }>(
    '/user/tunnels/:name',
    { onRequest: needsScope('write:repo_hook') },
    async (request, reply) => {
      const { user } = requireCaller(request)
      const { name } = request.params
      if (!(await store.write(tx => releaseTunnelName(tx, name, user.id)))) throw notFound()
      app.tunnels?.closeNamed(name, user.id)
      reply.code(204)
    },
  )
}
