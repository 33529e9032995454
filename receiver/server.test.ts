import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { sign } from '@octokit/webhooks-methods'
import { type Receiver, type ReceiverOptions, startReceiver } from './server.ts'

const SECRET = 'It’s a secret'
const FORM = 'application/x-www-form-urlencoded'
const MEGABYTE = 1024 * 1024

let folder: string
let receiver: Receiver

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'receiver-'))
  writeFileSync(join(folder, 'index.html'), '<title>page</title>')
  writeFileSync(join(folder, 'page.js'), '')
  writeFileSync(join(folder, 'page.css'), '')
  receiver = await startReceiver(options())
})

afterEach(async () => {
  await receiver.close()
  rmSync(folder, { recursive: true })
})

describe('a delivery', () => {
  test('is answered with 202 and counted', async () => {
    assert.equal((await deliver(opened(1))).status, 202)
    assert.deepEqual(await totals(), { 'octo/hello': 1 })
  })

  test('may come as a form', async () => {
    const body = String(new URLSearchParams({ payload: opened(1) }))
    assert.equal((await deliver(body, { 'content-type': FORM })).status, 202)
    assert.deepEqual(await totals(), { 'octo/hello': 1 })
  })

  test('may name a charset after its content type', async () => {
    assert.equal(
      (await deliver(opened(1), { 'content-type': 'application/json; charset=utf-8' })).status,
      202,
    )
  })

  test('counts once under one GUID, and is welcome each time', async () => {
    for (const issue of [1, 2, 3]) {
      assert.equal((await deliver(opened(issue), { 'x-github-delivery': 'the-same' })).status, 202)
    }
    assert.deepEqual(await totals(), { 'octo/hello': 1 })
  })

  test('is verified over its very bytes, whatever characters they make', async () => {
    const text = JSON.stringify({ ...JSON.parse(opened(1)), note: 'é \u2028 😀 \ufeff' })
    assert.equal((await deliver(text)).status, 202)
    assert.equal(
      (await deliver(Buffer.from(`\ufeff${text}`))).status,
      400,
      'a byte order mark is signed, but no JSON',
    )
  })

  test('counts for the days of any time zone', async () => {
    await deliver(opened(1))
    const [east] = await popularity('?days=1&time_zone=Pacific/Kiritimati')
    const [west] = await popularity('?days=1&time_zone=Etc/GMT%2B12')
    assert.equal(east.total, 1)
    assert.equal(west.total, 1)
    assert.notEqual(east.days[0]?.date, west.days[0]?.date)
  })

  test('is a ping too, and is listed', async () => {
    const ping = JSON.stringify({
      zen: 'Design for failure.',
      hook_id: 1,
      repository: { id: 7, full_name: 'octo/hello' },
    })
    assert.equal((await deliver(ping, { 'x-github-event': 'ping', 'x-github-delivery': 'p' })).status, 202)
    await worked()
    const [{ received_at, ...latest }] = (await getJson('/deliveries.json')) as [Record<string, unknown>]
    assert.deepEqual(latest, { guid: 'p', event: 'ping', action: null, repository: 'octo/hello' })
    assert.ok(Date.parse(String(received_at)) <= Date.now())
  })
})

describe('a signature', () => {
  test('is made as GitHub’s documentation shows', async () => {
    const secret = "It's a Secret to Everybody"
    const expected = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17'
    assert.equal(await sign(secret, 'Hello, World!'), expected)
    await receiver.close()
    receiver = await startReceiver({ ...options(), secret })
    const headers = { 'x-hub-signature-256': expected }
    assert.equal((await deliver('Hello, World!', headers)).status, 400, 'signed well, but no JSON')
    assert.equal((await deliver('Hello, World?', headers)).status, 401)
  })

  test('is refused when it is wrong, missing, malformed, or of the older kind', async () => {
    for (const signature of [`sha256=${'0'.repeat(64)}`, '', 'sha256=', 'é', `sha1=${'0'.repeat(40)}`]) {
      assert.equal(
        (await deliver(opened(1), { 'x-hub-signature-256': Buffer.from(signature).toString('latin1') }))
          .status,
        401,
      )
    }
    const older = createHmac('sha1', SECRET).update(opened(1)).digest('hex')
    const response = await post(opened(1), { ...HEADERS, 'x-hub-signature': `sha1=${older}` })
    assert.equal(response.status, 401)
    assert.match((await response.json()).message, /X-Hub-Signature-256/)
    assert.deepEqual(await totals(), {})
  })

  test('is refused when the body is not UTF-8, for bytes that cannot be told apart cannot be verified', async () => {
    const bytes = Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])
    const asDecoded = await sign(SECRET, bytes.toString())
    assert.equal((await deliver(bytes, { 'x-hub-signature-256': asDecoded })).status, 401)
  })

  test('is refused when there is no body', async () => {
    assert.equal((await deliver('', { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` })).status, 401)
  })

  test('is not asked for without a secret, and that is said once', async () => {
    await receiver.close()
    const lines: string[] = []
    receiver = await startReceiver({ ...options(), secret: undefined, log: line => lines.push(line) })
    assert.equal(lines.length, 1)
    assert.match(lines[0]!, /No secret/)
    assert.equal((await post(opened(1), HEADERS)).status, 202)
    assert.equal((await post(Buffer.from([0xff]), HEADERS)).status, 400)
  })
})

describe('a request that is no delivery', () => {
  test('is answered with 415 for another content type', async () => {
    assert.equal((await deliver('x=1', { 'content-type': 'text/plain' })).status, 415)
    assert.equal((await deliver(Buffer.alloc(0), { 'content-type': 'multipart/form-data' })).status, 415)
    assert.equal((await fetch(`${receiver.url}/payload`, { method: 'POST' })).status, 415)
  })

  test('is answered with 400 when the payload cannot be read', async () => {
    for (const body of ['{', '5', 'null', '[]', '"text"']) assert.equal((await deliver(body)).status, 400)
    assert.equal((await deliver('other=1', { 'content-type': FORM })).status, 400)
    assert.equal((await deliver('payload=%7B', { 'content-type': FORM })).status, 400)
  })

  test('is answered with 400 when it does not say which event and delivery it is', async () => {
    for (const name of ['x-github-event', 'x-github-delivery']) {
      const response = await deliver(opened(1), { [name]: '' })
      assert.equal(response.status, 400)
      assert.match((await response.json()).message.toLowerCase(), new RegExp(name))
    }
  })

  test('is answered with 413 by its announced length, before it is read', async () => {
    const outgoing = request(`${receiver.url}/payload`, {
      method: 'POST',
      headers: { ...HEADERS, 'content-length': 25 * MEGABYTE + 1 },
    })
    outgoing.on('error', () => {}).flushHeaders()
    const [response] = await once(outgoing, 'response')
    assert.equal(response.statusCode, 413)
    outgoing.destroy()
  })

  test('is answered with 413 when it turns out to be too long', async () => {
    const outgoing = request(`${receiver.url}/payload`, {
      method: 'POST',
      headers: { ...HEADERS, 'transfer-encoding': 'chunked' },
    })
    const answered = once(outgoing, 'response')
    outgoing.on('error', () => {}).end(Buffer.alloc(25 * MEGABYTE + 1))
    const [response] = await answered
    assert.equal(response.statusCode, 413)
  })

  test('is let in up to 25 MB, and beyond ten of these at a time is asked to come again', async () => {
    const headers = { ...HEADERS, 'content-length': 25 * MEGABYTE, expect: '100-continue' }
    const uploads = Array.from({ length: 10 }, () =>
      request(`${receiver.url}/payload`, { method: 'POST', headers }),
    )
    for (const upload of uploads) upload.on('error', () => {}).flushHeaders()
    await Promise.all(uploads.map(upload => once(upload, 'continue')))
    const response = await deliver(opened(1))
    assert.equal(response.status, 503)
    assert.equal(response.headers.get('retry-after'), '5')
    for (const upload of uploads) upload.destroy()
  })

  test('is told that deliveries come by POST', async () => {
    const response = await fetch(`${receiver.url}/payload`)
    assert.equal(response.status, 405)
    assert.equal(response.headers.get('allow'), 'POST')
    assert.equal((await fetch(`${receiver.url}/payload?hub.challenge=1`)).status, 405)
    assert.equal((await fetch(`${receiver.url}/nowhere`)).status, 404)
  })
})

describe('the figures', () => {
  test('cover 30 days unless told otherwise, with a zero where no issue came', async () => {
    await deliver(opened(1))
    const [repository] = await popularity()
    assert.deepEqual(Object.keys(repository), ['repository', 'total', 'days'])
    assert.deepEqual(
      repository.days.map(({ opened }) => opened),
      [...Array(29).fill(0), 1],
    )
    assert.equal((await popularity('?days=366'))[0].days.length, 366)
  })

  test('are refused for days and time zones that do not exist', async () => {
    for (const query of [
      'days=0',
      'days=367',
      'days=two',
      'days=1.5',
      'days=',
      'time_zone=Mars/Base',
      'time_zone=',
    ]) {
      const response = await fetch(`${receiver.url}/popularity.json?${query}`)
      assert.equal(response.status, 400, query)
      assert.match((await response.json()).message, /^(days|time_zone) /)
    }
  })

  test('are announced to open pages when they change, and the line ends when the receiver stops', async () => {
    const response = await fetch(`${receiver.url}/events`)
    assert.equal(response.headers.get('content-type'), 'text/event-stream')
    const text = response.body!.pipeThrough(new TextDecoderStream()).getReader()
    await deliver(opened(1))
    let heard = ''
    while (!heard.includes('event: changed')) heard += (await text.read()).value
    await receiver.close()
    while (!(await text.read()).done);
  })

  test('are announced to a hundred pages and no more', async () => {
    const pages = await Promise.all(Array.from({ length: 100 }, () => fetch(`${receiver.url}/events`)))
    assert.equal((await fetch(`${receiver.url}/events`)).status, 503)
    await Promise.all(pages.map(page => page.body!.cancel()))
  })
})

describe('the page', () => {
  test('comes with a strict policy, and again only when it changed', async () => {
    const page = await fetch(receiver.url)
    assert.equal(page.status, 200)
    assert.match(
      page.headers.get('content-security-policy')!,
      /^default-src 'none'; script-src 'self'; style-src 'self'/,
    )
    const again = await fetch(receiver.url, { headers: { 'if-none-match': page.headers.get('etag')! } })
    assert.equal(again.status, 304)
  })

  test('is asked to be built when it is missing', async () => {
    rmSync(join(folder, 'page.js'))
    await assert.rejects(startReceiver(options()), /npm run build/)
  })

  test('is not served under a path at which deliveries cannot come', async () => {
    for (const path of ['payload', '/', '/:name', '/a*'])
      await assert.rejects(startReceiver({ ...options(), path }), /path/)
  })
})

describe('a receiver that is killed', () => {
  test('counts after its restart what it had accepted and not worked on', async () => {
    await receiver.close()
    // The database itself holds the work back, so that the kill surely falls between the two.
    sql("CREATE TRIGGER hold BEFORE INSERT ON issue BEGIN SELECT raise(ABORT, 'held by the test'); END")
    const child = await startChild()
    assert.equal((await deliver(opened(1), { 'x-github-delivery': 'held' }, child.url)).status, 202)
    await child.kill()

    sql('DROP TRIGGER hold')
    receiver = await startReceiver(options())
    assert.deepEqual(await totals(), { 'octo/hello': 1 })
    await deliver(opened(1), { 'x-github-delivery': 'held' })
    assert.deepEqual(await totals(), { 'octo/hello': 1 })
  })

  test('has lost nothing that it answered with 202, at whatever moment it is killed', async () => {
    await receiver.close()
    const sent: number[] = []
    const accepted: number[] = []
    for (const count of [1, 7, 40, 120]) {
      const child = await startChild()
      const enough = accepted.length + count
      const sender = async (): Promise<void> => {
        while (accepted.length < enough) {
          const id = sent.push(sent.length)
          const response = await deliver(opened(id), { 'x-github-delivery': `guid-${id}` }, child.url).catch(
            () => null,
          )
          if (response?.status === 202) accepted.push(id)
          else return
        }
        await child.kill()
      }
      await Promise.all(Array.from({ length: 10 }, sender))
    }
    receiver = await startReceiver(options())
    const { 'octo/hello': counted = 0 } = await totals()
    assert.ok(
      accepted.length <= counted && counted <= sent.length,
      `${accepted.length} ≤ ${counted} ≤ ${sent.length}`,
    )

    for (const id of sent) await deliver(opened(id + 1), { 'x-github-delivery': `guid-${id + 1}` })
    assert.deepEqual(await totals(), { 'octo/hello': sent.length })
  })
})

const HEADERS = {
  'content-type': 'application/json',
  'x-github-event': 'issues',
  'x-github-delivery': 'guid',
}

type Figures = { repository: string; total: number; days: { date: string; opened: number }[] }

function options(): ReceiverOptions {
  const pageFolder = new URL(`${pathToFileURL(folder)}/`)
  return { port: 0, secret: SECRET, dataFile: join(folder, 'receiver.db'), log: () => {}, pageFolder }
}

function opened(id: number, created_at = new Date().toISOString()): string {
  const repository = { id: 7, full_name: 'octo/hello', updated_at: '2026-01-01T00:00:00Z' }
  return JSON.stringify({ action: 'opened', issue: { id, created_at }, repository })
}

let guids = 0

/** Sends it signed, and under a GUID of its own, where `headers` do not say otherwise. */
function deliver(
  body: string | Buffer,
  headers: Record<string, string> = {},
  url = receiver.url,
): Promise<Response> {
  const signature = `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`
  const usual = { ...HEADERS, 'x-github-delivery': `guid-${guids++}`, 'x-hub-signature-256': signature }
  return post(body, { ...usual, ...headers }, url)
}

function post(body: string | Buffer, headers: Record<string, string>, url = receiver.url): Promise<Response> {
  return fetch(`${url}/payload`, { method: 'POST', headers, body: new Uint8Array(Buffer.from(body)) })
}

async function getJson(path: string): Promise<unknown> {
  return (await fetch(receiver.url + path)).json()
}

async function popularity(query = ''): Promise<[Figures, ...Figures[]]> {
  await worked()
  return (await getJson(`/popularity.json${query}`)) as [Figures, ...Figures[]]
}

async function totals(): Promise<Record<string, number>> {
  return Object.fromEntries((await popularity('?days=2')).map(({ repository, total }) => [repository, total]))
}

async function worked(): Promise<void> {
  while (sql('SELECT count(payload) AS payloads FROM delivery')?.payloads !== 0)
    await once(receiver.memory, 'changed')
}

function sql(text: string) {
  const database = new DatabaseSync(join(folder, 'receiver.db'), { timeout: 5000 })
  const row = database.prepare(text).get()
  database.close()
  return row
}

/** The receiver in a process of its own, to be killed as `kill -9` does. */
async function startChild(): Promise<{ url: string; kill(): Promise<unknown> }> {
  const program = `
    import { startReceiver } from ${JSON.stringify(new URL('./server.ts', import.meta.url).href)}
    const options = ${JSON.stringify({ ...options(), pageFolder: undefined })}
    const pageFolder = new URL(${JSON.stringify(options().pageFolder)})
    console.log((await startReceiver({ ...options, pageFolder, log: () => {} })).url)`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const [line] = await once(child.stdout, 'data')
  return {
    url: String(line).trim(),
    kill: () => {
      child.kill('SIGKILL')
      return exited
    },
  }
}
