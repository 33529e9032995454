// The items of `errors` by which GitHub refuses a hook: one line a case. Each is tried when a hook is made, and
// when one is changed.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { organizationHooks, repositoryHooks, URL_OK } from '../../../src/api/test-hooks.ts'
import { createGuard } from '../../../src/egress/address.ts'

// Never asked for an address: the hooks are inactive.
const PUBLIC = 'https://example.com/hook'

const custom = (message: string, field?: string) => ({
  resource: 'Hook',
  code: 'custom',
  ...(field && { field }),
  message,
})
const unreachable = (host: string) =>
  custom(`url is not supported because it isn't reachable over the public Internet (${host})`, 'url')
const notAllowed = (names: string) => custom(`These events are not allowed for this hook: ${names}`)

type Case = readonly [why: string, body: object, ...items: object[]]

const COMMON: readonly Case[] = [
  [
    'a name that is not web',
    { name: 'email', config: { url: PUBLIC } },
    { resource: 'Hook', code: 'invalid', field: 'name' },
  ],
  ['localhost', { config: { url: 'http://localhost:4567/payload' } }, unreachable('localhost')],
  ['a loopback address', { config: { url: 'http://127.0.0.1/' } }, unreachable('127.0.0.1')],
  ['another loopback address', { config: { url: 'https://127.8.8.8/' } }, unreachable('127.8.8.8')],
  ['loopback in IPv6', { config: { url: 'http://[::1]:8080/' } }, unreachable('::1')],
  ['a private address', { config: { url: 'http://10.0.0.1/' } }, unreachable('10.0.0.1')],
  ['a private address in decimal', { config: { url: 'http://2130706433/' } }, unreachable('127.0.0.1')],
  [
    'an unknown config key',
    { config: { url: PUBLIC, 'content-type': 'json' } },
    custom('Invalid config attribute: content-type'),
  ],
  [
    'events within config',
    { config: { url: PUBLIC, events: ['push'] } },
    custom('Invalid config attribute: events'),
  ],
  [
    'active within config',
    { config: { url: PUBLIC, active: true } },
    custom('Invalid config attribute: active'),
  ],
  [
    'an App’s event',
    { config: { url: PUBLIC }, events: ['workflow_dispatch'] },
    notAllowed('workflow_dispatch'),
  ],
  ['a name that is none', { config: { url: PUBLIC }, events: ['nothing'] }, notAllowed('nothing')],
  ...['download', 'follow', 'fork_apply', 'gist'].map(
    (name): Case => [`${name}, long removed`, { config: { url: PUBLIC }, events: [name] }, notAllowed(name)],
  ),
  [
    'several of them, in one item',
    { config: { url: PUBLIC }, events: ['gist', 'push', 'workflow_dispatch'] },
    notAllowed('gist, workflow_dispatch'),
  ],
  [
    'several faults in one answer',
    { name: 'email', config: { url: PUBLIC, x: '1' }, events: ['gist'] },
    { resource: 'Hook', code: 'invalid', field: 'name' },
    custom('Invalid config attribute: x'),
    notAllowed('gist'),
  ],
]

const OF_REPOSITORY: readonly Case[] = [
  ...COMMON,
  [
    'an organization’s event',
    { config: { url: PUBLIC }, events: ['team', 'membership'] },
    notAllowed('team, membership'),
  ],
]

const strict = { guard: createGuard({ allowNetworks: [], allowPrivateNetworks: false }) }

test('a repository’s hook is refused: one line a case', async t => {
  await assertRefused(
    await repositoryHooks(t, strict),
    OF_REPOSITORY,
    'repos/webhooks',
    'a-repository-webhook',
  )
})

test('an organization’s hook is refused: one line a case', async t => {
  await assertRefused(await organizationHooks(t, strict), COMMON, 'orgs/webhooks', 'an-organization-webhook')
})

type Calls = Awaited<ReturnType<typeof repositoryHooks>> | Awaited<ReturnType<typeof organizationHooks>>

async function assertRefused(
  { create, post, patch, get }: Calls,
  cases: readonly Case[],
  page: string,
  what: string,
) {
  const hook = await create({ config: { url: `${PUBLIC}/changed` }, active: false })
  for (const [why, body, ...items] of cases) {
    const byPost = await post('', { name: 'web', active: false, ...body })
    const byPatch = await patch(`/${hook.id}`, body)
    for (const [answer, verb] of [
      [byPost, 'create'],
      [byPatch, 'update'],
    ] as const) {
      const { message, errors, status, documentation_url: docs } = answer.json
      const sorted = (list: object[]) => list.map(item => JSON.stringify(item)).sort()
      assert.deepEqual([answer.status, message, status], [422, 'Validation Failed', '422'], `${verb}: ${why}`)
      assert.deepEqual(sorted(errors), sorted(items), `${verb}: ${why}`)
      assert.equal(docs, `https://docs.github.com/rest/${page}#${verb}-${what}`)
    }
  }
  assert.deepEqual((await get('')).json, [(await get(`/${hook.id}`)).json], 'nothing was made')
  assert.deepEqual((await get(`/${hook.id}`)).json.config.url, `${PUBLIC}/changed`)
}

test('a hook that is there already is refused, whatever else it asks for', async t => {
  for (const [calls, message] of [
    [await repositoryHooks(t), 'Hook already exists on this repository'],
    [await organizationHooks(t), 'Hook already exists on this organization'],
  ] as const) {
    await calls.create({ config: { url: URL_OK }, events: ['push', 'issues'] })
    const again = await calls.post('', { name: 'web', config: { url: URL_OK }, events: ['issues', 'star'] })
    assert.deepEqual([again.status, again.json.errors], [422, [custom(message)]])
    const others = await calls.create({ config: { url: URL_OK }, events: ['star'] })
    const widened = await calls.patch(`/${others.id}`, { events: ['star', 'push'] })
    assert.deepEqual([widened.status, widened.json.errors], [422, [custom(message)]])
  }
})

test('the twenty-first hook of an event is refused, with an item for each event that is full', async t => {
  for (const { create, post } of [await repositoryHooks(t), await organizationHooks(t)]) {
    for (let count = 0; count < 20; count++) {
      await create({ config: { url: `${URL_OK}/${count}` }, events: ['pull_request', 'push'], active: false })
    }
    const body = { name: 'web', config: { url: `${URL_OK}/20` }, active: false }
    const full = (name: string) => custom(`The "${name}" event cannot have more than 20 hooks`)
    const both = await post('', { ...body, events: ['pull_request', 'push', 'issues'] })
    assert.deepEqual([both.status, both.json.errors], [422, [full('pull_request'), full('push')]])
    assert.deepEqual((await post('', { ...body, events: ['push'] })).json.errors, [full('push')])
    assert.equal((await post('', { ...body, events: ['issues'] })).status, 201)
  }
})
