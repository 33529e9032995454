// What a site administrator makes: users, organizations and tokens, as in GitHub Enterprise.
import type { FastifyInstance } from 'fastify'
import { type Account, isLogin, SCOPES, type Scope } from '../../account.ts'
import { customItem, type ErrorItem, notFound, refuse, validationFailed } from '../../errors.ts'
import { authorizationJson } from '../../github/authorization.ts'
import { organizationJson, simpleUserJson } from '../../github/user.ts'
import { createAccount, findAccount, setMembership } from '../../store/accounts.ts'
import { createToken } from '../../store/tokens.ts'
import { needsSiteAdmin } from '../auth.ts'
import type { ApiContext } from '../context.ts'
import { tooLong } from '../fields.ts'
import { linksOf } from '../links.ts'
import { route } from '../route.ts'

export function adminRoutes(app: FastifyInstance, context: ApiContext): void {
  accountRoutes(app, context)
  tokenRoute(app, context)
}

// GitHub describes these for its Enterprise Server alone.
const PAGES = '/enterprise-server@3.19/rest/enterprise-admin'

const NAME_LENGTH_MAX = 255

function accountRoutes(app: FastifyInstance, { store, clock }: ApiContext): void {
  app.post<{ Body: { readonly login: string; readonly email?: string | null } }>(
    '/admin/users',
    route(`${PAGES}/users#create-a-user`, needsSiteAdmin, {
      body: {
        type: 'object',
        required: ['login'],
        properties: { login: { type: 'string' }, email: { type: ['string', 'null'] } },
      },
    }),
    async (request, reply) => {
      const { login, email = null } = request.body
      refuse([...loginFaults('User', login), ...tooLong('User', 'email', email, NAME_LENGTH_MAX)])
      const user = await store.write(tx => createAccount(tx, { type: 'User', login, email }, clock.nowMs()))
      return reply.code(201).send(simpleUserJson(user, linksOf(request)))
    },
  )

  app.post<{
    Body: { readonly login: string; readonly admin: string; readonly profile_name?: string | null }
  }>(
    '/admin/organizations',
    route(`${PAGES}/orgs#create-an-organization`, needsSiteAdmin, {
      body: {
        type: 'object',
        required: ['login', 'admin'],
        properties: {
          login: { type: 'string' },
          admin: { type: 'string' },
          profile_name: { type: ['string', 'null'] },
        },
      },
    }),
    async (request, reply) => {
      const { login, admin, profile_name: name = null } = request.body
      refuse([
        ...loginFaults('Organization', login),
        ...tooLong('Organization', 'profile_name', name, NAME_LENGTH_MAX),
      ])
      const organization = await store.write(async tx => {
        const owner = await findAccount(tx, admin)
        if (owner?.type !== 'User') {
          throw validationFailed({ resource: 'Organization', code: 'invalid', field: 'admin' })
        }
        const made = await createAccount(tx, { type: 'Organization', login, name }, clock.nowMs())
        await setMembership(tx, made.id, owner.id, 'admin', clock.nowMs())
        return made
      })
      return reply.code(201).send(organizationJson(organization, linksOf(request)))
    },
  )
}

type TokenBody = { readonly scopes?: readonly Scope[]; readonly note?: string | null }

function tokenRoute(app: FastifyInstance, { store, clock }: ApiContext): void {
  app.post<{ Params: { readonly username: string }; Body: TokenBody }>(
    '/admin/users/:username/authorizations',
    route(`${PAGES}/users#create-an-impersonation-oauth-token`, needsSiteAdmin, {
      body: {
        type: 'object',
        properties: {
          scopes: { type: 'array', items: { type: 'string', enum: SCOPES }, maxItems: SCOPES.length },
          note: { type: ['string', 'null'] },
        },
      },
    }),
    async (request, reply) => {
      const { scopes = [], note } = request.body
      refuse(tooLong('OauthAccess', 'note', note, NAME_LENGTH_MAX))
      const { token, text } = await store.write(async tx => {
        const user = await findAccount(tx, request.params.username)
        if (user?.type !== 'User') throw notFound()
        const draft = { userId: user.id, note: note || 'made by an administrator', scopes }
        return createToken(tx, draft, clock.nowMs())
      })
      return reply.code(201).send(authorizationJson(token, text, linksOf(request)))
    },
  )
}

// An account's page is at `/{login}`, so a path that is taken cannot be a login.
const RESERVED: ReadonlySet<string> = new Set([
  'api',
  'assets',
  'avatars',
  'healthz',
  'login',
  'logout',
  'meta',
  'metrics',
  'new',
  'orgs',
  'organizations',
  'readyz',
  'repos',
  'settings',
  'user',
  'users',
  'welcome',
  'zen',
])

function loginFaults(resource: Account['type'], login: string): ErrorItem[] {
  if (RESERVED.has(login.toLowerCase())) return [{ resource, code: 'invalid', field: 'login' }]
  if (isLogin(login)) return []
  const message =
    'login may only contain alphanumeric characters or single hyphens, cannot begin or end with a hyphen, ' +
    'and has at most 39 characters'
  return [customItem(resource, message, 'login')]
}
