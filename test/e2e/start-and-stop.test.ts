// How the program starts, refuses to start, and ends.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { suite, test } from 'node:test'
import { type Program, programsIn } from './program.ts'

const SERVE = ['serve', '--port', '0']

const ONE = 'hook-line-and-sinker'
const TWO = 'line-hook-and-sinker'

suite('hookline serve', () => {
  test('needs no more than a free port, and ends well when asked to', async t => {
    const { start } = await programsIn(t)
    const program = start(SERVE)
    assert.equal((await fetch(`${await urlOf(program)}/zen`)).status, 200)
    assert.equal((await program.end('SIGTERM')).code, 0)
  })

  test('shows the administrator’s keys at its first start alone', async t => {
    const { start } = await programsIn(t)
    const first = start(SERVE)
    const [, token = ''] = await first.says(/Token +(\S+)/)
    const [, link = ''] = await first.says(/Sign in +(\S+)/)
    assert.equal(await loginOf(token, first), 'admin')
    assert.equal((await fetch(link)).status, 200)
    await first.end('SIGTERM')

    const second = start(SERVE)
    assert.equal(await loginOf(token, second), 'admin')
    assert.doesNotMatch((await second.end('SIGTERM')).stdout, /Token|Sign in/)
  })

  test('takes the administrator’s token from the environment, and none that was there before', async t => {
    const { start } = await programsIn(t)
    const first = start(SERVE, { HOOKLINE_ADMIN_TOKEN: ONE })
    assert.equal(await loginOf(ONE, first), 'admin')
    assert.doesNotMatch((await first.end('SIGTERM')).stdout, /Token|Sign in/)

    const second = start(SERVE, { HOOKLINE_ADMIN_TOKEN: TWO })
    assert.equal(await loginOf(TWO, second), 'admin')
    assert.equal(await loginOf(ONE, second), undefined)
    await second.end('SIGTERM')

    const third = start(SERVE)
    const [, token = ''] = await third.says(/Token +(\S+)/)
    assert.equal(await loginOf(token, third), 'admin')
    assert.equal(await loginOf(TWO, third), undefined)
  })

  test('says that the administrator’s token cannot be one, and does not show it', async t => {
    const { start } = await programsIn(t)
    const { code, stderr } = await start(SERVE, { HOOKLINE_ADMIN_TOKEN: 'open sesame' }).end()
    assert.equal(code, 1)
    assert.match(stderr, /^hookline: HOOKLINE_ADMIN_TOKEN .* without blanks/)
    assert.doesNotMatch(stderr, /sesame/)
  })

  test('says that its port is taken', async t => {
    const { start } = await programsIn(t)
    const other = createServer().listen(0, '127.0.0.1')
    t.after(() => other.close())
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const { code, stderr } = await start(['serve', '--port', `${port}`]).end()
    assert.equal(code, 1)
    assert.match(stderr, new RegExp(`^hookline: Port ${port} on 127.0.0.1 is taken .* with --port\\.\\n$`))
  })

  test('says that its host is not of this machine', async t => {
    const { start } = await programsIn(t)
    const { code, stderr } = await start([...SERVE, '--host', '192.0.2.1']).end()
    assert.equal(code, 1)
    assert.match(stderr, /^hookline: 192\.0\.2\.1 is not an address of this machine .* with --host\.\n$/)
  })

  test('says that its folder cannot be written to', async t => {
    const { folder, start } = await programsIn(t)
    await writeFile(join(folder, 'data'), 'a file, where the folder should be')
    const { code, stderr } = await start(SERVE).end()
    assert.equal(code, 1)
    assert.match(stderr, /^hookline: The data folder \.\/data cannot be written to .* with --data\.\n$/)
  })

  test('says that another one is running on its folder', async t => {
    const { start } = await programsIn(t)
    await urlOf(start(SERVE))
    const { code, stderr } = await start(SERVE).end()
    assert.equal(code, 1)
    assert.match(stderr, /^hookline: Another Hookline is running on .* with --data\.\n$/)
  })

  test('leaves data alone that a newer version has written', async t => {
    const { folder, start } = await programsIn(t)
    const first = start(SERVE)
    await urlOf(first)
    await first.end('SIGTERM')
    const db = new DatabaseSync(join(folder, 'data', 'hookline.db'))
    db.exec("INSERT INTO kysely_migration VALUES ('999-tomorrow', '2030-01-01')")
    db.close()
    const { code, stderr } = await start(SERVE).end()
    assert.equal(code, 1)
    assert.match(stderr, /^hookline: This data was written by a newer Hookline .*999-tomorrow/)
  })

  test('can start again after a start that failed', async t => {
    const { start } = await programsIn(t)
    await start([...SERVE, '--host', '192.0.2.1']).end()
    await start(SERVE).says(/Token +\S+/)
  })

  test('ends at once at a second signal', async t => {
    const { start } = await programsIn(t)
    const silent = createServer(() => {}).listen(0, '127.0.0.1')
    t.after(() => silent.close().closeAllConnections())
    await once(silent, 'listening')
    const { port } = silent.address() as AddressInfo

    // An attempt that gets no answer holds up the end for seconds.
    const program = start([...SERVE, '--allow-network', '127.0.0.0/8'], { HOOKLINE_ADMIN_TOKEN: ONE })
    const url = await urlOf(program)
    const headers = { authorization: `token ${ONE}` }
    const post = (path: string, body: unknown) =>
      fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })
    assert.equal((await post('/user/repos', { name: 'hello-world' })).status, 201)
    const attempted = once(silent, 'request')
    const config = { url: `http://127.0.0.1:${port}/`, content_type: 'json' }
    assert.equal((await post('/repos/admin/hello-world/hooks', { config })).status, 201)
    await attempted

    const ended = program.end('SIGINT')
    const again = setInterval(() => program.signal('SIGINT'), 50)
    const { code } = await ended
    clearInterval(again)
    assert.equal(code, 130)
  })
})

suite('hookline', () => {
  test('answers a command that there is not with the usage', async t => {
    const { start } = await programsIn(t)
    const { code, stdout, stderr } = await start(['sreve']).end()
    assert.equal(code, 2)
    assert.equal(stdout, '')
    assert.match(stderr, /^hookline: There is no command sreve\.\n\n.*Usage/s)
  })

  test('answers a flag that there is not with the command’s usage', async t => {
    const { start } = await programsIn(t)
    const { code, stderr } = await start(['serve', '--prot', '3000']).end()
    assert.equal(code, 2)
    assert.match(stderr, /--prot.*Usage: hookline serve/s)
  })

  test('gives its help and its version on standard output', async t => {
    const { start } = await programsIn(t)
    const asked = [['--help'], ['serve', '--help'], ['receive', '-h'], ['tutorial', '--help'], ['--version']]
    for (const args of asked) {
      const { code, stdout, stderr } = await start(args).end()
      assert.equal(code, 0)
      assert.equal(stderr, '')
      assert.match(stdout, /^Hookline|^hookline|^\d+\.\d+\.\d+\n$/)
    }
  })
})

async function urlOf(program: Program): Promise<string> {
  const [, url] = await program.says(/listens on (http:\S+)/)
  assert(url !== undefined)
  return url
}

async function loginOf(token: string, program: Program): Promise<string | undefined> {
  const answer = await fetch(`${await urlOf(program)}/user`, {
    headers: { authorization: `Bearer ${token}` },
  })
  const { login } = (await answer.json()) as { login?: string }
  return login
}
