// `kill -9` at any instant loses nothing: the real program is killed again and again while clients open
// issues as fast as they can, and whatever got its 201 must reach every receiver all the same.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { suite, type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { startReceiver } from '../../src/engine/test-engine.ts'
import { REPOSITORY, type Site, startSite } from './site.ts'

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
const ANSWER_MS = { '/quick': 0, '/slow': 30 }

// What may come twice for one hook and one kill, on the average: the ten attempts that were under way, and
// those that were answered but not settled. These wait for the commit that runs and for their own, and in
// the time of either a client opens no more than the one issue whose answer it waits for.
const REPEATS_PER_KILL_MAX = 10 + 2 * CLIENTS

// Longer than the first two delays of the retry schedule together, 5 s and 30 s.
const ARRIVAL_DEADLINE_MS = 60_000

suite('a server that is killed', () => {
  test(`${KILLS} times, at instants drawn from ${SEED}, loses no issue that got its 201`, async t => {
    const random = randomFrom(SEED)
    const receiver = await startBook(t)
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

/** One after the other, until told that it is enough. Gives the numbers of those that got their 201. */
async function openIssues(site: Site, enough: AbortSignal): Promise<number[]> {
  const numbers: number[] = []
  while (!enough.aborted) numbers.push(await openIssue(site))
  return numbers
}

async function openIssue(site: Site): Promise<number> {
  for (;;) {
    await site.listening()
    try {
      const body = { title: 'Found a bug' }
      const { status, json } = await site.request('POST', `${REPOSITORY}/issues`, { body })
      assert.equal(status, 201, JSON.stringify(json))
      return json.number
    } catch (error) {
      // This is what fetch throws when the connection is refused or cut: the server was killed.
      if (!(error instanceof TypeError)) throw error
    }
  }
}

/** `life` is the server's between two kills: each has a User-Agent of its own. */
type Entry = { readonly hook: string; readonly number: number; readonly guid: string; readonly life: string }

/** A receiver for several hooks that keeps book of each issue that was opened. */
async function startBook(t: TestContext) {
  const entries: Entry[] = []
  const server = createServer(async (request, response) => {
    const payload = await json(request).catch(() => null)
    // A kill cut it off.
    if (payload === null) return
    if (request.headers['x-github-event'] === 'issues') entries.push(entryOf(request, payload))
    server.emit('entry')
    setTimeout(() => response.end(), ANSWER_MS[request.url as keyof typeof ANSWER_MS])
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const paths = Object.keys(ANSWER_MS)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    paths,
    entries: entries as readonly Entry[],
    /** What has not come when time is up: nothing as soon as all has. */
    async missing(numbers: readonly number[]): Promise<string[]> {
      const missing = new Set(paths.flatMap(hook => numbers.map(number => `${hook} ${number}`)))
      const timeUp = AbortSignal.timeout(ARRIVAL_DEADLINE_MS)
      for (;;) {
        for (const { hook, number } of entries) missing.delete(`${hook} ${number}`)
        if (missing.size === 0 || timeUp.aborted) return [...missing]
        await once(server, 'entry', { signal: timeUp }).catch(() => {})
      }
    },
  }
}

function entryOf({ headers, url }: IncomingMessage, payload: unknown): Entry {
  const { issue } = payload as { issue: { number: number } }
  const { 'x-github-delivery': guid, 'user-agent': life } = headers
  return { hook: String(url), number: issue.number, guid: String(guid), life: String(life) }
}

// Lehmer's generator: the same instants for the same seed.
function randomFrom(seed: number): () => number {
  const modulus = 2 ** 31 - 1
  let state = 1 + (seed % (modulus - 1))
  return () => {
    state = (state * 48_271) % modulus
    return state / modulus
  }
}
