import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DEFAULT_POLICY } from '../policy.ts'
import { issueOpened, startReceiver, startTestEngine, until } from './test-engine.ts'

test('retries by the hook’s own schedule, or not at all', async t => {
  const { engine, store, hook } = await startTestEngine(t)
  const receiver = await startReceiver(t, (_, response) => response.writeHead(500).end())
  await hook(receiver.url, { policy: { ...DEFAULT_POLICY, retryDelaysMs: [] } })
  await engine.publish([issueOpened()])
  await until(async () => (await states(store)).join() === 'exhausted no_retry_left')
  assert.equal(receiver.received.length, 1)
})

test('cuts an attempt at the hook’s own time-out', async t => {
  const { engine, store, hook } = await startTestEngine(t)
  const receiver = await startReceiver(t, () => {})
  await hook(receiver.url, { policy: { ...DEFAULT_POLICY, timeoutMs: 50, retryDelaysMs: [] } })
  await engine.publish([issueOpened()])
  await until(async () => (await states(store)).join() === 'exhausted no_retry_left')
  const [attempt] = await store.read.selectFrom('attempts').select('status').execute()
  assert.equal(attempt?.status, 'timed out')
})

test('has no more attempts under way than the hook allows', async t => {
  const { engine, hook } = await startTestEngine(t)
  let underWay = 0
  let most = 0
  const receiver = await startReceiver(t, (_, response) => {
    most = Math.max(most, ++underWay)
    setImmediate(() => {
      underWay--
      response.end()
    })
  })
  await hook(receiver.url, { policy: { ...DEFAULT_POLICY, concurrency: 2 } })
  await engine.publish(Array.from({ length: 60 }, () => issueOpened()))
  await receiver.got(60)
  assert.ok(most <= 2, `${most} at once`)
})

test('postpones what is above the hook’s rate, and drops nothing', async t => {
  const { engine, store, clock, hook } = await startTestEngine(t)
  const receiver = await startReceiver(t)
  await hook(receiver.url, { policy: { ...DEFAULT_POLICY, rateLimit: { deliveries: 1, perMs: 60 } } })
  await engine.publish(Array.from({ length: 5 }, () => issueOpened()))
  for (let count = 1; count <= 5; count++) {
    await receiver.got(count)
    assert.equal(receiver.received.length, count, 'no more than one for each move of the clock')
    clock.ms += 60
  }
  await until(async () => (await states(store)).every(state => state === 'delivered'))
})

for (const [order, keyOf] of [
  ['hook', () => 'all'],
  ['repository', ({ repository }: Numbered) => repository],
  ['issue', ({ repository, issue }: Numbered) => `${repository} ${issue}`],
] as const) {
  test(`keeps the order within each ${order}, also when the first fails and is retried`, async t => {
    const { engine, store, clock, hook } = await startTestEngine(t)
    const failing = new Set([0, 7])
    const done: Numbered[] = []
    const receiver = await startReceiver(t, (_, response, { body }) => {
      const numbered = JSON.parse(body.toString()) as Numbered
      if (failing.delete(numbered.n)) return response.writeHead(500).end()
      done.push(numbered)
      return response.end()
    })
    await hook(receiver.url, {
      target: { kind: 'organization', id: 9 },
      policy: { ...DEFAULT_POLICY, order },
    })
    const events = Array.from({ length: 24 }, (_, n) => {
      const repository = 1 + (n % 2)
      const payload = { n, repository, issue: { number: n % 3 } }
      return issueOpened({
        payload: Buffer.from(JSON.stringify(payload)),
        repositoryId: repository,
        organizationId: 9,
      })
    })
    await engine.publish(events)
    await until(async () => {
      const all = await states(store)
      // Not past the end of a lease: that would make the delivery once more.
      if (!all.includes('leased')) clock.ms += 1_000
      return all.every(state => state === 'delivered')
    })
    assert.equal(done.length, 24)
    const last = new Map<unknown, number>()
    for (const one of done.map(({ n, repository, issue }) => ({
      n,
      repository,
      issue: Number((issue as any).number),
    }))) {
      const key = keyOf(one)
      assert.ok(one.n > (last.get(key) ?? -1), `${one.n} after ${last.get(key)} in ${key}`)
      last.set(key, one.n)
    }
  })
}

test('opens the breaker of a hook that nobody answers, keeps what waits, and closes it by a probe', async t => {
  const { engine, store, clock, hook } = await startTestEngine(t)
  let status = 500
  const receiver = await startReceiver(t, (_, response) => response.writeHead(status).end())
  const { id } = await hook(receiver.url)
  const healthy = await startReceiver(t)
  await hook(healthy.url)

  await engine.publish(Array.from({ length: 40 }, () => issueOpened()))
  await healthy.got(40)
  await until(async () => (await changes(store)).length === 1)
  const [opened] = await changes(store)
  assert.equal(opened?.change, 'opened')
  assert.match(String(opened?.reason), /of 1\d attempts failed within 5 minutes/)
  await until(async () => (await states(store, id)).every(state => state === 'pending'))
  const before = receiver.received.length
  assert.ok(before < 40, `${before} attempts burnt`)

  // Due again, but shut: nothing is sent before the probe's time.
  clock.ms += 29_000
  await engine.publish([issueOpened()])
  await healthy.got(41)
  assert.equal(receiver.received.length, before)

  status = 200
  clock.ms += 1_000
  await until(async () => (await states(store, id)).every(state => state === 'delivered'))
  assert.deepEqual(
    (await changes(store)).map(({ change }) => change),
    ['opened', 'closed'],
  )
})

test('deactivates a hook whose receiver is gone, and says so', async t => {
  const { engine, store, hook } = await startTestEngine(t)
  const receiver = await startReceiver(t, (_, response) => response.writeHead(410).end())
  const { id } = await hook(receiver.url)
  for (let count = 1; count <= 3; count++) {
    const hooks = await store.read.selectFrom('hooks').select('active').where('id', '=', id).execute()
    assert.equal(hooks[0]?.active, 1)
    await engine.publish([issueOpened()])
    await until(async () => (await states(store)).join() === Array(count).fill('exhausted gone').join())
  }
  await until(async () => (await changes(store)).length === 1)
  const [change] = await changes(store)
  assert.deepEqual(
    [change?.change, change?.reason],
    ['deactivated', '3 deliveries in a row were answered 410 Gone.'],
  )
  const [accepted] = await engine.publish([issueOpened()])
  assert.equal(accepted?.deliveries, 0)
})

type Numbered = { readonly n: number; readonly repository: number; readonly issue: unknown }
type Store = Awaited<ReturnType<typeof startTestEngine>>['store']

async function states(store: Store, hookId?: number): Promise<string[]> {
  const rows = await store.read.selectFrom('deliveries').selectAll().orderBy('id').execute()
  return rows
    .filter(row => hookId === undefined || row.hook_id === hookId)
    .map(({ state, reason }) => (reason ? `${state} ${reason}` : state))
}

function changes(store: Store) {
  return store.read.selectFrom('hook_changes').selectAll().orderBy('id').execute()
}

test('skips what a filter of the hook refuses, and says which', async t => {
  const { engine, store, hook } = await startTestEngine(t)
  const receiver = await startReceiver(t)
  const none = { actions: null, refs: null, paths: null, repositories: null, actors: null, expression: null }
  const byAction = await hook(receiver.url, { filters: { ...none, actions: ['closed'] } })
  const byExpression = await hook(receiver.url, {
    filters: { ...none, expression: 'payload.issue.number > 5' },
  })
  const publish = (number: number) =>
    engine.publish([
      issueOpened({ payload: Buffer.from(JSON.stringify({ action: 'opened', issue: { number } })) }),
    ])

  assert.equal((await publish(3))[0]?.deliveries, 0)
  assert.equal((await publish(7))[0]?.deliveries, 1)
  const [request] = await receiver.got(1)
  assert.equal(request?.headers['x-github-hook-id'], String(byExpression.id))
  const skips = await store.read
    .selectFrom('skips')
    .selectAll()
    .orderBy('event_id')
    .orderBy('hook_id')
    .execute()
  assert.deepEqual(
    skips.map(({ hook_id, reason, detail }) => [hook_id, reason, detail?.split(':')[0]]),
    [
      [byAction.id, 'filtered', 'actions'],
      [byExpression.id, 'filtered', 'expression'],
      [byAction.id, 'filtered', 'actions'],
    ],
  )
})
