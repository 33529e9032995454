// A clock that is turned while the real program works, and while it is down: forwards and backwards, by
// seconds and by a day, or that stands still. Whatever got its 201 must reach every receiver all the same,
// and nothing may wait for the old time to come again.
import assert from 'node:assert/strict'
import { suite, type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { eventually } from '../../src/api/test-receiver.ts'
import { startReceiver } from '../../src/engine/test-engine.ts'
import { type FakeClock, makeFakeClock } from './fake-clock.ts'
import { type Entry, openIssues, randomFrom, startBook } from './load.ts'
import { programsIn } from './program.ts'
import { REPOSITORY, Site } from './site.ts'

// KILLS and KILL_SEED in the environment ask for other numbers.
const KILLS = Number(process.env.KILLS ?? 4)
const SEED = Number(process.env.KILL_SEED ?? Date.now() % 1_000_000)

// The clock is turned so long after it was turned last, and twice for each kill on the average.
const EARLIEST_MS = 20
const LATEST_MS = 300
const TURNS_PER_KILL_MAX = 3

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const SPANS_MS = [MINUTE_MS, HOUR_MS, DAY_MS]
// One turn in so many stops the clock instead.
const STOPS = 0.15

// What was answered with 500 waits for a minute and its jitter at most, with the clock turned back: at the
// end it goes so many times as fast, so that the test need not wait as long.
const HURRY = 30

// More than the ten failures that a breaker opens for.
const ISSUES = 12

const CLIENTS = 4
const RATE = { deliveries: 300, per_seconds: 1 }
const HABITS = {
  '/quick': { answerMs: 0 },
  '/slow': { answerMs: 30 },
  '/flaky': { answerMs: 0, refusesOneIn: 5 },
  '/limited': { answerMs: 0 },
}

// As when it is killed alone: what was under way, and what was answered but not settled.
const REPEATS_PER_KILL_MAX = 10 + 2 * CLIENTS

suite('a server whose clock is turned', () => {
  test(`amid ${KILLS} kills, as drawn from ${SEED}, loses no issue that got its 201`, async t => {
    const clock = makeFakeClock(t)
    if (clock === undefined) return t.skip('there is no libfaketime here')
    const random = randomFrom(SEED)
    const receiver = await startBook(t, HABITS)
    const site = await startSiteOn(clock, t)
    const hooks: string[] = []
    for (const path of receiver.paths) hooks.push(await site.createHook({ url: receiver.url + path }))
    const { status } = await site.request('PATCH', `${hooks.at(-1)}/policy`, { body: { rate_limit: RATE } })
    assert.equal(status, 200)

    const enough = new AbortController()
    const clients = Array.from({ length: CLIENTS }, () => openIssues(site, enough.signal))
    for (let kill = 0; kill < KILLS; kill++) {
      for (let turns = Math.floor(random() * (TURNS_PER_KILL_MAX + 1)); turns >= 0; turns--) {
        await pause(EARLIEST_MS + random() * (LATEST_MS - EARLIEST_MS))
        if (turns > 0) turn(clock, random)
      }
      await site.kill(() => turn(clock, random))
    }
    enough.abort()
    const opened = (await Promise.all(clients)).flat()
    clock.turn(0)
    await site.request('GET', REPOSITORY)
    clock.hurry(HURRY)
    assert.equal(new Set(opened).size, opened.length, 'no number is given twice')
    assert.deepEqual(await receiver.missing(opened), [])

    await site.settled()
    const { entries } = receiver
    const distinct = (...keys: (keyof Entry)[]) =>
      new Set(entries.map(entry => keys.map(key => entry[key]).join())).size
    const issues = distinct('number')
    assert.equal(distinct('number', 'guid'), issues, 'an issue has one GUID for all hooks and attempts')
    assert.equal(distinct('guid'), issues, 'and no other has it')
    const repeats = entries.length - distinct('hook', 'guid')
    t.diagnostic(`${opened.length} answered and ${issues} opened, ${KILLS} kills, ${repeats} repeats`)
    assert.equal(distinct('hook', 'guid', 'life'), entries.length, 'only a kill makes one come twice')
    assert.ok(repeats <= KILLS * receiver.paths.length * REPEATS_PER_KILL_MAX, `${repeats} repeats`)

    for (const [index, hook] of hooks.entries()) {
      const guids = new Set(await listDelivered(site, hook))
      const path = receiver.paths[index]
      const got = entries.filter(entry => entry.hook === path).map(({ guid }) => guid)
      assert.deepEqual(
        got.filter(guid => !guids.has(guid)),
        [],
        `all that ${path} got is listed`,
      )
    }
  })

  test('by a day, probes a receiver that was dead before it', async t => {
    const clock = makeFakeClock(t)
    if (clock === undefined) return t.skip('there is no libfaketime here')
    let isDead = true
    const delivered = new Set<string>()
    const receiver = await startReceiver(t, ({ headers }, response) => {
      if (isDead) response.statusCode = 500
      else delivered.add(String(headers['x-github-delivery']))
      response.end()
    })
    const site = await startSiteOn(clock, t)
    const hook = await site.createHook({ url: receiver.url })
    for (let issue = 0; issue < ISSUES; issue++) await openOne(site)
    await breakerIs(site, hook, 'open')
    isDead = false
    clock.turn(-DAY_MS)
    await openOne(site)
    await breakerIs(site, hook, 'closed')
    clock.hurry(HURRY)
    // The ping, too.
    while (delivered.size < ISSUES + 2) await receiver.got(receiver.received.length + 1)
  })
})

async function startSiteOn(clock: FakeClock, t: TestContext): Promise<Site> {
  const { start } = await programsIn(t)
  // After the programs have ended.
  t.after(() => clock.sweepUp())
  const site = await Site.start(clock.over(start))
  assert.equal(await site.createRepository('hello'), REPOSITORY)
  return site
}

function turn(clock: FakeClock, random: () => number): void {
  const span = SPANS_MS[Math.floor(random() * SPANS_MS.length)] ?? 0
  const offsetMs = Math.round((2 * random() - 1) * span)
  if (random() < STOPS) clock.stop(offsetMs)
  else clock.turn(offsetMs)
}

/** The GUIDs of what was delivered, by the list that GitHub's clients read: the latest first, none twice. */
async function listDelivered(site: Site, hook: string): Promise<string[]> {
  const guids: string[] = []
  let lastId = Number.POSITIVE_INFINITY
  for (let path: string | undefined = `${hook}/deliveries?per_page=100`; path !== undefined; ) {
    const { status, headers, json } = await site.request('GET', path)
    assert.equal(status, 200)
    for (const { id, guid, status_code } of json) {
      assert.ok(id < lastId, 'identifiers are in order')
      lastId = id
      if (status_code === 200) guids.push(guid)
    }
    path = /<https?:\/\/[^/]+([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1]
  }
  return guids
}

async function openOne(site: Site): Promise<void> {
  const { status } = await site.request('POST', `${REPOSITORY}/issues`, { body: { title: 'Found a bug' } })
  assert.equal(status, 201)
}

async function breakerIs(site: Site, hook: string, state: string): Promise<void> {
  await eventually(
    async () => (await site.request('GET', `${hook}/health`)).json.breaker.state,
    found => found === state,
  )
}
