import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Pools } from './pools.ts'

const unasked = () => assert.fail('connected')

function pools() {
  return new Pools({ verified: unasked, insecure: unasked })
}

test('a pool belongs to an origin, and to verified or insecure connections', async () => {
  const all = pools()
  const pool = all.get('https://a.example', false)
  assert.equal(all.get('https://a.example', false), pool)
  assert.notEqual(all.get('https://a.example', true), pool)
  assert.notEqual(all.get('https://a.example:8443', false), pool)
  await all.close()
})

test('a pool ends when nobody has used it for a minute', async t => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const all = pools()
  const idle = all.get('https://idle.example', false)
  const busy = all.get('https://busy.example', false)
  t.mock.timers.tick(60_000)
  all.get('https://busy.example', false)
  t.mock.timers.tick(60_000)
  assert.deepEqual([idle.closed, busy.closed], [true, false])
  assert.notEqual(all.get('https://idle.example', false), idle)
  await all.close()
})

test('the pool that was used longest ago makes room for the 1,001st', async () => {
  const all = pools()
  const first = all.get('https://0.example', false)
  for (let i = 1; i <= 1000; i++) all.get(`https://${i}.example`, false)
  assert.equal(first.closed, true)
  await all.close()
})
