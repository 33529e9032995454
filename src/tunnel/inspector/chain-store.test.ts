import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Chain, ChainStore, emptyChain } from './chain-store.ts'

const KB = 1024
const MAX = 1024 * KB

describe('The store of bytes', () => {
  test('gives back what it was given, in whatever pieces', () => {
    const store = new ChainStore(256 * KB, () => false)
    const [one, two] = [emptyChain(), emptyChain()]
    const bytes = Buffer.from(Array.from({ length: 60_000 }, (_, at) => (at * 7) % 251))
    const turned = Buffer.from(bytes.map(byte => 255 - byte))
    for (let at = 0, step = 1; at < bytes.length; at += step, step = (step * 3) % 9001) {
      store.append(one, bytes.subarray(at, at + step), MAX)
      store.append(two, turned.subarray(at, at + step), MAX)
    }
    assert.ok(store.read(one).equals(bytes))
    assert.ok(store.read(two).equals(turned))
    assert.ok(store.read(one, 5000).equals(bytes.subarray(0, 5000)))
  })

  test('copies what it keeps', () => {
    const store = new ChainStore(8 * KB, () => false)
    const body = emptyChain()
    const bytes = Buffer.from('as it passed')
    store.append(body, bytes, MAX)
    bytes.fill('x')
    assert.equal(store.read(body).toString(), 'as it passed')
  })

  test('keeps the beginning of a body that is too long, and counts the rest', () => {
    const store = new ChainStore(64 * KB, () => false)
    const body = emptyChain()
    for (let sent = 0; sent < 5; sent++) store.append(body, Buffer.alloc(3000, sent), 10_000)
    assert.deepEqual([body.size, body.kept], [15_000, 10_000])
    assert.equal(store.read(body).at(-1), 3)
  })

  test('makes room when all is taken, and uses every block again', () => {
    const bodies: Chain[] = []
    const store = new ChainStore(40 * KB, () => {
      const oldest = bodies.shift()
      if (oldest) store.release(oldest)
      return oldest !== undefined
    })
    for (let round = 0; round < 100; round++) {
      const body = emptyChain()
      bodies.push(body)
      store.append(body, Buffer.alloc(9 * KB, round), MAX)
      assert.deepEqual(store.read(body), Buffer.alloc(9 * KB, round))
    }
    assert.equal(bodies.length, 3)
  })

  test('stops with a body that had to make room for itself', () => {
    const body = emptyChain()
    const store = new ChainStore(8 * KB, () => {
      const isThere = body.first >= 0
      store.release(body)
      return isThere
    })
    store.append(body, Buffer.alloc(50 * KB), MAX)
    store.append(body, Buffer.alloc(KB), MAX)
    assert.deepEqual([body.size, body.kept], [51 * KB, 0])
    const next = emptyChain()
    store.append(next, Buffer.alloc(8 * KB, 1), MAX)
    assert.deepEqual(store.read(next), Buffer.alloc(8 * KB, 1))
  })
})
