// Passwords: one's own, and any user's as the site administrator gives and takes them. They open the sign-in
// page alone: GitHub's API takes no password, and neither does this one.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { AppError, customItem, refuse, validationFailed } from '../../errors.ts'
import { timestamp } from '../../github/links.ts'
import { hashPassword, passwordFault } from '../../password.ts'
import { findPassword, removePassword, setPassword } from '../../store/passwords.ts'
import { deleteSessions, findSessionStart } from '../../store/sessions.ts'
import { needsScope, needsSiteAdmin, requireCaller, sessionText } from '../auth.ts'
import type { ApiContext } from '../context.ts'
import { getUser } from '../logins.ts'
import { route } from '../route.ts'

const OWN_PAGE = '/rest/authentication/authenticating-to-the-rest-api'
const ADMIN_PAGE = '/enterprise-server@3.19/rest/enterprise-admin/users'

// Who signed in a moment ago need not prove it again; a browser that was left alone must not be enough.
const FRESH_MS = 10 * 60_000

export function passwordRoutes(app: FastifyInstance, context: ApiContext): void {
  ownRoutes(app, context)
  adminRoutes(app, context)
}

type OwnBody = { readonly password: string; readonly current_password?: string }

function ownRoutes(app: FastifyInstance, context: ApiContext): void {
  const { store, clock } = context
  const path = '/user/password'
  const needs = needsScope('user')

  app.get(path, route(OWN_PAGE, needs), async request => {
    const kept = await findPassword(store.read, requireCaller(request).user.id)
    return {
      is_set: kept !== undefined,
      changed_at: kept ? timestamp(kept.changedAt) : null,
      needs_current: !(await isFresh(context, request)),
    }
  })

  app.put<{ Body: OwnBody }>(
    path,
    route(OWN_PAGE, needs, {
      body: {
        type: 'object',
        required: ['password'],
        properties: { password: { type: 'string' }, current_password: { type: 'string' } },
      },
    }),
    async (request, reply) => {
      const { user } = requireCaller(request)
      const { password, current_password: current } = request.body
      refusePassword(password, user.login)
      await proveSelf(context, request, current)
      const hash = await hashPassword(password)
      const nowMs = clock.nowMs()
      await store.write(async tx => {
        await setPassword(tx, user.id, hash, nowMs)
        await deleteSessions(tx, user.id, sessionText(request))
      })
      return reply.code(204).send()
    },
  )
}

/** By the current password, or by having signed in just now. */
async function proveSelf(
  context: ApiContext,
  request: FastifyRequest,
  current: string | undefined,
): Promise<void> {
  const { user } = requireCaller(request)
  if (!current) {
    if (await isFresh(context, request)) return
    throw validationFailed({ resource: 'User', code: 'missing_field', field: 'current_password' })
  }
  try {
    await request.server.credentials.checkPassword(user, current, request.ip)
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'bad_credentials') throw error
    throw validationFailed(
      customItem('User', 'current_password is not the current password', 'current_password'),
    )
  }
}

async function isFresh({ store, clock }: ApiContext, request: FastifyRequest): Promise<boolean> {
  const text = sessionText(request)
  const startedAtMs = text === undefined ? undefined : await findSessionStart(store.read, text)
  return startedAtMs !== undefined && clock.nowMs() - startedAtMs < FRESH_MS
}

type Named = { Params: { readonly username: string } }

function adminRoutes(app: FastifyInstance, { store, clock }: ApiContext): void {
  const path = '/admin/users/:username/password'

  app.put<Named & { Body: { readonly password: string } }>(
    path,
    route(ADMIN_PAGE, needsSiteAdmin, {
      body: { type: 'object', required: ['password'], properties: { password: { type: 'string' } } },
    }),
    async (request, reply) => {
      const { password } = request.body
      const { login } = await getUser(store.read, request.params.username)
      refusePassword(password, login)
      const hash = await hashPassword(password)
      await store.write(async tx => {
        const user = await getUser(tx, request.params.username)
        await setPassword(tx, user.id, hash, clock.nowMs())
        await deleteSessions(tx, user.id, sessionText(request))
      })
      return reply.code(204).send()
    },
  )

  app.delete<Named>(path, route(ADMIN_PAGE, needsSiteAdmin), async (request, reply) => {
    await store.write(async tx => {
      const user = await getUser(tx, request.params.username)
      await removePassword(tx, user.id)
      await deleteSessions(tx, user.id, sessionText(request))
    })
    return reply.code(204).send()
  })
}

function refusePassword(password: string, login: string): void {
  const fault = passwordFault(password, login)
  refuse(fault === null ? [] : [customItem('User', fault, 'password')])
}
