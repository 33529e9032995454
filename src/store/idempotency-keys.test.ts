import assert from 'node:assert/strict'
import { test } from 'node:test'
import { claimKey, KEY_LIFE_MS, type KeyUse, rememberAnswer } from './idempotency-keys.ts'
import { openTestStore } from './test-store.ts'

const USE: KeyUse = {
  accountId: 1,
  target: { kind: 'repository', id: 2 },
  key: 'k',
  fingerprint: 'f',
  nowMs: 1_000_000_000,
}

test('gives a key to the first, and its answer to those after', async t => {
  const store = await openTestStore(t)
  await store.write(async tx => {
    assert.equal(await claimKey(tx, USE), undefined)
    await rememberAnswer(tx, USE, '{"id":7}')
  })
  const again = await store.write(tx => claimKey(tx, { ...USE, fingerprint: 'other' }))
  assert.deepEqual(again, { fingerprint: 'f', answer: '{"id":7}' })
})

test('keeps the keys of each target apart', async t => {
  const store = await openTestStore(t)
  await store.write(tx => claimKey(tx, USE))
  const targets = [
    { kind: 'repository', id: 3 },
    { kind: 'organization', id: 2 },
  ] as const
  for (const target of targets) {
    assert.equal(await store.write(tx => claimKey(tx, { ...USE, target })), undefined)
  }
})

test('gives a key away again after a day', async t => {
  const store = await openTestStore(t)
  await store.write(tx => claimKey(tx, USE))
  const claimAt = (nowMs: number) => store.write(tx => claimKey(tx, { ...USE, nowMs }))
  assert.notEqual(await claimAt(USE.nowMs + KEY_LIFE_MS - 1), undefined)
  assert.equal(await claimAt(USE.nowMs + KEY_LIFE_MS), undefined)
})

test('leaves a key free when the work that took it failed', async t => {
  const store = await openTestStore(t)
  const failing = store.write(async tx => {
    await claimKey(tx, USE)
    throw new Error('the work failed')
  })
  await assert.rejects(failing, /the work failed/)
  assert.equal(await store.write(tx => claimKey(tx, USE)), undefined)
})
