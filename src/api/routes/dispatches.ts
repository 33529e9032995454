// `repository_dispatch`: an event of one's own making. GitHub gives it to Apps; here it reaches the hooks
// that ask for everything.
import type { FastifyInstance } from 'fastify'
import { repositoryDispatchPayload } from '../../github/payload/repository-dispatch.ts'
import { needsUnarchived, type RepositoryParams } from '../auth.ts'
import type { ApiContext } from '../context.ts'
import { repositoryDraft } from '../draft.ts'
import { route } from '../route.ts'
import { commit } from '../work.ts'

type Body = { readonly event_type: string; readonly client_payload?: Readonly<Record<string, unknown>> }

// GitHub's ceilings.
const BODY = {
  type: 'object',
  required: ['event_type'],
  properties: {
    event_type: { type: 'string', minLength: 1, maxLength: 100 },
    client_payload: { type: 'object', maxProperties: 10 },
  },
} as const

export function dispatchRoutes(app: FastifyInstance, context: ApiContext): void {
  app.post<{ Params: RepositoryParams; Body: Body }>(
    '/repos/:owner/:repo/dispatches',
    route('repos/repos#create-a-repository-dispatch-event', needsUnarchived(context, 'write'), {
      body: BODY,
    }),
    async (request, reply) => {
      const { event_type: eventType, client_payload: clientPayload = {} } = request.body
      await commit(context, request, async ({ tell, repository, sender, links }) => {
        const scene = { repository, sender }
        const payload = repositoryDispatchPayload({ eventType, clientPayload }, scene, links)
        tell(repositoryDraft('repository_dispatch', payload, scene))
      })
      return reply.code(204).send()
    },
  )
}
