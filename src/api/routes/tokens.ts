// Access tokens: those that an administrator makes in somebody's name, those of everybody, as in GitHub
// Enterprise; and one's own, which GitHub gives out on its pages alone.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type AccessToken, grants, SCOPES, type Scope } from '../../account.ts'
import { customItem, type ErrorItem, notFound, refuse } from '../../errors.ts'
import { authorizationJson } from '../../github/authorization.ts'
import { timestamp } from '../../github/links.ts'
import {
  countAllTokens,
  countTokens,
  createToken,
  deleteImpersonations,
  deleteToken,
  listAllTokens,
  listTokens,
} from '../../store/tokens.ts'
import { needsScope, needsSiteAdmin, requireCaller } from '../auth.ts'
import type { ApiContext } from '../context.ts'
import { controlFaults, isBlank, NUMBER, tooLong } from '../fields.ts'
import { linksOf } from '../links.ts'
import { getUser } from '../logins.ts'
import { linkPages, readPage } from '../paging.ts'
import { route } from '../route.ts'

const ADMIN_PAGE = '/enterprise-server@3.19/rest/enterprise-admin/users'
const OWN_PAGE = '/rest/authentication/authenticating-to-the-rest-api'

const ADMIN_PLACE = '/admin/tokens'
const OWN_PLACE = '/user/tokens'

const NOTE_LENGTH_MAX = 255

const FIELDS = {
  scopes: { type: 'array', items: { type: 'string', enum: SCOPES }, maxItems: SCOPES.length },
  note: { type: ['string', 'null'] },
} as const

type Body = { readonly scopes?: readonly Scope[]; readonly note?: string | null }

const PARAMS = { type: 'object', properties: { token_id: NUMBER } } as const

type One = { Params: { readonly token_id: number } }

export function tokenRoutes(app: FastifyInstance, context: ApiContext): void {
  impersonationRoutes(app, context)
  everybodysRoutes(app, context)
  ownRoutes(app, context)
}

function impersonationRoutes(app: FastifyInstance, { store, clock }: ApiContext): void {
  type Named = { Params: { readonly username: string } }
  const path = '/admin/users/:username/authorizations'

  // GitHub has one for each user and gives it again with 200. Ours is kept as a hash, which cannot be given
  // again: every call makes another one.
  app.post<Named & { Body: Body }>(
    path,
    route(`${ADMIN_PAGE}#create-an-impersonation-oauth-token`, needsSiteAdmin, {
      body: { type: 'object', properties: FIELDS },
    }),
    async (request, reply) => {
      const { scopes = [], note } = request.body
      refuse(noteFaults(note))
      const { token, text, user } = await store.write(async tx => {
        const holder = await getUser(tx, request.params.username)
        const draft = { userId: holder.id, note: note || 'made by an administrator', scopes }
        return { ...(await createToken(tx, { ...draft, impersonation: true }, clock.nowMs())), user: holder }
      })
      const answer = authorizationJson(token, user, ADMIN_PLACE, linksOf(request), text)
      return reply.code(201).send(answer)
    },
  )

  app.delete<Named>(
    path,
    route(`${ADMIN_PAGE}#delete-an-impersonation-oauth-token`, needsSiteAdmin),
    async (request, reply) => {
      await store.write(async tx => {
        const { id } = await getUser(tx, request.params.username)
        await deleteImpersonations(tx, id)
      })
      return reply.code(204).send()
    },
  )
}

function everybodysRoutes(app: FastifyInstance, { store }: ApiContext): void {
  app.get(
    ADMIN_PLACE,
    route(`${ADMIN_PAGE}#list-personal-access-tokens`, needsSiteAdmin),
    async (request, reply) => {
      const page = readPage(request.query)
      linkPages(request, reply, page, await countAllTokens(store.read))
      const holders = await listAllTokens(store.read, page)
      return holders.map(({ token, user }) => authorizationJson(token, user, ADMIN_PLACE, linksOf(request)))
    },
  )

  app.delete<One>(
    `${ADMIN_PLACE}/:token_id`,
    route(`${ADMIN_PAGE}#delete-a-personal-access-token`, needsSiteAdmin, { params: PARAMS }),
    async (request, reply) => {
      const isDeleted = await store.write(tx => deleteToken(tx, 'anybody', request.params.token_id))
      if (!isDeleted) throw notFound()
      return reply.code(204).send()
    },
  )
}

function ownRoutes(app: FastifyInstance, { store, clock }: ApiContext): void {
  // A token that may do little must not make itself a twin that outlives it. No App has this scope.
  const needs = needsScope('user')

  app.get(OWN_PLACE, route(OWN_PAGE, needs), async (request, reply) => {
    const { user } = requireCaller(request)
    const page = readPage(request.query)
    linkPages(request, reply, page, await countTokens(store.read, user.id))
    const tokens = await listTokens(store.read, user.id, page)
    return tokens.map(token => ownJson(request, token))
  })

  app.post<{ Body: Body }>(
    OWN_PLACE,
    route(OWN_PAGE, needs, { body: { type: 'object', required: ['note'], properties: FIELDS } }),
    async (request, reply) => {
      const { user } = requireCaller(request)
      const { scopes = [], note } = request.body
      refuse([...ownNoteFaults(note), ...scopeFaults(request, scopes)])
      const { token, text } = await store.write(tx =>
        createToken(tx, { userId: user.id, note: note ?? '', scopes }, clock.nowMs()),
      )
      const answer = ownJson(request, token, text)
      return reply.code(201).header('location', answer.url).send(answer)
    },
  )

  app.delete<One>(
    `${OWN_PLACE}/:token_id`,
    route(OWN_PAGE, needs, { params: PARAMS }),
    async (request, reply) => {
      const { user } = requireCaller(request)
      if (!(await store.write(tx => deleteToken(tx, user.id, request.params.token_id)))) throw notFound()
      return reply.code(204).send()
    },
  )
}

/** GitHub's, and what its pages show besides. */
function ownJson(request: FastifyRequest, token: AccessToken, text?: string) {
  return {
    ...authorizationJson(token, requireCaller(request).user, OWN_PLACE, linksOf(request), text),
    last_used_at: token.lastUsedAt && timestamp(token.lastUsedAt),
  }
}

function noteFaults(note: string | null | undefined): ErrorItem[] {
  return [
    ...tooLong('OauthAccess', 'note', note, NOTE_LENGTH_MAX),
    ...controlFaults('OauthAccess', 'note', note),
  ]
}

function ownNoteFaults(note: string | null | undefined): ErrorItem[] {
  const isMissing = !note || isBlank(note)
  return isMissing ? [{ resource: 'OauthAccess', code: 'missing_field', field: 'note' }] : noteFaults(note)
}

function scopeFaults(request: FastifyRequest, scopes: readonly Scope[]): ErrorItem[] {
  const caller = requireCaller(request)
  const wider = scopes.filter(scope => !grants(caller.scopes, scope))
  if (wider.length === 0) return []
  const message = `scopes can only be those that your own token has, which are not ${wider.join(', ')}`
  return [customItem('OauthAccess', message, 'scopes')]
}
