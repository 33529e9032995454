import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ExchangeStore, LIMITS } from './exchange-store.ts'
import { play } from './test-exchange.ts'

function targetsIn(store: ExchangeStore): string[] {
  return [...store.newest()].map(exchange => store.requestHead(exchange).target)
}

describe('The store of exchanges', () => {
  test('keeps so many, the newest', () => {
    const store = new ExchangeStore({ ...LIMITS, exchangesMax: 3 })
    for (let sent = 1; sent <= 10; sent++) play(store, { target: `/${sent}` })
    assert.deepEqual(targetsIn(store), ['/10', '/9', '/8'])
    assert.equal(store.find(7), undefined)
    assert.equal(store.requestHead(store.find(9)!).target, '/9')
  })

  test('keeps so many bytes of bodies, the newest', () => {
    const store = new ExchangeStore({ ...LIMITS, bytesMax: 64 * 1024 })
    for (let sent = 1; sent <= 10; sent++)
      play(store, { target: `/${sent}`, body: Buffer.alloc(12_000), answer: Buffer.alloc(12_000) })
    assert.deepEqual(targetsIn(store), ['/10', '/9'])
  })

  test('keeps heads within the same bytes, each as it was', () => {
    const store = new ExchangeStore({ ...LIMITS, bytesMax: 64 * 1024 })
    const headers = [
      ['X-Long', 'é'.repeat(10_000)],
      ['x-empty', ''],
      ['X-Colon', ' a: b: c'],
      ['x-empty', 'again'],
    ] as const
    for (let sent = 1; sent <= 500; sent++)
      play(store, { target: `/${sent} `, headers, answerHeaders: headers })
    assert.deepEqual(targetsIn(store), ['/500 ', '/499 '])
    const newest = store.find(500)!
    assert.deepEqual(store.requestHead(newest), { method: 'POST', target: '/500 ', headers })
    assert.deepEqual(store.responseHead(newest), { status: 200, reason: 'As It Is', headers })
  })

  test('goes on with an exchange that it has given up, without keeping it', () => {
    const store = new ExchangeStore({ ...LIMITS, exchangesMax: 2 })
    const long = play(store, { target: '/stream', end: null })
    for (let sent = 1; sent <= 2; sent++) play(store, { target: `/${sent}` })
    long.responseBody(Buffer.alloc(100_000))
    long.end('complete')
    assert.deepEqual(targetsIn(store), ['/2', '/1'])
  })

  test('tells those who listen of each change, and of nothing that is gone', () => {
    const store = new ExchangeStore()
    const told: (string | null)[] = []
    const deafen = store.listen(exchange => told.push(exchange && `${exchange.id} ${exchange.how}`))
    const going = play(store, { end: null })
    store.clear()
    going.end('complete')
    play(store, { status: null, end: 'refused' })
    deafen()
    play(store)
    assert.deepEqual(told, ['1 null', '1 null', null, '2 null', '2 refused'])
  })
})
