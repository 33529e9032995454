import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verify } from '@octokit/webhooks-methods'
import { Webhook } from 'standardwebhooks'
import { findHookById } from '../../store/hooks.ts'
import { organizationHooks, repositoryHooks, URL_OK } from '../test-hooks.ts'
import { eventually, startTestReceiver } from '../test-receiver.ts'
import type { TestServer } from '../test-server.ts'

const NOW_MS = Date.UTC(2026, 10, 24, 12)
const CLOCK = { nowMs: () => NOW_MS, random: () => 0.5 }
const MASKED = { secret: '********', previous_secret_until: null }

test('a rotation stores the new secret, keeps the old one for a day, and shows neither', async t => {
  const { create, get, post, server } = await repositoryHooks(t, { clock: CLOCK })
  const { id } = await create({ config: { url: URL_OK, secret: 'old' } })
  assert.deepEqual((await get(`/${id}/secret`)).json, MASKED)

  const { status, json, text } = await post(`/${id}/secret/rotations`, { secret: 'new' })
  const rotated = { secret: '********', previous_secret_until: '2026-11-25T12:00:00Z' }
  assert.deepEqual([status, json], [201, rotated])
  assert.deepEqual((await get(`/${id}/secret`)).json, rotated)
  assert.deepEqual(await secretsOf(server, id), ['new', 'old'])

  const shown = [text, (await get(`/${id}`)).text, (await get(`/${id}/config`)).text].join()
  assert.doesNotMatch(shown, /"(new|old)"/)
  assert.equal((await get(`/${id}/config`)).json.secret, '********')
  const row = await server.store.read.selectFrom('hooks').selectAll().executeTakeFirstOrThrow()
  assert.equal(Buffer.from(row.previous_secret ?? []).includes('old'), false)
})

test('a rotation of an organization’s hook has the overlap that was asked for', async t => {
  const { create, post, server } = await organizationHooks(t)
  const { id } = await create({ config: { url: URL_OK, secret: 'old' } })
  const body = { secret: 'new', overlap_seconds: 604_800 }
  assert.equal((await post(`/${id}/secret/rotations`, body)).status, 201)
  assert.deepEqual(await secretsOf(server, id), ['new', 'old'])
})

test('a rotation without an overlap, or of a hook without a secret, keeps nothing', async t => {
  const { create, get, post, server } = await repositoryHooks(t)
  const { id } = await create({ config: { url: URL_OK } })
  assert.deepEqual((await get(`/${id}/secret`)).json, { secret: null, previous_secret_until: null })
  assert.deepEqual((await post(`/${id}/secret/rotations`, { secret: 'first' })).json, MASKED)
  const body = { secret: 'second', overlap_seconds: 0 }
  assert.deepEqual((await post(`/${id}/secret/rotations`, body)).json, MASKED)
  assert.deepEqual(await secretsOf(server, id), ['second', undefined])
})

test('the old secret is not shown as known any more once its time is over', async t => {
  let nowMs = NOW_MS
  const { create, get, post } = await repositoryHooks(t, { clock: { ...CLOCK, nowMs: () => nowMs } })
  const { id } = await create({ config: { url: URL_OK, secret: 'old' } })
  await post(`/${id}/secret/rotations`, { secret: 'new', overlap_seconds: 60 })
  nowMs += 60_000
  assert.deepEqual((await get(`/${id}/secret`)).json, MASKED)
})

test('a rotation that cannot be is refused, and nothing is changed', async t => {
  const { create, post, server } = await repositoryHooks(t)
  const { id } = await create({ config: { url: URL_OK, secret: 'old' } })
  await post(`/${id}/secret/rotations`, { secret: 'new' })
  const cases: [body: object, item: object][] = [
    [{ secret: 'new' }, { code: 'already_exists', field: 'secret' }],
    [{ secret: '' }, custom('secret', 'secret must not be empty')],
    [
      { secret: '********' },
      custom('secret', 'secret must be the secret itself: "********" only stands for it in answers'),
    ],
    [{ secret: 'x'.repeat(1025) }, custom('secret', 'secret is too long (maximum is 1024 characters)')],
    [
      { secret: 'newer', overlap_seconds: 604_801 },
      custom('overlap_seconds', 'overlap_seconds must be from 0 to 604800'),
    ],
    [
      { secret: 'newer', overlap_seconds: -1 },
      custom('overlap_seconds', 'overlap_seconds must be from 0 to 604800'),
    ],
  ]
  for (const [body, item] of cases) {
    const { status, json } = await post(`/${id}/secret/rotations`, body)
    assert.deepEqual([status, json.errors], [422, [{ resource: 'Hook', ...item }]])
  }
  const nothing = await post(`/${id}/secret/rotations`, {})
  assert.deepEqual(
    [nothing.status, nothing.json.message],
    [422, 'Invalid request.\n\n"secret" wasn\'t supplied.'],
  )
  assert.deepEqual(await secretsOf(server, id), ['new', 'old'])
})

test('only a change of the secret itself ends an overlap', async t => {
  const { create, patch, post, server } = await repositoryHooks(t)
  const { id } = await create({ config: { url: URL_OK, secret: 'old' } })
  await post(`/${id}/secret/rotations`, { secret: 'new' })
  await patch(`/${id}`, { active: false })
  await patch(`/${id}`, { config: { url: URL_OK, secret: 'new' } })
  await patch(`/${id}/config`, { content_type: 'json' })
  await patch(`/${id}/policy`, { order: 'hook' })
  assert.deepEqual(await secretsOf(server, id), ['new', 'old'])

  await patch(`/${id}/config`, { secret: 'other' })
  assert.deepEqual(await secretsOf(server, id), ['other', undefined])
  await post(`/${id}/secret/rotations`, { secret: 'newest' })
  await patch(`/${id}`, { config: { url: URL_OK } })
  assert.deepEqual(await secretsOf(server, id), [undefined, undefined])
})

test('during an overlap GitHub’s verifier takes either secret, and Standard Webhooks’ either, too', async t => {
  const { create, get, patch, post } = await repositoryHooks(t)
  const receiver = await startTestReceiver(t)
  const { id } = await create({ config: { url: receiver.url, content_type: 'json', secret: 'old' } })
  await patch(`/${id}/policy`, { standard_webhooks: true })
  await post(`/${id}/secret/rotations`, { secret: 'new' })
  await post(`/${id}/pings`)

  const [, ping] = await receiver.arrived(2)
  const { headers, body } = ping!
  const signature = (name: string) => String(headers[name])
  assert.ok(await verify('new', body.toString(), signature('x-hub-signature-256')))
  assert.ok(await verify('old', body.toString(), signature('x-hookline-previous-signature-256')))
  for (const secret of ['new', 'old']) {
    const webhook = new Webhook(Buffer.from(secret).toString('base64'))
    assert.ok(webhook.verify(body, headers as Record<string, string>))
  }
  assert.equal(headers['webhook-id'], headers['x-github-delivery'])

  const deliveries = await eventually(
    async () => (await get(`/${id}/deliveries`)).json,
    list => list.length === 2,
  )
  const shown = (await get(`/${id}/deliveries/${deliveries[0].id}`)).json.request.headers
  assert.equal(shown['webhook-signature'], 'v1,******** v1,********')
  assert.equal(shown['X-Hookline-Previous-Signature-256'], 'sha256=********')
})

test('once an overlap is over, or without the choice, there is GitHub’s signature alone', async t => {
  let nowMs = Date.now()
  const { create, post } = await repositoryHooks(t, { clock: { ...CLOCK, nowMs: () => nowMs } })
  const receiver = await startTestReceiver(t)
  const { id } = await create({ config: { url: receiver.url, content_type: 'json', secret: 'old' } })
  await post(`/${id}/secret/rotations`, { secret: 'new', overlap_seconds: 60 })
  nowMs += 60_000
  await post(`/${id}/pings`)
  const [, ping] = await receiver.arrived(2)
  const names = Object.keys(ping!.headers).filter(name => /signature|^webhook-/.test(name))
  assert.deepEqual(names.sort(), ['x-hub-signature', 'x-hub-signature-256'])
})

test('a token that may only read sees that there is a secret, and rotates none', async t => {
  const { create, server, user } = await repositoryHooks(t)
  const { id } = await create({ config: { url: URL_OK, secret: 'old' } })
  const token = await server.addToken(user, ['read:repo_hook'])
  const path = `/repos/octocat/hello/hooks/${id}/secret`
  assert.equal((await server.request('GET', path, { token })).status, 200)
  const rotation = { token, body: { secret: 'new' } }
  assert.equal((await server.request('POST', `${path}/rotations`, rotation)).status, 404)
})

async function secretsOf({ store }: TestServer, id: number): Promise<(string | undefined)[]> {
  const hook = await findHookById(store.read, store.vault, id)
  return [hook?.config.secret?.reveal(), hook?.previousSecret?.secret.reveal()]
}

function custom(field: string, message: string) {
  return { code: 'custom', field, message }
}
