import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { lastDays } from './calendar.ts'
import { Memory } from './memory.ts'

const NOW = new Date()
const TODAY = lastDays(1, 'UTC', NOW)

let folder: string
let file: string
let memory: Memory

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'receiver-'))
  file = join(folder, 'deep', 'receiver.db')
  memory = new Memory(file, assert.fail)
})

afterEach(() => {
  memory.close()
  rmSync(folder, { recursive: true })
})

describe('counting', () => {
  test('counts an opened issue once, whatever its GUID', async () => {
    await worked(issues('opened', { guid: 'a', id: 1 }), issues('opened', { guid: 'b', id: 1 }))
    assert.deepEqual(totals(), { 'octo/hello': 1 })
  })

  test('counts no issue for other actions and other events', async () => {
    await worked(
      issues('reopened', { id: 1 }),
      issues('labeled', { id: 2 }),
      issues('opened', { event: 'issue_comment', id: 3 }),
    )
    assert.deepEqual(totals(), { 'octo/hello': 0 })
  })

  test('counts an issue on the day on which it was created, not on which it was heard of', async () => {
    await worked(issues('opened', { id: 1, created_at: '2026-01-02T10:00:00Z' }))
    const [january] = memory.popularity(lastDays(2, 'UTC', new Date('2026-01-03T00:00:00Z')))
    assert.deepEqual(january?.days, [
      { date: '2026-01-02', opened: 1 },
      { date: '2026-01-03', opened: 0 },
    ])
  })

  test('counts an issue no longer that was deleted or transferred', async () => {
    await worked(issues('opened', { id: 1 }), issues('opened', { id: 2 }), issues('opened', { id: 3 }))
    await worked(issues('deleted', { id: 1 }), issues('transferred', { id: 2 }))
    assert.deepEqual(totals(), { 'octo/hello': 1 })
  })

  test('does not count an issue whose deletion arrives before its opening', async () => {
    await worked(issues('deleted', { id: 1 }), issues('opened', { id: 1 }))
    memory.count({ id: 7, name: 'octo/hello', updatedAtMs: 0 }, [{ id: 1, createdAtMs: NOW.getTime() }])
    assert.deepEqual(totals(), { 'octo/hello': 0 })
  })

  test('follows a repository to its new name, and not back by a late delivery', async () => {
    await worked(issues('opened', { id: 1, updated_at: '2026-01-01T00:00:00Z' }))
    await worked(issues('opened', { id: 2, full_name: 'octo/renamed', updated_at: '2026-01-02T00:00:00Z' }))
    await worked(issues('opened', { id: 3, updated_at: '2026-01-01T12:00:00Z' }))
    assert.deepEqual(totals(), { 'octo/renamed': 3 })
  })

  test('adds up repositories that bear one name, as after one was deleted and made anew', async () => {
    await worked(issues('opened', { id: 1, repository: 7 }), issues('opened', { id: 2, repository: 8 }))
    assert.deepEqual(totals(), { 'octo/hello': 2 })
  })

  test('sorts by total, then by name, and lists the quiet with zeros', async () => {
    const named = (full_name: string, repository: number) => ({ full_name, repository })
    await worked(
      issues('opened', { id: 1, ...named('b/b', 1) }),
      issues('opened', { id: 2, ...named('a/a', 2) }),
    )
    await worked(
      issues('opened', { id: 3, ...named('c/c', 3) }),
      issues('opened', { id: 4, ...named('c/c', 3) }),
    )
    await worked(issues('closed', { id: 5, ...named('d/d', 4) }))
    assert.deepEqual(Object.entries(totals()), [
      ['c/c', 2],
      ['a/a', 1],
      ['b/b', 1],
      ['d/d', 0],
    ])
  })

  test('takes payloads of any shape without stumbling', async () => {
    const odd = [
      {},
      { repository: 5 },
      { repository: { id: '7', full_name: 'x' } },
      { repository: { id: 1.5, full_name: 'x' } },
    ]
    await worked(
      ...odd.map((payload, n) => ({ guid: `odd-${n}`, event: 'issues', payload: JSON.stringify(payload) })),
    )
    await worked(issues('opened', { id: 'one' }), issues('opened', { id: 2, created_at: 'yesterday' }))
    assert.deepEqual(totals(), { 'octo/hello': 0 })
  })
})

test('takes all of GitHub’s example payloads, and counts the opened issues among them', async () => {
  const groups: Group[] = createRequire(import.meta.url)('@octokit/webhooks-examples')
  const examples = groups
    .flatMap(({ name, examples }) => examples.map(payload => ({ name, ...payload })))
    .filter(({ action }) => action !== 'deleted' && action !== 'transferred')
  const opened = examples.filter(({ name, action }) => name === 'issues' && action === 'opened')
  const ids = new Set(opened.map(({ issue }) => issue?.id))
  assert.ok(ids.size > 0 && examples.length > 300)

  const arrivals = examples.map(({ name, ...payload }, n) => ({
    guid: `${n}`,
    event: name,
    payload: JSON.stringify(payload),
  }))
  await worked(...arrivals)
  const years = lastDays(366 * 12, 'UTC', new Date('2026-01-01T00:00:00Z'))
  assert.equal(
    memory.popularity(years).reduce((sum, { total }) => sum + total, 0),
    ids.size,
  )
})

describe('remembering', () => {
  test('knows a GUID again, also after a restart', async () => {
    assert.equal(await memory.accept(issues('opened', { guid: 'same' })), true)
    assert.equal(await memory.accept(issues('opened', { guid: 'same' })), false)
    memory.close()
    memory = new Memory(file, assert.fail)
    assert.equal(await memory.accept(issues('opened', { guid: 'same' })), false)
  })

  test('tells two deliveries of one GUID apart that arrive at once', async () => {
    const both = [issues('opened', { guid: 'same' }), issues('opened', { guid: 'same' })]
    assert.deepEqual(await Promise.all(both.map(arrival => memory.accept(arrival))), [true, false])
  })

  test('stores what was accepted just before it closes, and works on it when opened again', async () => {
    const accepted = memory.accept(issues('opened', { id: 1 }))
    memory.close()
    assert.equal(await accepted, true)
    memory = new Memory(file, assert.fail)
    await once(memory, 'changed')
    assert.deepEqual(totals(), { 'octo/hello': 1 })
  })

  test('keeps no payload once it is worked on', async () => {
    await worked(issues('opened', { id: 1 }))
    assert.deepEqual(stored(), { deliveries: 1, payloads: 0 })
  })

  test('forgets GUIDs after 90 days, and no sooner', async () => {
    await worked(issues('opened', { guid: 'old' }), issues('opened', { guid: 'young' }))
    memory.close()
    const database = new DatabaseSync(file)
    const days = (count: number) => Date.now() - count * 24 * 60 * 60 * 1000
    database
      .prepare('UPDATE delivery SET received_at = CASE guid WHEN ? THEN ? ELSE ? END')
      .run('old', days(91), days(89))
    database.close()
    memory = new Memory(file, assert.fail)
    assert.deepEqual(
      memory.latest().map(({ guid }) => guid),
      ['young'],
    )
  })

  test('lists the latest twenty deliveries, the newest first', async () => {
    await worked(...Array.from({ length: 25 }, (_, n) => issues('closed', { guid: `g${n}` })))
    const latest = memory.latest()
    assert.equal(latest.length, 20)
    const { received_at, ...newest } = latest[0]!
    assert.deepEqual(newest, { guid: 'g24', event: 'issues', action: 'closed', repository: 'octo/hello' })
    assert.equal(new Date(String(received_at)).toISOString(), received_at)
  })
})

type Choice = {
  guid?: string
  event?: string
  id?: unknown
  created_at?: string
  repository?: number
  full_name?: string
  updated_at?: string
}

type Group = { name: string; examples: { action?: string; issue?: { id: number } }[] }

let guids = 0
function issues(action: string, choice: Choice = {}) {
  const { guid = `guid-${guids++}`, event = 'issues', id = 1, created_at = NOW.toISOString() } = choice
  const { repository = 7, full_name = 'octo/hello', updated_at = '2026-01-01T00:00:00Z' } = choice
  const payload = { action, issue: { id, created_at }, repository: { id: repository, full_name, updated_at } }
  return { guid, event, payload: JSON.stringify(payload) }
}

/** Accepts them in this order, and waits until all are worked on. */
async function worked(...arrivals: ReturnType<typeof issues>[]): Promise<void> {
  await Promise.all(arrivals.map(arrival => memory.accept(arrival)))
  while (stored().payloads !== 0) await once(memory, 'changed')
}

function stored() {
  const database = new DatabaseSync(file)
  const row = database
    .prepare('SELECT count(*) AS deliveries, count(payload) AS payloads FROM delivery')
    .get()
  database.close()
  return { ...row }
}

function totals(): Record<string, number> {
  return Object.fromEntries(memory.popularity(TODAY).map(({ repository, total }) => [repository, total]))
}
