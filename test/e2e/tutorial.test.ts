// The founding tutorial as its reader lives it: start, open an issue with the line that is printed,
// see today's bar grow; stop, start again, and go on.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { promisify } from 'node:util'
import { type Program, programsIn } from './program.ts'

const run = promisify(execFile)

const ARGS = ['tutorial', '--port', '0', '--receiver-port', '0', '--data', 'kept']
const DEADLINE_MS = 20_000

suite('the tutorial', () => {
  test('draws an issue that was opened with the printed line, and remembers it at the next start', async t => {
    const { folder, start } = await programsIn(t)

    const first = start(ARGS)
    await first.says(/ping +delivered 202/)
    await openIssue(first)
    await drawn(await receiverOf(first), 1)
    await first.says(/issue #1 opened: Found a bug +delivered 202 in .* 1 issue today/)
    const { code, stderr } = await first.end('SIGINT')
    assert.equal(code, 0)
    assert.equal(stderr, '')

    const second = start(ARGS)
    await openIssue(second)
    await drawn(await receiverOf(second), 2)
    await second.says(/issue #2 opened: Found a bug +delivered 202 in .* 2 issues today/)
    const { stdout } = await second.end('SIGTERM')
    assert.doesNotMatch(stdout, /issue #1|ping/)

    const notes = join(folder, 'kept', 'tutorial.json')
    assert.equal((await stat(notes)).mode & 0o777, 0o600)
    assert.match(stdout, new RegExp(`token ${JSON.parse(await readFile(notes, 'utf8')).token}'`))
  })

  test('sends its webhook through a tunnel, whose name it keeps', async t => {
    const { folder, start } = await programsIn(t)
    const first = start(ARGS)
    const { name, url, local } = await forwardingOf(first)
    assert.equal(await hookUrlOf(first), `${url}/payload`)
    assert.equal(`http://${local}`, await receiverOf(first))
    await first.says(/ping +delivered 202/)
    await first.end('SIGINT')
    const notes = join(folder, 'kept', 'tutorial.json')
    assert.equal(JSON.parse(await readFile(notes, 'utf8')).tunnelName, name)

    // At another port, which the webhook follows.
    const second = start(ARGS)
    const again = await forwardingOf(second)
    assert.equal(again.name, name)
    assert.equal(await hookUrlOf(second), `${again.url}/payload`)
    await openIssue(second)
    await second.says(/issue #1 opened: Found a bug +delivered 202/)
  })

  test('makes the webhook anew when somebody has deleted it', async t => {
    const { start } = await programsIn(t)
    const first = start(ARGS)
    const { server, token } = await addressesOf(first)
    const hooks = `${server}/repos/octocat/hello-world/hooks`
    const headers = { authorization: `token ${token}` }
    const [hook] = (await (await fetch(hooks, { headers })).json()) as { id: number }[]
    assert.equal((await fetch(`${hooks}/${hook?.id}`, { method: 'DELETE', headers })).status, 204)
    await first.says(/The webhook was deleted/)
    await first.end('SIGTERM')

    const second = start(ARGS)
    await openIssue(second)
    await second.says(/issue #1 opened: Found a bug +delivered 202/)
  })
})

/** By a real shell, as it was printed. */
async function openIssue(program: Program): Promise<void> {
  const [line] = await program.says(/curl .*(?=\n)/)
  const { stdout } = await run('bash', ['-c', line])
  assert.equal((JSON.parse(stdout) as { title: string }).title, 'Found a bug')
}

async function forwardingOf(program: Program) {
  const [, url = '', name, local] = await program.says(
    /Forwarding {2}(http:\/\/([\da-f]{8})\.localhost:\d+) -> (127\.0\.0\.1:\d+)\n/,
  )
  return { url, name, local }
}

async function hookUrlOf(program: Program): Promise<string | undefined> {
  const { server, token } = await addressesOf(program)
  const answer = await fetch(`${server}/repos/octocat/hello-world/hooks`, {
    headers: { authorization: `token ${token}` },
  })
  const [hook] = (await answer.json()) as { config: { url: string } }[]
  return hook?.config.url
}

async function receiverOf(program: Program): Promise<string> {
  const [, url] = await program.says(/Receiver +(http:\S+)/)
  assert(url !== undefined)
  return url
}

async function addressesOf(program: Program): Promise<{ server: string; token: string }> {
  const [, token, server] = await program.says(/token (\w+)' (http:\/\/[^/]+)/)
  assert(token !== undefined && server !== undefined)
  return { server, token }
}

/** Resolves when today's bar is that high. The page learns of changes in the same way. */
async function drawn(receiver: string, height: number): Promise<void> {
  const signal = AbortSignal.timeout(DEADLINE_MS)
  const events = await fetch(`${receiver}/events`, { signal })
  assert(events.body !== null)
  for await (const _ of events.body) {
    const answer = await fetch(`${receiver}/popularity.json?days=1`, { signal })
    const [row] = (await answer.json()) as { repository: string; days: { opened: number }[] }[]
    if (row?.days.at(-1)?.opened !== height) continue
    assert.equal(row.repository, 'octocat/hello-world')
    return
  }
}
