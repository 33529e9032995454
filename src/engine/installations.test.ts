// What reaches an App's hook, and that each attempt of it is for the same installation, wherever the
// delivery comes from.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verify } from '@octokit/webhooks-methods'
import type { Hook } from '../hook.ts'
import { createAccount } from '../store/accounts.ts'
import { changeInstallation, createInstallation } from '../store/installations.ts'
import { createIntegration } from '../store/integrations.ts'
import {
  ACCOUNT_ID,
  issueOpened,
  startReceiver,
  startTestEngine,
  type TestEngine,
  until,
} from './test-engine.ts'

test('a retry is for the same installation, and of the same bytes', async t => {
  const it = await startTestEngine(t)
  let answers = 0
  const receiver = await startReceiver(t, (_, response) =>
    response.writeHead(++answers < 2 ? 500 : 200).end(),
  )
  const [first] = await installApps(it, ['first'])
  assert.ok(first)
  await it.hook(receiver.url, { target: { kind: 'app', id: first.integrationId } })
  const [accepted] = await it.engine.publish([issueOpened()])
  assert.equal(accepted?.deliveries, 1)
  await until(async () => (await attemptsOf(it)).length === 1)
  it.clock.ms += 10_000
  const [one, two] = await receiver.got(2)
  assert.equal(
    String(one?.body),
    `{"action":"opened","installation":{"id":${first.id},"node_id":"${nodeIdOf(first.id)}"}}`,
  )
  assert.deepEqual(two?.body, one?.body)
  assert.ok(await verify('s3cret', String(two?.body), String(two?.headers['x-hub-signature-256'])))
  await until(async () => (await attemptsOf(it)).length === 2)
  assert.deepEqual(await attemptsOf(it), [first.id, first.id])
})

test('each App hears of its own installation, in the form that it asked for', async t => {
  const it = await startTestEngine(t)
  const receivers = [await startReceiver(t), await startReceiver(t)] as const
  const [first, second] = await installApps(it, ['first', 'second'])
  assert.ok(first && second)
  await it.hook(receivers[0].url, { target: { kind: 'app', id: first.integrationId } })
  await it.hook(receivers[1].url, {
    target: { kind: 'app', id: second.integrationId },
    config: { contentType: 'form' },
  })
  const [accepted] = await it.engine.publish([issueOpened()])
  assert.equal(accepted?.deliveries, 2)
  const [json] = await receivers[0].got(1)
  const [form] = await receivers[1].got(1)
  assert.equal(JSON.parse(String(json?.body)).installation.id, first.id)
  const payload = new URLSearchParams(String(form?.body)).get('payload')
  assert.equal(JSON.parse(String(payload)).installation.id, second.id)
  assert.ok(await verify('s3cret', String(form?.body), String(form?.headers['x-hub-signature-256'])))
})

test('an App hears of no other account, of nothing while it is suspended, and of what is its own alone', async t => {
  const it = await startTestEngine(t)
  const { engine, store } = it
  const receiver = await startReceiver(t)
  const [first, second] = await installApps(it, ['first', 'second'])
  assert.ok(first && second)
  const hooks: Hook[] = []
  for (const { integrationId } of [first, second]) {
    hooks.push(await it.hook(receiver.url, { target: { kind: 'app', id: integrationId }, events: ['*'] }))
  }
  await it.hook(receiver.url, { target: { kind: 'site', id: 1 }, events: ['*'] })
  await store.write(tx => changeInstallation(tx, second.id, { suspended: { by: null } }, it.clock.ms))
  engine.installationsChanged(ACCOUNT_ID)
  const count = async (change: object) => (await engine.publish([issueOpened(change)]))[0]?.deliveries
  // The site hears of each but the last.
  assert.equal(await count({}), 2)
  assert.equal(await count({ accountId: 99 }), 1)
  assert.equal(await count({ repositoryId: null }), 1)
  assert.equal(await count({ repositoryId: null, organizationId: ACCOUNT_ID }), 2)
  assert.equal(await count({ onlyInstallation: { id: 5, integrationId: second.integrationId } }), 1)
  await it.change({ ...(hooks[1] as Hook), active: false })
  assert.equal(await count({ onlyInstallation: { id: 5, integrationId: second.integrationId } }), 0)
  const skips = await store.read.selectFrom('skips').select('reason').execute()
  assert.deepEqual(skips, [{ reason: 'inactive' }])
})

async function installApps({ store, clock }: TestEngine, slugs: readonly string[]) {
  return store.write(async tx => {
    const owner = await createAccount(tx, { type: 'User', login: 'octocat' }, clock.ms)
    assert.equal(owner.id, ACCOUNT_ID)
    const installations = []
    for (const slug of slugs) {
      const { id } = await createIntegration(
        tx,
        {
          slug,
          name: slug,
          clientId: slug,
          description: null,
          externalUrl: 'https://app.example',
          owner,
          permissions: {},
          events: [],
        },
        clock.ms,
      )
      const draft = { integrationId: id, account: owner, repositoryIds: null, permissions: {} }
      installations.push(await createInstallation(tx, draft, clock.ms))
    }
    return installations
  })
}

async function attemptsOf({ store }: TestEngine): Promise<(number | null)[]> {
  const rows = await store.read.selectFrom('attempts').select('installation_id').execute()
  return rows.map(row => row.installation_id)
}

function nodeIdOf(id: number): string {
  return Buffer.from(`023:IntegrationInstallation${id}`).toString('base64')
}
