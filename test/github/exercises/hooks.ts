// Webhooks of a repository and of an organization, and their deliveries: real ones, to a receiver that
// answers in every way there is.
import assert from 'node:assert/strict'
import { eventually } from '../../../src/api/test-receiver.ts'
import type { Conformity } from '../conformity.ts'

type Family = { readonly kind: string; readonly path: string; readonly events: readonly string[] }

const REPOSITORY: Family = {
  kind: 'repository',
  path: '/repos/{owner}/{repo}/hooks',
  events: ['push', 'issues'],
}
const ORGANIZATION: Family = {
  kind: 'organization',
  path: '/orgs/{org}/hooks',
  events: ['push', 'organization'],
}

/** The Enterprise Server's, described without their configuration and without a log. */
const SITE = '/admin/hooks'

export async function exerciseHooks(it: Conformity): Promise<void> {
  await changeSiteHooks(it)
  for (const family of [REPOSITORY, ORGANIZATION]) {
    await changeHooks(it, family)
    await refuseHooks(it, family)
    await deliver(it, family)
  }
}

async function changeSiteHooks(it: Conformity): Promise<void> {
  const config = { url: `${it.receiver.url}/site`, content_type: 'json', secret: 'open sesame' }
  const { json: hook } = await it.call(`POST ${SITE}`, 201, {
    body: { name: 'web', config, events: ['user'] },
  })
  it.use({ hook_id: hook.id })
  await it.call(`GET ${SITE}`, 200)
  await it.call(`GET ${SITE}/{hook_id}`, 200)
  await it.call(`PATCH ${SITE}/{hook_id}`, 200, { body: { events: ['*'], active: true } })
  await it.call(`POST ${SITE}/{hook_id}/pings`, 204)
  await it.call(`POST ${SITE}`, 422, { body: { name: 'web', config: {} } })
  await it.call(`GET ${SITE}`, 404, { token: it.tokens.stranger })
  const other = await it.call(`POST ${SITE}`, 201, {
    body: { name: 'web', config: { url: `${it.receiver.url}/other` }, events: ['organization'] },
  })
  await it.call(`DELETE ${SITE}/{hook_id}`, 204, { params: { hook_id: other.json.id } })
}

async function changeHooks(it: Conformity, { kind, path, events }: Family): Promise<void> {
  const url = `${it.receiver.url}/${kind}`
  const config = { url, content_type: 'json', secret: "It's a Secret to Everybody" }
  const { json: hook } = await it.call(`POST ${path}`, 201, { body: { name: 'web', config, events } })
  it.use({ hook_id: hook.id })
  const one = `${path}/{hook_id}`
  await it.call(`GET ${path}`, 200)
  await it.call(`GET ${one}`, 200)
  await it.call(`PATCH ${one}`, 200, { body: { active: true } })
  await it.call(`PATCH ${one}`, 200, { body: { events: ['*'], config: { ...config, insecure_ssl: '1' } } })
  await it.call(`PATCH ${one}`, 200, { body: { events, config } })
  await it.call(`GET ${one}/config`, 200)
  await it.call(`PATCH ${one}/config`, 200, { body: { content_type: 'form' } })
  await it.call(`POST ${one}/pings`, 204)
  if (kind === 'repository') await it.call(`POST ${one}/tests`, 204)

  const other = await it.call(`POST ${path}`, 201, {
    body: { name: 'web', config: { url: `${url}/other` }, active: false },
  })
  await it.call(`GET ${path}`, 200, { query: '?per_page=1&page=2' })
  const gone = { params: { hook_id: other.json.id } }
  await it.call(`DELETE ${one}`, 204, gone)
  await it.call(`DELETE ${one}`, 404, gone)
}

// One line a refusal, in both forms that GitHub has for it.
async function refuseHooks(it: Conformity, { kind, path, events }: Family): Promise<void> {
  const url = `${it.receiver.url}/${kind}`
  const refused: readonly unknown[] = [
    { name: 'web', config: { url }, events },
    { name: 'web', config: { url: 'not an address' } },
    { name: 'web', config: { url: 'http://10.0.0.1/hook' } },
    { name: 'web', config: { url, 'content-type': 'json' } },
    { name: 'web', config: {} },
    { name: 'email', config: { url } },
    { name: 'web', config: { url }, events: ['no_such_event'] },
    { name: 'web', config: { url }, events: 'push' },
    { name: 'web', config: { url }, active: 'yes' },
    { name: 'web', config: { url }, created_at: '2026-01-01' },
    { name: 'web', config: 'https://example.com' },
    [],
  ]
  for (const body of refused) {
    await it.call(`POST ${path}`, Array.isArray(body) ? 400 : 422, { body })
  }
  await it.call(`POST ${path}`, 400, { body: '{' })
  await it.call(`PATCH ${path}/{hook_id}`, 422, { body: { events: ['no_such_event'] } })
  await it.call(`PATCH ${path}/{hook_id}`, 422, { body: { config: { url: '' } } })
  await it.call(`PATCH ${path}/{hook_id}/config`, 422, { body: { content_type: 'xml' } })
  for (const token of [it.tokens.bare, it.tokens.stranger]) {
    await it.call(`GET ${path}`, 404, { token })
    await it.call(`POST ${path}`, 404, { token, body: { name: 'web', config: { url } } })
  }
}

async function deliver(it: Conformity, { kind, path }: Family): Promise<void> {
  const one = `${path}/{hook_id}`
  const listed = async (count: number) =>
    eventually(
      async () => (await it.call(`GET ${one}/deliveries`, 200)).json,
      list => list.length >= count,
    )
  // In form mode so far, and pinged twice: when it was made and by hand.
  let count = (await listed(2)).length
  await it.call(`PATCH ${one}`, 200, { body: { config: { url: `${it.receiver.url}/${kind}` } } })
  for (const [status, text] of [
    [204, ''],
    [302, 'elsewhere'],
    [404, 'no'],
    [500, '<b>oops</b>'],
  ] as const) {
    it.receiver.answer(status, text)
    await it.call(`POST ${one}/pings`, 204)
    count = (await listed(count + 1)).length
  }
  // Nobody listens there.
  await it.call(`PATCH ${one}`, 200, { body: { config: { url: 'http://receiver.localhost:9/' } } })
  await it.call(`POST ${one}/pings`, 204)
  const deliveries = await listed(count + 1)
  it.receiver.answer(200, 'ok')
  await it.call(`PATCH ${one}`, 200, { body: { config: { url: `${it.receiver.url}/${kind}` } } })

  it.use({ delivery_id: deliveries.at(-1).id })
  for (const { id } of deliveries) {
    await it.call(`GET ${one}/deliveries/{delivery_id}`, 200, { params: { delivery_id: id } })
  }
  await it.call(`POST ${one}/deliveries/{delivery_id}/attempts`, 202)
  assert.ok((await listed(count + 2)).some(({ redelivery }: { redelivery: boolean }) => redelivery))

  for (const query of ['?status=success', '?status=failure', '?per_page=1']) {
    await it.call(`GET ${one}/deliveries`, 200, { query })
  }
  const { headers } = await it.call(`GET ${one}/deliveries`, 200, { query: '?per_page=2' })
  const [, cursor] = /cursor=(v1_\d+)/.exec(headers.get('link') ?? '') ?? []
  await it.call(`GET ${one}/deliveries`, 200, { query: `?per_page=2&cursor=${cursor}` })
  for (const query of ['?status=king', '?cursor=here']) await it.call(`GET ${one}/deliveries`, 422, { query })
  for (const name of ['GET {}', 'GET {}/{delivery_id}', 'POST {}/{delivery_id}/attempts']) {
    // What GitHub refuses with 400 here is not told; an API version that is not spoken is, everywhere.
    const headers = { 'x-github-api-version': '1999-12-31' }
    await it.call(name.replace('{}', `${one}/deliveries`), 400, { headers })
  }
}
