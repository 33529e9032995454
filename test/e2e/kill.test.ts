// `kill -9` at any instant loses nothing: the real program is killed again and again while clients open
// issues as fast as they can, and whatever got its 201 must reach every receiver all the same.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { startReceiver } from '../../src/engine/test-engine.ts'
import { type Entry, openIssues, randomFrom, startBook } from './load.ts'
import { REPOSITORY, startSite } from './site.ts'

// A kill takes about a second, most of it to start again. KILLS and KILL_SEED in the environment ask for
// other numbers.
const KILLS = Number(process.env.KILLS ?? 20)
const SEED = Number(process.env.KILL_SEED ?? Date.now() % 1_000_000)

// The server is killed so long after it listens again: amid its start-up work at the one end, in full
// swing at the other.
const EARLIEST_MS = 20
const LATEST_MS = 400

const CLIENTS = 8

// One receiver answers at once. The other lets ten attempts be under way and a queue grow behind them.
const HABITS = { '/quick': { answerMs: 0 }, '/slow': { answerMs: 30 } }

// What may come twice for one hook and one kill, on the average: the ten attempts that were under way, and
// those that were answered but not settled. These wait for the commit that runs and for their own, and in
// the time of either a client opens no more than the one issue whose answer it waits for.
const REPEATS_PER_KILL_MAX = 10 + 2 * CLIENTS

suite('a server that is killed', () => {
  test(`${KILLS} times, at instants drawn from ${SEED}, loses no issue that got its 201`, async t => {
    const random = randomFrom(SEED)
    const receiver = await startBook(t, HABITS)
    const site = await startSite(t)
    for (const path of receiver.paths) await site.createHook({ url: receiver.url + path })

    const enough = new AbortController()
    const clients = Array.from({ length: CLIENTS }, () => openIssues(site, enough.signal))
    for (let kill = 0; kill < KILLS; kill++) {
      await pause(EARLIEST_MS + random() * (LATEST_MS - EARLIEST_MS))
      await site.kill()
    }
    enough.abort()
    const opened = (await Promise.all(clients)).flat()
    assert.equal(new Set(opened).size, opened.length, 'no number is given twice')
    assert.deepEqual(await receiver.missing(opened), [])

    await site.settled()
    const { entries } = receiver
    const distinct = (...keys: (keyof Entry)[]) =>
      new Set(entries.map(entry => keys.map(key => entry[key]).join())).size
    const issues = distinct('number')
    assert.equal(distinct('number', 'guid'), issues, 'an issue has one GUID for all hooks and attempts')
    assert.equal(distinct('guid'), issues, 'and no other has it')
    const { json } = await site.request('GET', REPOSITORY)
    assert.equal(json.open_issues_count, issues, 'there is no issue without its event, nor the reverse')

    const repeats = entries.length - distinct('hook', 'guid')
    t.diagnostic(`${opened.length} answered and ${issues} opened, ${KILLS} kills, ${repeats} repeats`)
    assert.equal(distinct('hook', 'guid', 'life'), entries.length, 'only a kill makes one come twice')
    assert.ok(repeats <= KILLS * receiver.paths.length * REPEATS_PER_KILL_MAX, `${repeats} repeats`)
  })

  test('amid a POST that hangs makes it again when it is back', async t => {
    let hangs = true
    const receiver = await startReceiver(t, ({ headers }, response) => {
      if (headers['x-github-event'] === 'ping' || !hangs) response.end()
    })
    const site = await startSite(t)
    const hook = await site.createHook({ url: receiver.url, secret: 'sinker' })
    await receiver.got(1)
    await site.request('POST', `${REPOSITORY}/issues`, { body: { title: 'Found a bug' } })
    await receiver.got(2)
    hangs = false
    await site.kill()

    const [, first, second] = await receiver.got(3)
    for (const name of ['x-github-delivery', 'x-hub-signature-256']) {
      assert.equal(second?.headers[name], first?.headers[name])
    }
    assert.deepEqual(second?.body, first?.body)
    await site.settled()
    const { json } = await site.request('GET', `${hook}/deliveries`)
    assert.deepEqual(
      json.map(({ event, status }: Record<string, string>) => `${event} ${status}`),
      ['issues OK', 'ping OK'],
    )
  })
})
