import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { backfill } from './backfill.ts'
import { lastDays } from './calendar.ts'
import { Memory } from './memory.ts'

const NOW = new Date()
const ISSUES = 230

let folder: string
let memory: Memory
let github: Server
let url: string
/** What the server answers to a request before it answers in earnest. */
let before: ((request: IncomingMessage, response: ServerResponse) => boolean)[]
let requests: IncomingMessage[]

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'receiver-'))
  memory = new Memory(join(folder, 'receiver.db'), assert.fail)
  before = []
  requests = []
  github = createServer(answer).listen(0, '127.0.0.1')
  await once(github, 'listening')
  url = `http://127.0.0.1:${(github.address() as AddressInfo).port}`
})

afterEach(async () => {
  memory.close()
  github.close()
  github.closeAllConnections()
  rmSync(folder, { recursive: true })
})

describe('backfill', () => {
  test('counts the issues of every page, and no pull request', async () => {
    const progress: unknown[] = []
    await backfill({ ...options(), onProgress: step => progress.push(step) })
    assert.equal(total(), ISSUES - 23)
    assert.deepEqual(progress, [
      { page: 1, pages: 3, issues: 90 },
      { page: 2, pages: 3, issues: 180 },
      { page: 3, pages: 3, issues: 207 },
    ])
  })

  test('asks as GitHub wants to be asked', async () => {
    await backfill(options())
    const [, first] = requests
    assert.equal(first!.headers.accept, 'application/vnd.github+json')
    assert.equal(first!.headers.authorization, 'Bearer secret-token')
    assert.match(first!.headers['user-agent']!, /hookline/)
    const { pathname, searchParams } = new URL(first!.url!, url)
    assert.equal(pathname, '/api/v3/repos/octo/hello/issues')
    assert.deepEqual(
      ['state', 'per_page', 'page'].map(name => searchParams.get(name)),
      ['all', '100', '1'],
    )
  })

  test('counts nothing twice when it is run again, or when deliveries told of the same issues', async () => {
    memory.count({ id: 7, name: 'octo/hello', updatedAtMs: 0 }, [{ id: 1, createdAtMs: NOW.getTime() }])
    await backfill(options())
    await backfill(options())
    assert.equal(total(), ISSUES - 23)
  })

  test('keeps what it counted when it is stopped', async () => {
    const stop = new AbortController()
    const stopped = backfill({
      ...options(),
      signal: stop.signal,
      onProgress: ({ page }) => page === 2 && stop.abort(),
    })
    await assert.rejects(stopped, { name: 'AbortError' })
    assert.equal(total(), 180)
  })

  test('waits for as long as the server asks, and says so', async () => {
    const waits: string[] = []
    const reset = String(Math.floor(Date.now() / 1000) - 1)
    before = [
      refuse(429, { 'retry-after': '0' }),
      refuse(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset }),
      refuse(403, { 'retry-after': '0' }),
    ]
    await backfill({ ...options(), onWait: ({ reason }) => waits.push(reason) })
    assert.equal(waits.length, 3)
    assert.match(waits[0]!, /429.*rate limit/)
    assert.equal(total(), ISSUES - 23)
  })

  test('reckons the pause to the time at which the limit is reset', async () => {
    const stop = new AbortController()
    const reset = Math.floor(Date.now() / 1000) + 1800
    before = [refuse(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(reset) })]
    let until: Date | undefined
    const onWait = (wait: { until: Date }) => {
      until = wait.until
      stop.abort()
    }
    await assert.rejects(backfill({ ...options(), signal: stop.signal, onWait }), { name: 'AbortError' })
    assert.equal(Math.round(until!.getTime() / 1000), reset)
  })

  test('gives up on what no waiting mends', async () => {
    for (const status of [401, 403, 404]) {
      before = [refuse(status, {})]
      await assert.rejects(backfill(options()), new RegExp(`answered ${status}: No$`))
    }
    before = [refuse(429, { 'retry-after': '86400' })]
    await assert.rejects(backfill(options()), /too long/)
    before = Array.from({ length: 6 }, () => refuse(429, { 'retry-after': '0' }))
    await assert.rejects(backfill(options()), /rate limit/)
    await assert.rejects(backfill({ ...options(), repository: 'octo' }), /owner\/name/)
  })

  test('sends its token to no other server, whatever a Link says', async () => {
    let asked = 0
    const other = createServer((_, response) => {
      asked += 1
      response.end('[]')
    }).listen(0, '127.0.0.1')
    await once(other, 'listening')
    const elsewhere = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`
    before = [
      () => false,
      (_, response) => {
        response.setHeader('link', `<${elsewhere}>; rel="next"`).end('[]')
        return true
      },
    ]
    await assert.rejects(backfill(options()), /another server/)
    assert.equal(asked, 0)
    other.close()
  })
})

function options() {
  return { repository: 'octo/hello', server: `${url}/api/v3/`, token: 'secret-token', memory }
}

function total(): number | undefined {
  return memory.popularity(lastDays(2, 'UTC', NOW))[0]?.total
}

function refuse(status: number, headers: Record<string, string>) {
  return (_: IncomingMessage, response: ServerResponse) => {
    response.writeHead(status, headers).end('{"message":"No."}')
    return true
  }
}

/** A repository of 230 issues, every tenth of them a pull request, a hundred a page. */
function answer(request: IncomingMessage, response: ServerResponse): void {
  requests.push(request)
  if (before.shift()?.(request, response)) return
  const { pathname, searchParams } = new URL(request.url!, url)
  if (pathname.endsWith('/hello')) {
    response.end(JSON.stringify({ id: 7, full_name: 'octo/hello', updated_at: '2026-01-01T00:00:00Z' }))
    return
  }
  const page = Number(searchParams.get('page'))
  const link = (to: number, rel: string) =>
    `<${url}/repositories/7/issues?per_page=100&page=${to}>; rel="${rel}"`
  if (page < 3) response.setHeader('link', `${link(page + 1, 'next')}, ${link(3, 'last')}`)
  const ids = Array.from({ length: ISSUES }, (_, n) => n + 1).slice((page - 1) * 100, page * 100)
  const pull = (id: number) => (id % 10 === 0 ? { pull_request: {} } : {})
  response.end(JSON.stringify(ids.map(id => ({ id, created_at: NOW.toISOString(), ...pull(id) }))))
}
