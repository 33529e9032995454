// What the tutorial's reader would do by hand, done through the public API: a user with a token, a
// repository, and a webhook on its issues. What is there from an earlier start is left as it is.
import { SCOPES } from '../../account.ts'
import { Secret } from '../../secret.ts'
import { ApiClient } from '../api-client.ts'
import { type Notes, writeNotes } from './notes.ts'

const LOGIN = 'octocat'
export const REPOSITORY = `${LOGIN}/hello-world`

// All that a user may do, as signing in on the pages asks for.
const SCOPES_OF_USER = SCOPES.filter(scope => scope !== 'site_admin')

const MADE = 201

export type Places = {
  /** The server's address. */
  readonly server: string
  readonly folder: string
}

export type SetUp = {
  readonly api: ApiClient
  readonly token: string
  /** Once it is known where deliveries shall go, by which tunnel. Gives the webhook's id. */
  hook(payloadUrl: string, tunnelName: string): Promise<number>
}

export async function setUp(
  notes: Notes,
  adminToken: string,
  { server, folder }: Places,
  signal: AbortSignal,
): Promise<SetUp> {
  const token = await ensureUser(notes, clientOf(server, adminToken, signal), server, signal)
  const api = clientOf(server, token, signal)
  await ensureRepository(api)
  return {
    api,
    token,
    async hook(payloadUrl, tunnelName) {
      const hookId = await ensureHook(notes, api, payloadUrl)
      writeNotes(folder, { ...notes, token, hookId, tunnelName })
      return hookId
    },
  }
}

async function ensureUser(
  notes: Notes,
  admin: ApiClient,
  server: string,
  signal: AbortSignal,
): Promise<string> {
  if (notes.token !== null) {
    const known = await clientOf(server, notes.token, signal).expect([200, 401], 'GET', '/user')
    if (known.status === 200) return notes.token
  }
  const { status } = await admin.expect([200, 404], 'GET', `/users/${LOGIN}`)
  const user = { login: LOGIN, email: `${LOGIN}@example.com` }
  if (status === 404) await admin.expect([MADE], 'POST', '/admin/users', user)
  const { body } = await admin.expect([MADE], 'POST', `/admin/users/${LOGIN}/authorizations`, {
    scopes: SCOPES_OF_USER,
    note: 'tutorial',
  })
  return (body as { token: string }).token
}

async function ensureRepository(api: ApiClient): Promise<void> {
  const { status } = await api.expect([200, 404], 'GET', `/repos/${REPOSITORY}`)
  if (status === 200) return
  const [, name] = REPOSITORY.split('/')
  await api.expect([MADE], 'POST', '/user/repos', { name, description: 'My first repository on Hookline!' })
}

type HookJson = { readonly id: number; readonly config: { readonly url?: string } }

/** The server may be at another port than last time; the notes may not have got as far as the webhook. */
async function ensureHook({ hookId, secret }: Notes, api: ApiClient, url: string): Promise<number> {
  const path = `/repos/${REPOSITORY}/hooks`
  const { body } = await api.expect([200], 'GET', `${path}?per_page=100`)
  const hooks = body as HookJson[]
  const known = hooks.find(({ id }) => id === hookId) ?? hooks.find(({ config }) => config.url === url)
  if (known) {
    await api.expect([200], 'PATCH', `${path}/${known.id}/config`, { url, secret })
    return known.id
  }
  const config = { url, content_type: 'json', secret }
  const made = await api.expect([MADE], 'POST', path, { name: 'web', events: ['issues'], config })
  return (made.body as HookJson).id
}

function clientOf(server: string, token: string, signal: AbortSignal): ApiClient {
  return new ApiClient({ server, token: new Secret(token) }, signal)
}
