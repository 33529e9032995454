// What each way to change a hook makes of it: one line a case. A PATCH of the hook replaces its configuration as
// a whole, one of its `/config` merges; clients rely on the one and guard against the other.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { organizationHooks, repositoryHooks, URL_OK } from '../../../src/api/test-hooks.ts'

const OTHER = `${URL_OK}/other`
const FULL = { url: URL_OK, content_type: 'json', insecure_ssl: '1', secret: 'open sesame' }
const SHOWN = { content_type: 'json', insecure_ssl: '1', secret: '********', url: URL_OK }

type Hook = { readonly config: object; readonly events: readonly string[]; readonly active: boolean }

const BEFORE = { config: FULL, events: ['fork', 'push'], active: false }

/** What the change leaves, besides what was there. */
type Case = readonly [why: string, body: object, after: Partial<Hook>]

const CONFIG_CASES: readonly Case[] = [
  ['without config leaves it', { active: true }, { active: true }],
  ['without anything leaves everything', {}, {}],
  [
    'with config replaces it: the secret goes',
    { config: { url: URL_OK, content_type: 'json', insecure_ssl: '1' } },
    { config: { content_type: 'json', insecure_ssl: '1', url: URL_OK } },
  ],
  [
    'with config replaces it: content_type falls back to form',
    { config: { url: URL_OK, insecure_ssl: '1', secret: 'a' } },
    { config: { ...SHOWN, content_type: 'form' } },
  ],
  [
    'with config replaces it: insecure_ssl falls back to 0',
    { config: { url: URL_OK, content_type: 'json', secret: 'a' } },
    { config: { ...SHOWN, insecure_ssl: '0' } },
  ],
  [
    'with the URL alone',
    { config: { url: OTHER } },
    { config: { content_type: 'form', insecure_ssl: '0', url: OTHER } },
  ],
  [
    'with insecure_ssl as a number',
    { config: { ...FULL, insecure_ssl: 0 } },
    { config: { ...SHOWN, insecure_ssl: '0' } },
  ],
  [
    'with an empty secret',
    { config: { ...FULL, secret: '' } },
    { config: { content_type: 'json', insecure_ssl: '1', url: URL_OK } },
  ],
]

const EVENT_CASES: readonly Case[] = [
  ['replaces the events', { events: ['issues'] }, { events: ['issues'] }],
  [
    'keeps the order that was sent',
    { events: ['pull_request', 'issues'] },
    { events: ['pull_request', 'issues'] },
  ],
  ['takes the wildcard in place of names', { events: ['*'] }, { events: ['*'] }],
  ['takes the wildcard beside names', { events: ['push', '*'] }, { events: ['*'] }],
  ['names an event once', { events: ['push', 'push'] }, { events: ['push'] }],
]

const ADD_AND_REMOVE: readonly Case[] = [
  ['adds', { add_events: ['issues'] }, { events: ['fork', 'push', 'issues'] }],
  ['adds what is there already', { add_events: ['push'] }, {}],
  ['removes', { remove_events: ['fork'] }, { events: ['push'] }],
  ['removes what is not there', { remove_events: ['star'] }, {}],
  ['adds and removes', { add_events: ['star'], remove_events: ['fork'] }, { events: ['push', 'star'] }],
  ['removes what it adds', { add_events: ['star'], remove_events: ['star'] }, {}],
  [
    'replaces, then adds, then removes',
    { events: ['issues', 'star'], add_events: ['fork'], remove_events: ['star'] },
    { events: ['issues', 'fork'] },
  ],
  ['adds the wildcard', { add_events: ['*'] }, { events: ['*'] }],
]

for (const [kind, start] of [
  ['repository', repositoryHooks],
  ['organization', organizationHooks],
] as const) {
  suite(`PATCH of the hook of a ${kind}`, () => {
    const cases = [...CONFIG_CASES, ...EVENT_CASES, ...(kind === 'repository' ? ADD_AND_REMOVE : [])]
    test('one line a case', async t => {
      const { create, patch, get, request } = await start(t)
      for (const [why, body, after] of cases) {
        const hook = await create(BEFORE)
        const changed = await patch(`/${hook.id}`, body)
        assert.equal(changed.status, 200, `${why}: ${changed.text}`)
        const { config, events, active } = changed.json
        assert.deepEqual({ config, events, active }, { ...BEFORE, config: SHOWN, ...after }, why)
        assert.deepEqual((await get(`/${hook.id}`)).json, changed.json, why)
        assert.equal((await request('DELETE', `/${hook.id}`)).status, 204)
        assert.equal((await request('DELETE', `/${hook.id}`)).status, 404, 'a second time')
      }
    })
  })

  suite(`PATCH of the configuration of the hook of a ${kind}`, () => {
    test('merges: one line a case', async t => {
      const { create, patch, get } = await start(t)
      const merges: [why: string, body: object, after: object][] = [
        ['nothing', {}, SHOWN],
        ['the URL', { url: OTHER }, { ...SHOWN, url: OTHER }],
        ['the content type', { content_type: 'form' }, { ...SHOWN, content_type: 'form' }],
        ['insecure_ssl', { insecure_ssl: '0' }, { ...SHOWN, insecure_ssl: '0' }],
        ['insecure_ssl as a number', { insecure_ssl: 0 }, { ...SHOWN, insecure_ssl: '0' }],
        ['the secret', { secret: 'another' }, SHOWN],
        ['an empty secret', { secret: '' }, { content_type: 'json', insecure_ssl: '1', url: URL_OK }],
      ]
      for (const [index, [why, body, after]] of merges.entries()) {
        const own = { url: `${URL_OK}?${index}` }
        const hook = await create({ ...BEFORE, config: { ...FULL, ...own } })
        const expected = { ...after, url: 'url' in body ? OTHER : own.url }
        const changed = await patch(`/${hook.id}/config`, body)
        assert.deepEqual([changed.status, changed.json], [200, expected], why)
        // In GitHub's order, whatever was sent.
        const keys = ['content_type', 'insecure_ssl', 'secret', 'url'].filter(key => key in expected)
        assert.deepEqual(Object.keys(changed.json), keys, why)
        const { json } = await get(`/${hook.id}`)
        assert.deepEqual([json.config, json.events, json.active], [expected, BEFORE.events, false], why)
      }
    })
  })
}

test('an organization’s hook has no add_events and no remove_events', async t => {
  const { create, patch } = await organizationHooks(t)
  const { id } = await create(BEFORE)
  for (const body of [{ add_events: ['star'] }, { remove_events: ['push'] }]) {
    await patch(`/${id}`, body)
    assert.deepEqual((await patch(`/${id}`, {})).json.events, BEFORE.events)
  }
})
