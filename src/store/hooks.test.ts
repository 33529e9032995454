import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HookTarget } from '../hook.ts'
import { Secret } from '../secret.ts'
import {
  countHooks,
  createHook,
  deleteHook,
  findHook,
  findHookById,
  listAllHooks,
  listHooks,
  listSubscriptions,
  type NewHook,
  updateHook,
} from './hooks.ts'
import type { Store } from './store.ts'
import { openTestStore } from './test-store.ts'

const REPOSITORY: HookTarget = { kind: 'repository', id: 7 }

test('remembers a hook as it was created', async t => {
  const store = await openTestStore(t)
  const created = await create(store, { events: ['push', 'issues'], active: false })
  assert.deepEqual(await findHook(store.read, store.vault, REPOSITORY, created.id), created)
  assert.deepEqual(await findHookById(store.read, store.vault, created.id), created)
})

test('seals the secret in the database and opens it on the way out', async t => {
  const store = await openTestStore(t)
  const { id } = await create(store, { config: { ...CONFIG, secret: new Secret('line and sinker') } })
  const row = await store.read.selectFrom('hooks').selectAll().executeTakeFirstOrThrow()
  assert.equal(Buffer.from(row.secret ?? []).includes('line'), false)
  const found = await findHookById(store.read, store.vault, id)
  assert.equal(found?.config.secret?.reveal(), 'line and sinker')
})

test('writes a changed hook, and a removed secret is gone', async t => {
  const store = await openTestStore(t)
  const hook = await create(store, { config: { ...CONFIG, secret: new Secret('old') } })
  const changed = {
    ...hook,
    active: false,
    events: ['*'],
    config: { url: 'https://example.net/', contentType: 'json', secret: null, insecureSsl: true },
    updatedAt: new Date(9_000),
  } as const
  await store.write(tx => updateHook(tx, store.vault, changed))
  assert.deepEqual(await findHookById(store.read, store.vault, hook.id), changed)
  const row = await store.read.selectFrom('hooks').selectAll().executeTakeFirstOrThrow()
  assert.deepEqual([row.secret, row.secret_key_id], [null, null])
})

test('does not find a hook under another target', async t => {
  const store = await openTestStore(t)
  const { id } = await create(store)
  const others: HookTarget[] = [
    { kind: 'repository', id: 8 },
    { kind: 'organization', id: 7 },
  ]
  for (const other of others) assert.equal(await findHook(store.read, store.vault, other, id), undefined)
})

test('lists by pages in the order of creation, and counts one target alone', async t => {
  const store = await openTestStore(t)
  const ids: number[] = []
  for (let n = 1; n <= 5; n++) ids.push((await create(store)).id)
  await create(store, { target: { kind: 'organization', id: 7 } })

  const page = async (page: number) =>
    (await listHooks(store.read, store.vault, REPOSITORY, { page, perPage: 2 })).map(({ id }) => id)
  assert.deepEqual(
    [await page(1), await page(2), await page(3), await page(4)],
    [ids.slice(0, 2), ids.slice(2, 4), ids.slice(4), []],
  )
  assert.equal(await countHooks(store.read, REPOSITORY), 5)
  assert.equal((await listAllHooks(store.read, store.vault, REPOSITORY)).length, 5)
})

test('tells what is subscribed without opening a secret', async t => {
  const store = await openTestStore(t)
  const { id } = await create(store, {
    events: ['push'],
    config: { ...CONFIG, secret: new Secret('x') },
  })
  await store.write(tx => tx.updateTable('hooks').set({ secret_key_id: 'a key that is lost' }).execute())
  assert.deepEqual(await listSubscriptions(store.read, REPOSITORY), [
    { id, url: CONFIG.url, events: ['push'] },
  ])
})

test('finds a deleted hook by its number alone', async t => {
  const store = await openTestStore(t)
  const hook = await create(store)
  const deletedAt = new Date(5_000)
  await store.write(tx => deleteHook(tx, hook.id, deletedAt))
  assert.deepEqual(await findHookById(store.read, store.vault, hook.id), { ...hook, deletedAt })
  assert.equal(await findHook(store.read, store.vault, REPOSITORY, hook.id), undefined)
  assert.deepEqual(await listAllHooks(store.read, store.vault, REPOSITORY), [])
  assert.deepEqual(await listSubscriptions(store.read, REPOSITORY), [])
  assert.equal(await countHooks(store.read, REPOSITORY), 0)
})

const CONFIG = { url: 'https://example.com/', contentType: 'form', secret: null, insecureSsl: false } as const

function create(store: Store, draft: Partial<NewHook> = {}) {
  return store.write(tx =>
    createHook(tx, store.vault, {
      accountId: 3,
      target: REPOSITORY,
      active: true,
      events: ['push'],
      config: CONFIG,
      createdAt: new Date(1_000),
      updatedAt: new Date(2_000),
      ...draft,
    }),
  )
}
