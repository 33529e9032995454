// The receiver as a program of its own.
import assert from 'node:assert/strict'
import { mkdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { sign } from '@octokit/webhooks-methods'
import { type Program, programsIn } from './program.ts'

const TOKEN = 'hook-line-and-sinker'
const RECEIVE = ['receive', '--port', '0']

suite('hookline receive', () => {
  test('says where its page is, and takes what is signed with its secret', async t => {
    const { start } = await programsIn(t)
    const program = start([...RECEIVE, '--path', '/hook'], { HOOKLINE_SECRET: 'opensesame' })
    const url = await pageOf(program)
    assert.match(await (await fetch(url)).text(), /<html/)
    assert.equal(await deliver(`${url}/hook`, 'opensesame'), 202)
    assert.equal(await deliver(`${url}/hook`, 'a guess'), 401)
    const { code, stdout, stderr } = await program.end('SIGTERM')
    assert.equal(code, 0)
    assert.equal(stderr, '')
    assert.match(stdout, /\d\d:\d\d:\d\d +ping .*72d3162e/)
    assert.doesNotMatch(stdout, /opensesame/)
  })

  test('keeps its file in the folder that HOOKLINE_DATA names for the server', async t => {
    const { folder, start } = await programsIn(t)
    await mkdir(join(folder, 'shared'))
    await pageOf(start(RECEIVE, { HOOKLINE_DATA: 'shared' }))
    assert((await stat(join(folder, 'shared', 'receiver.db'))).isFile())
  })

  test('says that its file is none of its kind, or cannot be made', async t => {
    const { folder, start } = await programsIn(t)
    await writeFile(join(folder, 'letter.txt'), 'Dear database, you are none.'.repeat(100))
    for (const file of ['letter.txt', 'letter.txt/receiver.db']) {
      const { code, stderr } = await start([...RECEIVE, '--data', file]).end()
      assert.equal(code, 1)
      assert.match(stderr, /^hookline: The file letter\.txt\S* cannot be used .* with --data\.\n$/)
    }
  })

  test('counts what was there before, in plain lines where no terminal is, and then serves', async t => {
    const { start } = await programsIn(t)
    const server = start(['serve', '--port', '0'], { HOOKLINE_ADMIN_TOKEN: TOKEN })
    const [, api = ''] = await server.says(/listens on (http:\S+)/)
    const post = (path: string, body: unknown) =>
      fetch(api + path, {
        method: 'POST',
        headers: { authorization: `token ${TOKEN}` },
        body: JSON.stringify(body),
      })
    assert.equal((await post('/user/repos', { name: 'hello-world', private: true })).status, 201)
    for (const title of ['One', 'Two']) {
      assert.equal((await post('/repos/admin/hello-world/issues', { title })).status, 201)
    }

    const env = { HOOKLINE_SERVER: api, HOOKLINE_TOKEN: TOKEN }
    const program = start([...RECEIVE, '--backfill', 'admin/hello-world'], env)
    await program.says(/Issues of admin\/hello-world: 1 of 1 pages, 2 found\n/)
    await program.says(/2 issues of admin\/hello-world are counted/)
    const answer = await fetch(`${await pageOf(program)}/popularity.json?days=1`)
    const [row] = (await answer.json()) as { repository: string; total: number }[]
    assert.deepEqual([row?.repository, row?.total], ['admin/hello-world', 2])
  })

  test('goes on to serve when the backfill fails, and says so', async t => {
    const { start } = await programsIn(t)
    const server = start(['serve', '--port', '0'])
    const [, api = ''] = await server.says(/listens on (http:\S+)/)
    const program = start([...RECEIVE, '--backfill', 'nobody/nothing', '--server', api])
    await program.says(/Not all issues of nobody\/nothing are counted: .* answered 404/)
    assert.equal((await fetch(`${await pageOf(program)}/healthz`)).status, 200)
  })
})

async function pageOf(program: Program): Promise<string> {
  const [, url] = await program.says(/page is (http:\S+)/)
  assert(url !== undefined)
  return url
}

async function deliver(url: string, secret: string): Promise<number> {
  const body = JSON.stringify({ zen: 'Keep it logically awesome.' })
  const { status } = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'ping',
      'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
      'x-hub-signature-256': await sign(secret, body),
    },
    body,
  })
  return status
}
