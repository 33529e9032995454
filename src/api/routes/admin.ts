// Users and organizations as a site administrator makes, renames, suspends and deletes them, as in GitHub
// Enterprise. Their tokens are in tokens.ts.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Account } from '../../account.ts'
import { AppError, notFound, refuse, validationFailed } from '../../errors.ts'
import { organizationPayload, userPayload } from '../../github/payload/organization.ts'
import { organizationJson, simpleUserJson } from '../../github/user.ts'
import { deleteAccount, GHOST_LOGIN, listSolelyOwned } from '../../store/account-deletion.ts'
import { createAccount, findAccount, setMembership } from '../../store/accounts.ts'
import { renameAccount, setSiteAdmin, setSuspended } from '../../store/profiles.ts'
import type { Db } from '../../store/store.ts'
import { needsSiteAdmin, requireCaller } from '../auth.ts'
import type { ApiContext } from '../context.ts'
import { organizationDraft, siteDraft } from '../draft.ts'
import { tooLong } from '../fields.ts'
import { linksOf } from '../links.ts'
import { getUser, loginFaults } from '../logins.ts'
import { route } from '../route.ts'
import { commitOnSite } from '../work.ts'

// GitHub describes these for its Enterprise Server alone.
const PAGES = '/enterprise-server@3.19/rest/enterprise-admin'

const NAME_LENGTH_MAX = 255

export function adminRoutes(app: FastifyInstance, context: ApiContext): void {
  createUserRoute(app, context)
  userRoutes(app, context)
  standingRoutes(app, context)
  organizationRoutes(app, context)
}

type NewUser = { readonly login: string; readonly email?: string | null; readonly suspended?: boolean }

function createUserRoute(app: FastifyInstance, context: ApiContext): void {
  app.post<{ Body: NewUser }>(
    '/admin/users',
    route(`${PAGES}/users#create-a-user`, needsSiteAdmin, {
      body: {
        type: 'object',
        required: ['login'],
        properties: {
          login: { type: 'string' },
          email: { type: ['string', 'null'] },
          suspended: { type: 'boolean' },
        },
      },
    }),
    async (request, reply) => {
      const { login, email = null, suspended = false } = request.body
      refuse([...loginFaults('User', login), ...tooLong('User', 'email', email, NAME_LENGTH_MAX)])
      const user = await commitOnSite(context, request, async ({ tx, tell, sender, links, nowMs }) => {
        const made = await createAccount(tx, { type: 'User', login, email, suspended }, nowMs)
        tell(siteDraft('user', userPayload('created', made, sender, links), made, sender))
        return made
      })
      return reply.code(201).send(simpleUserJson(user, linksOf(request)))
    },
  )
}

type Named = { Params: { readonly username: string } }

const LOGIN_BODY = {
  type: 'object',
  required: ['login'],
  properties: { login: { type: 'string' } },
} as const

function userRoutes(app: FastifyInstance, context: ApiContext): void {
  const path = '/admin/users/:username'

  app.patch<Named & { Body: { readonly login: string } }>(
    path,
    route(`${PAGES}/users#update-the-username-for-a-user`, needsSiteAdmin, { body: LOGIN_BODY }),
    async (request, reply) => {
      const { login } = request.body
      refuse(loginFaults('User', login))
      const { id } = await commitOnSite(context, request, async ({ tx, nowMs }) => {
        const user = await getUser(tx, request.params.username)
        refuseGhost(user)
        return renameAccount(tx, user, login, nowMs)
      })
      return reply.code(202).send({
        message: 'Job queued to rename user. It may take a few minutes to complete.',
        url: `${linksOf(request).api}/user/${id}`,
      })
    },
  )

  app.delete<Named>(path, route(`${PAGES}/users#delete-a-user`, needsSiteAdmin), async (request, reply) => {
    const targets = await commitOnSite(context, request, async ({ tx, tell, sender, links, nowMs }) => {
      const user = await getUser(tx, request.params.username)
      refuseGhost(user)
      if (user.id === sender.id) throw new AppError('forbidden', 'You cannot delete your own account.')
      await refuseSoleOwner(tx, user)
      const gone = await deleteAccount(tx, user, nowMs)
      tell(siteDraft('user', userPayload('deleted', user, sender, links), user, sender))
      return gone
    })
    for (const target of targets) context.engine.hooksChanged(target)
    context.engine.installationsChanged('all')
    return reply.code(204).send()
  })
}

/** Of either kind: whether they administer the site, and whether they may do anything at all. */
function standingRoutes(app: FastifyInstance, context: ApiContext): void {
  const body = { type: 'object', properties: { reason: { type: ['string', 'null'] } } } as const
  const admin = '/users/:username/site_admin'
  const suspended = '/users/:username/suspended'
  type Change = (tx: Db, id: number, nowMs: number) => Promise<void>

  // GitHub's words for it are in its pages: any user account except your own.
  const change = (verb: string, make: Change) => async (request: FastifyRequest<Named>) => {
    const caller = requireCaller(request)
    await commitOnSite(context, request, async ({ tx, nowMs }) => {
      const user = await getUser(tx, request.params.username)
      if (user.id === caller.user.id && verb !== 'promote') {
        throw new AppError('forbidden', `You can ${verb} any user account except your own.`)
      }
      await make(tx, user.id, nowMs)
    })
  }

  for (const { method, url, page, schema, act } of [
    {
      method: 'PUT' as const,
      url: admin,
      page: 'promote-a-user-to-be-a-site-administrator',
      schema: {},
      act: change('promote', (tx, id, nowMs) => setSiteAdmin(tx, id, true, nowMs)),
    },
    {
      method: 'DELETE' as const,
      url: admin,
      page: 'demote-a-site-administrator',
      schema: {},
      act: change('demote', (tx, id, nowMs) => setSiteAdmin(tx, id, false, nowMs)),
    },
    {
      method: 'PUT' as const,
      url: suspended,
      page: 'suspend-a-user',
      schema: { body },
      act: change('suspend', (tx, id, nowMs) => setSuspended(tx, id, true, nowMs)),
    },
    {
      method: 'DELETE' as const,
      url: suspended,
      page: 'unsuspend-a-user',
      schema: { body },
      act: change('unsuspend', (tx, id, nowMs) => setSuspended(tx, id, false, nowMs)),
    },
  ]) {
    app.route<Named>({
      method,
      url,
      ...route(`${PAGES}/users#${page}`, needsSiteAdmin, schema),
      handler: async (request, reply) => {
        await act(request)
        return reply.code(204).send()
      },
    })
  }
}

type NewOrganization = {
  readonly login: string
  readonly admin: string
  readonly profile_name?: string | null
}

function organizationRoutes(app: FastifyInstance, context: ApiContext): void {
  app.post<{ Body: NewOrganization }>(
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
      const organization = await commitOnSite(context, request, async work => {
        const { tx, tell, sender, links, nowMs } = work
        const owner = await findAccount(tx, admin)
        if (owner?.type !== 'User') {
          throw validationFailed({ resource: 'Organization', code: 'invalid', field: 'admin' })
        }
        const made = await createAccount(tx, { type: 'Organization', login, name }, nowMs)
        await setMembership(tx, made.id, owner.id, 'admin', nowMs)
        const payload = organizationPayload({ action: 'created' }, { organization: made, sender }, links)
        tell(siteDraft('organization', payload, made, sender))
        return made
      })
      return reply.code(201).send(organizationJson(organization, linksOf(request)))
    },
  )

  app.patch<{ Params: { readonly org: string }; Body: { readonly login: string } }>(
    '/admin/organizations/:org',
    route(`${PAGES}/orgs#update-an-organization-name`, needsSiteAdmin, { body: LOGIN_BODY }),
    async (request, reply) => {
      const { login } = request.body
      refuse(loginFaults('Organization', login))
      const { id } = await commitOnSite(context, request, async ({ tx, tell, sender, links, nowMs }) => {
        const before = await findAccount(tx, request.params.org)
        if (before?.type !== 'Organization') throw notFound()
        if (before.login === login) return before
        const organization = await renameAccount(tx, before, login, nowMs)
        const scene = { organization, sender }
        const payload = organizationPayload({ action: 'renamed', was: before.login }, scene, links)
        tell(organizationDraft('organization', payload, scene))
        return organization
      })
      return reply.code(202).send({
        message: 'Job queued to rename organization. It may take a few minutes to complete.',
        url: `${linksOf(request).api}/organizations/${id}`,
      })
    },
  )
}

// What the deleted wrote is theirs.
function refuseGhost({ login }: Account): void {
  if (login !== GHOST_LOGIN) return
  throw new AppError('forbidden', 'This account stands for those who were deleted.')
}

async function refuseSoleOwner(tx: Db, user: Account): Promise<void> {
  const owned = await listSolelyOwned(tx, user.id)
  if (owned.length === 0) return
  throw new AppError(
    'forbidden',
    `Nobody else owns ${owned.join(', ')}. Give each another owner first, or delete it.`,
  )
}
