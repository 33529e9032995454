// Signing out, on this browser or on all of them. Signing in is a matter of pages (pages/sign-in.ts).
import type { FastifyInstance } from 'fastify'
import { notFound } from '../../errors.ts'
import { deleteSession, deleteSessions } from '../../store/sessions.ts'
import { needsScope, requireCaller, sessionText } from '../auth.ts'
import type { ApiContext } from '../context.ts'
import { SESSION_COOKIE } from '../credentials.ts'
import { setCookie } from '../pages/form.ts'
import { route } from '../route.ts'

const PAGE = '/rest/authentication/authenticating-to-the-rest-api'

export function sessionRoutes(app: FastifyInstance, { store }: ApiContext): void {
  const path = '/user/sessions'
  const needs = needsScope('user')

  app.delete(path, route(PAGE, needs), async (request, reply) => {
    const { user, by } = requireCaller(request)
    await store.write(tx => deleteSessions(tx, user.id))
    if (by === 'session') setCookie(request, reply, SESSION_COOKIE, '', { sameSite: 'Lax', maxAgeSeconds: 0 })
    return reply.code(204).send()
  })

  app.delete(`${path}/current`, route(PAGE, needs), async (request, reply) => {
    const text = sessionText(request)
    if (!text) throw notFound()
    await store.write(tx => deleteSession(tx, text))
    setCookie(request, reply, SESSION_COOKIE, '', { sameSite: 'Lax', maxAgeSeconds: 0 })
    return reply.code(204).send()
  })
}
