// What Hookline has besides GitHub's operations, told for the document of the API: a line about each, and the
// shape of its answer. One route under several paths is told once: `{hook}` is a webhook of whatever has some,
// `{target}` what has it, or an account.
import { listOf, object, ref, type Schema, text } from './own-schemas.ts'

/** The two of GitHub's are for what is among its operations. */
export type OwnTag =
  | 'webhook policies'
  | 'undelivered'
  | 'events'
  | 'event types'
  | 'app registration'
  | 'tokens'
  | 'tunnels'
  | 'site'
  | 'server'
  | 'issues'
  | 'orgs'

export type OwnOperation = {
  /** Its `operationId`, before `-for-…` with what it is about. */
  readonly name: string
  readonly summary: string
  readonly tag: OwnTag
  /** By status; null where there is no body. */
  readonly answers: Readonly<Record<number, Schema | null>>
  /** A list in numbered pages, or one that goes on from a cursor. */
  readonly pages?: 'numbered' | 'by cursor'
  /** Of a body that the route reads as bytes. */
  readonly body?: Schema
  /** Needs no token. */
  readonly isOpen?: true
  readonly type?: 'text/plain' | 'text/event-stream'
}

type Rest = Omit<OwnOperation, 'name' | 'summary' | 'tag' | 'answers'>

export const OWN_TAGS: Readonly<Record<Exclude<OwnTag, 'issues' | 'orgs'>, string>> = {
  'webhook policies': 'How a webhook wants to be delivered to: policy, filters, the rotation of its secret.',
  undelivered: 'What a webhook did not get and why; releases, recoveries and health.',
  events: 'Publishing, for a forge, a CI or an internal platform.',
  'event types': 'GitHub’s events by name, and a team’s own.',
  'app registration': 'GitHub Apps: registering and installing them, which GitHub leaves to its pages.',
  tokens: 'One’s own access tokens, and passwords for the sign-in page.',
  tunnels: 'The names of one’s tunnels. A tunnel is opened by `hookline http`.',
  site: 'Everybody, for the administrator of the whole site.',
  server: 'For operators, and this document.',
}

const PUBLICATION = ref('hookline-publication')
const ACCEPTED = ref('hookline-accepted')

const HOOK_OPERATIONS: Readonly<Record<string, OwnOperation>> = {
  'GET {hook}/policy': ok('get-policy', 'Get the policy of a webhook', 'webhook policies', 'hookline-policy'),
  'PATCH {hook}/policy': ok(
    'update-policy',
    'Change the policy of a webhook',
    'webhook policies',
    'hookline-policy',
  ),
  'GET {hook}/secret': ok(
    'get-secret',
    'See whether a webhook has a secret, and until when the one before signs',
    'webhook policies',
    'hookline-secret',
  ),
  'POST {hook}/secret/rotations': made(
    'rotate-secret',
    'Rotate the secret of a webhook',
    'webhook policies',
    'hookline-secret',
  ),
  'GET {hook}/filters': ok(
    'get-filters',
    'Get the filters of a webhook',
    'webhook policies',
    'hookline-filters',
  ),
  'PUT {hook}/filters': ok(
    'set-filters',
    'Replace the filters of a webhook',
    'webhook policies',
    'hookline-filters',
  ),
  'DELETE {hook}/filters': gone('delete-filters', 'Remove the filters of a webhook', 'webhook policies'),
  'POST {hook}/filters/tries': ok(
    'try-filters',
    'Try filters on the latest events',
    'webhook policies',
    'hookline-filter-tries',
  ),
  'GET {hook}/undelivered': list(
    'list-undelivered',
    'List what a webhook did not get',
    'undelivered',
    'hookline-undelivered',
    'by cursor',
  ),
  'POST {hook}/releases': operation('release', 'Let go of all that is held for a webhook', 'undelivered', {
    202: ref('hookline-release'),
  }),
  'POST {hook}/undelivered/:event/attempts': operation(
    'send-undelivered',
    'Send one event to a webhook that did not get it',
    'undelivered',
    { 202: object({}) },
  ),
  'GET {hook}/explanations/:event': ok(
    'explain-delivery',
    'Explain what became of an event for a webhook',
    'undelivered',
    'hookline-explanation',
  ),
  'GET {hook}/health': ok('get-health', 'Get the health of a webhook', 'undelivered', 'hookline-health'),
  'GET {hook}/health/series': ok(
    'get-health-series',
    'Get the health of a webhook over time',
    'undelivered',
    'hookline-health-series',
  ),
  'GET {hook}': ok('get-webhook', 'Get the webhook', 'app registration', 'hookline-app-hook'),
  'PATCH {hook}': ok('update-webhook', 'Update the webhook', 'app registration', 'hookline-app-hook'),
  'POST {hook}/pings': gone('ping-webhook', 'Ping the webhook', 'app registration'),
  'GET {hook}/config': ok(
    'get-webhook-config',
    'Get the configuration of a webhook',
    'webhook policies',
    'webhook-config',
  ),
  'PATCH {hook}/config': ok(
    'update-webhook-config',
    'Update the configuration of a webhook',
    'webhook policies',
    'webhook-config',
  ),
  'GET {hook}/deliveries': list(
    'list-deliveries',
    'List the deliveries of a webhook',
    'undelivered',
    'hook-delivery-item',
    'by cursor',
  ),
  'GET {hook}/deliveries/stream': operation(
    'stream-deliveries',
    'Follow the deliveries of a webhook, as server-sent events',
    'undelivered',
    { 200: text },
    { type: 'text/event-stream' },
  ),
  'GET {hook}/deliveries/:delivery_id': ok(
    'get-delivery',
    'Get a delivery of a webhook',
    'undelivered',
    'hook-delivery',
  ),
  'POST {hook}/deliveries/:delivery_id/attempts': operation(
    'redeliver-delivery',
    'Redeliver a delivery of a webhook',
    'undelivered',
    { 202: { type: 'object' } },
  ),
  'POST {hook}/test': gone(
    'test-webhook-by-test-url',
    'Test the push webhook, by the address that `test_url` names',
    'webhook policies',
  ),
}

const TARGET_OPERATIONS: Readonly<Record<string, OwnOperation>> = {
  'GET {target}/events/:event/deliveries': list(
    'list-event-standings',
    'List what became of an event for each webhook',
    'undelivered',
    'hookline-standing',
  ),
  'GET {target}/recoveries': list('list-recoveries', 'List recoveries', 'undelivered', 'hookline-recovery'),
  'POST {target}/recoveries': operation(
    'create-recovery',
    'Redeliver in bulk, or count what would be redelivered',
    'undelivered',
    { 200: ref('hookline-recovery-count'), 201: ref('hookline-recovery-with-hooks') },
  ),
  'GET {target}/recoveries/:recovery_id': ok(
    'get-recovery',
    'Get a recovery',
    'undelivered',
    'hookline-recovery-with-hooks',
  ),
  'PATCH {target}/recoveries/:recovery_id': ok(
    'update-recovery',
    'Pause, go on with, or cancel a recovery',
    'undelivered',
    'hookline-recovery-with-hooks',
  ),
  'POST {target}/events': operation(
    'publish',
    'Publish events',
    'events',
    { 202: { oneOf: [ACCEPTED, listOf(ACCEPTED)] } },
    { body: { oneOf: [PUBLICATION, { ...listOf(PUBLICATION), maxItems: 1000 }] } },
  ),
  'GET {target}/event-types': list(
    'list-event-types',
    'List the account’s own event types',
    'event types',
    'hookline-event-type',
  ),
  'GET {target}/event-types/:name': ok(
    'get-event-type',
    'Get an event type of the account’s own',
    'event types',
    'hookline-event-type',
  ),
  'PUT {target}/event-types/:name': operation(
    'set-event-type',
    'Register an event type, or replace it',
    'event types',
    { 200: ref('hookline-event-type'), 201: ref('hookline-event-type') },
  ),
  'DELETE {target}/event-types/:name': gone('delete-event-type', 'Delete an event type', 'event types'),
  'GET {target}/apps': list('list-apps', 'List the Apps of the account', 'app registration', 'integration'),
  'POST {target}/apps': made('create-app', 'Register an App', 'app registration', 'hookline-new-app'),
  'GET {target}/apps/:app_slug': ok(
    'get-app',
    'Get an App of the account',
    'app registration',
    'integration',
  ),
  'PATCH {target}/apps/:app_slug': ok('update-app', 'Update an App', 'app registration', 'integration'),
  'DELETE {target}/apps/:app_slug': gone('delete-app', 'Delete an App', 'app registration'),
  'GET {target}/apps/:app_slug/keys': operation(
    'list-app-keys',
    'List the keys of an App',
    'app registration',
    {
      200: listOf(ref('hookline-key')),
    },
  ),
  'POST {target}/apps/:app_slug/keys': made(
    'create-app-key',
    'Make a key for an App',
    'app registration',
    'hookline-new-key',
  ),
  'DELETE {target}/apps/:app_slug/keys/:key_id': gone(
    'delete-app-key',
    'Delete a key of an App',
    'app registration',
  ),
  'POST {target}/installations': made(
    'install-app',
    'Install an App on the account',
    'app registration',
    'installation',
  ),
}

const OTHER_OPERATIONS: Readonly<Record<string, OwnOperation>> = {
  'DELETE /user/installations/:installation_id': gone(
    'delete-installation',
    'Remove an installation from an account that one administers',
    'app registration',
  ),
  'PUT /user/installations/:installation_id/suspended': gone(
    'suspend-installation',
    'Suspend an installation',
    'app registration',
  ),
  'DELETE /user/installations/:installation_id/suspended': gone(
    'unsuspend-installation',
    'Let a suspended installation go on',
    'app registration',
  ),
  'PUT /user/installations/:installation_id/permissions': ok(
    'accept-permissions',
    'Grant an installation what its App asks for by now',
    'app registration',
    'installation',
  ),
  'DELETE /repos/:owner/:repo/issues/:number': gone('delete-issue', 'Delete an issue', 'issues'),
  'GET /organizations/:organization_id': ok(
    'get-organization-by-id',
    'Get an organization by its id',
    'orgs',
    'organization-full',
  ),
  'GET /user/tunnels': operation('list-tunnels', 'List the names of one’s tunnels', 'tunnels', {
    200: listOf(ref('hookline-tunnel')),
  }),
  'DELETE /user/tunnels/:name': gone('release-tunnel', 'Give back the name of a tunnel', 'tunnels'),
  'GET /user/tokens': list('list-tokens', 'List one’s own tokens', 'tokens', 'hookline-token'),
  'POST /user/tokens': made('create-token', 'Make a token', 'tokens', 'hookline-token'),
  'DELETE /user/tokens/:token_id': gone('delete-token', 'Delete a token of one’s own', 'tokens'),
  'GET /user/password': ok('get-password', 'See whether one has a password', 'tokens', 'hookline-password'),
  'PUT /user/password': gone('set-password', 'Set one’s own password', 'tokens'),
  'GET /admin/users': list('list-users', 'List or search all users', 'site', 'hookline-listed-user'),
  'GET /admin/organizations': list(
    'list-organizations',
    'List or search all organizations',
    'site',
    'hookline-listed-organization',
  ),
  'PUT /admin/users/:username/password': gone('set-user-password', 'Set a user’s password', 'site'),
  'DELETE /admin/users/:username/password': gone(
    'delete-user-password',
    'Take a user’s password away',
    'site',
  ),
  'DELETE /user/sessions': gone('delete-sessions', 'Sign out everywhere', 'tokens'),
  'DELETE /user/sessions/current': gone('delete-session', 'Sign out', 'tokens'),
  'GET /webhook-events': operation(
    'list-webhook-events',
    'List GitHub’s events',
    'event types',
    { 200: listOf(ref('hookline-webhook-event')) },
    { isOpen: true },
  ),
  'GET /webhook-events/:name': operation(
    'get-webhook-event',
    'Get an event of GitHub’s by its name',
    'event types',
    { 200: ref('hookline-webhook-event') },
    { isOpen: true },
  ),
  'GET /openapi.json': operation(
    'get-openapi-document',
    'This document',
    'server',
    { 200: { type: 'object' } },
    { isOpen: true },
  ),
  'GET /healthz': plain('get-alive', 'Whether the server is alive', { 200: text }),
  'GET /readyz': plain('get-ready', 'Whether the store answers', { 200: text, 503: text }),
  'GET /metrics': plain('get-metrics', 'Numbers for Prometheus', { 200: text }),
}

export const OWN_OPERATIONS: Readonly<Record<string, OwnOperation>> = {
  ...HOOK_OPERATIONS,
  ...TARGET_OPERATIONS,
  ...OTHER_OPERATIONS,
}

export type FoundOperation = {
  readonly key: string
  readonly operation: OwnOperation
  /** What it is about, where several paths are one operation. */
  readonly about: string | null
}

/** Undefined for GitHub's operations, and for what nobody has told of. */
export function findOwnOperation(method: string, path: string): FoundOperation | undefined {
  for (const { about, pattern, word } of PLACES) {
    const key = `${method} ${path.replace(pattern, word)}`
    const operation = OWN_OPERATIONS[key]
    if (operation && pattern.test(path)) return { key, operation, about }
  }
  const key = `${method} ${path}`
  const operation = OWN_OPERATIONS[key]
  return operation && { key, operation, about: null }
}

const PLACES = [
  { about: 'repository', word: '{hook}', pattern: /^\/repos\/:owner\/:repo\/hooks\/:hook_id(?=\/|$)/ },
  { about: 'organization', word: '{hook}', pattern: /^\/orgs\/:org\/hooks\/:hook_id(?=\/|$)/ },
  { about: 'site', word: '{hook}', pattern: /^\/admin\/hooks\/:hook_id(?=\/|$)/ },
  { about: 'app', word: '{hook}', pattern: /^\/app\/hook(?=\/|$)/ },
  { about: 'own-app', word: '{hook}', pattern: /^\/user\/apps\/:app_slug\/hook(?=\/|$)/ },
  { about: 'organization-app', word: '{hook}', pattern: /^\/orgs\/:org\/apps\/:app_slug\/hook(?=\/|$)/ },
  { about: 'own-app', word: '{target}', pattern: /^\/user\/apps\/:app_slug(?=\/)/ },
  { about: 'organization-app', word: '{target}', pattern: /^\/orgs\/:org\/apps\/:app_slug(?=\/)/ },
  { about: 'repository', word: '{target}', pattern: /^\/repos\/:owner\/:repo(?=\/)/ },
  { about: 'organization', word: '{target}', pattern: /^\/orgs\/:org(?=\/)/ },
  { about: 'site', word: '{target}', pattern: /^\/admin(?=\/)/ },
  { about: 'app', word: '{target}', pattern: /^\/app(?=\/)/ },
  { about: 'user', word: '{target}', pattern: /^\/user(?=\/)/ },
] as const

function operation(
  name: string,
  summary: string,
  tag: OwnTag,
  answers: OwnOperation['answers'],
  rest: Rest = {},
): OwnOperation {
  return { name, summary, tag, answers, ...rest }
}

function ok(name: string, summary: string, tag: OwnTag, schema: string): OwnOperation {
  return operation(name, summary, tag, { 200: ref(schema) })
}

function made(name: string, summary: string, tag: OwnTag, schema: string): OwnOperation {
  return operation(name, summary, tag, { 201: ref(schema) })
}

function gone(name: string, summary: string, tag: OwnTag): OwnOperation {
  return operation(name, summary, tag, { 204: null })
}

function list(
  name: string,
  summary: string,
  tag: OwnTag,
  schema: string,
  pages: 'numbered' | 'by cursor' = 'numbered',
): OwnOperation {
  return operation(name, summary, tag, { 200: listOf(ref(schema)) }, { pages })
}

function plain(name: string, summary: string, answers: OwnOperation['answers']): OwnOperation {
  return operation(name, summary, 'server', answers, { isOpen: true, type: 'text/plain' })
}
