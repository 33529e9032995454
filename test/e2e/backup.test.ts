// Backup and restore as an operator does them: the real program, under load and after a kill, and a
// second server on the copy.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { cp, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { suite, test } from 'node:test'
import { type Received, startReceiver } from '../../src/engine/test-engine.ts'
import { type Program, programsIn, type Start } from './program.ts'

const TOKEN = 'hook-line-and-sinker'
const SECRET = 'sinker'
const REPOSITORY = '/repos/admin/hello'
const CLIENTS = 8
const BEFORE = 200
const AFTER = 100

suite('hookline backup', () => {
  test('under load has all that was accepted before it began, and a server starts on it', async t => {
    const { folder, start } = await programsIn(t)
    const receiver = await startReceiver(t)
    const { api } = await serve(start)
    await api('POST', '/user/repos', { name: 'hello' })
    const config = { url: receiver.url, content_type: 'json', secret: SECRET }
    const hook = await api('POST', `${REPOSITORY}/hooks`, { events: ['issues'], config })

    const opened: number[] = []
    const reached = (count: number) => Promise.all(Array.from({ length: CLIENTS }, () => openUntil(count)))
    const openUntil = async (count: number) => {
      while (opened.length < count) {
        opened.push((await api('POST', `${REPOSITORY}/issues`, { title: 'Found a bug' })).number)
      }
    }
    await reached(BEFORE)
    const before = [...opened]
    const load = reached(BEFORE + AFTER)
    const { code, stdout, stderr } = await start(['backup', 'copy.db']).end()
    assert.deepEqual([code, stderr], [0, ''])
    assert.match(stdout, /^copy\.db has all that was accepted until .* MB, checked\.\ncopy\.db\.key opens /m)
    await load

    await restore(folder, 'copy.db')
    const restored = await serve(start, ['--data', 'restored'])
    const found = await issuesOf(restored.api)
    assert.deepEqual(
      before.filter(number => !found.includes(number)),
      [],
    )

    // The secret came with the keys: the receiver believes the copy, too.
    const isPing = ({ headers }: Received) => headers['x-github-event'] === 'ping'
    const count = receiver.received.filter(isPing).length
    await restored.api('POST', `${REPOSITORY}/hooks/${hook.id}/pings`)
    while (receiver.received.filter(isPing).length === count) await receiver.got(receiver.received.length + 1)
    const { headers, body } = receiver.received.findLast(isPing)!
    const digest = createHmac('sha256', SECRET).update(body).digest('hex')
    assert.equal(headers['x-hub-signature-256'], `sha256=${digest}`)
  })

  test('is of one instant: no issue without its event, nor the reverse', async t => {
    const { folder, start } = await programsIn(t)
    const receiver = await startReceiver(t)
    const { api, program } = await serve(start)
    await api('POST', '/user/repos', { name: 'hello' })
    const config = { url: receiver.url, content_type: 'json' }
    await api('POST', `${REPOSITORY}/hooks`, { events: ['issues'], config })
    const enough = new AbortController()
    const load = Array.from({ length: CLIENTS }, async () => {
      while (!enough.signal.aborted) await api('POST', `${REPOSITORY}/issues`, { title: 'Found a bug' })
    })
    for (const name of ['first.db', 'second.db']) {
      await receiver.got(receiver.received.length + 20)
      assert.equal((await start(['backup', name]).end()).code, 0)
    }
    enough.abort()
    await Promise.all(load)
    // What a kill leaves in the WAL belongs to it, too.
    await program.end('SIGKILL')
    assert.equal((await start(['backup', '--file', 'third.db']).end()).code, 0)

    const counts = ['first.db', 'second.db', 'third.db'].map(name => {
      const database = new DatabaseSync(join(folder, name), { readOnly: true })
      const count = (table: string) => database.prepare(`SELECT count(*) AS count FROM ${table}`).get()?.count
      const seen = {
        issues: count('issues'),
        events: count("events WHERE name = 'issues'"),
        payloads: count("payloads JOIN events ON id = event_id WHERE name = 'issues'"),
        deliveries: count("deliveries JOIN events ON events.id = event_id WHERE name = 'issues'"),
      }
      database.close()
      assert.equal(new Set(Object.values(seen)).size, 1, JSON.stringify(seen))
      return seen.issues
    })
    t.diagnostic(`issues: ${counts.join(', ')}`)
  })

  test('says what it cannot do, and leaves nothing', async t => {
    const { folder, start } = await programsIn(t)
    const nothing = await start(['backup', 'copy.db']).end()
    assert.equal(nothing.code, 1)
    assert.match(nothing.stderr, /^hookline: There is no data of Hookline in \.\/data\. .*--data\.\n$/)

    const { program } = await serve(start)
    await program.end('SIGTERM')
    const unnamed = await start(['backup']).end()
    assert.equal(unnamed.code, 2)
    assert.match(unnamed.stderr, /^hookline: Which file .*\n\nUsage: hookline backup FILE \[FLAGS\]\n/)

    await writeFile(join(folder, 'copy.db'), 'precious')
    const taken = await start(['backup', 'copy.db']).end()
    assert.equal(taken.code, 1)
    assert.match(taken.stderr, /^hookline: copy\.db is there already/)
    assert.deepEqual((await readdir(folder)).sort(), ['copy.db', 'data'])
  })
})

async function issuesOf(api: Api): Promise<number[]> {
  const numbers: number[] = []
  for (let page = 1; ; page++) {
    const issues = await api('GET', `${REPOSITORY}/issues?per_page=100&page=${page}`)
    if (issues.length === 0) return numbers
    for (const { number } of issues) numbers.push(number)
  }
}

/** As docs/commands.md has it. */
async function restore(folder: string, file: string): Promise<void> {
  await mkdir(join(folder, 'restored'))
  await cp(join(folder, file), join(folder, 'restored', 'hookline.db'))
  await cp(join(folder, `${file}.key`), join(folder, 'restored', 'secret.key'))
}

type Api = (method: string, path: string, body?: object) => Promise<any>

async function serve(start: Start, flags: readonly string[] = []): Promise<{ program: Program; api: Api }> {
  const args = ['serve', '--port', '0', '--allow-network', '127.0.0.0/8', '--log-level', 'warn']
  const program = start([...args, ...flags], { HOOKLINE_ADMIN_TOKEN: TOKEN })
  const [, url] = await program.says(/listens on (http\S+)/)
  return {
    program,
    async api(method, path, body) {
      const response = await fetch(url + path, {
        method,
        headers: { authorization: `token ${TOKEN}` },
        ...(body && { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`)
      return text === '' ? null : JSON.parse(text)
    },
  }
}
