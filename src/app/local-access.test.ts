import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { startApp } from './app.ts'
import { readConfig, SERVE_SETTINGS } from './config.ts'
import { findLocalAccess } from './local-access.ts'

async function folderFor(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hookline-local-'))
  t.after(() => rm(folder, { recursive: true }))
  return folder
}

function start(data: string) {
  return startApp(readConfig(SERVE_SETTINGS, { data, port: '0', 'log-level': 'silent' }, {}))
}

function statusWith(url: string, token: string): Promise<number> {
  return fetch(`${url}/user`, { headers: { authorization: `token ${token}` } }).then(({ status }) => status)
}

test('leaves an address and a token that work, for its owner alone, and takes both back', async t => {
  const data = await folderFor(t)
  const app = await start(data)
  t.after(() => app.stop())
  const access = findLocalAccess(data)
  assert.ok(access)
  assert.equal(access.url, app.url)
  assert.equal(await statusWith(app.url, access.token), 200)
  assert.equal((await stat(join(data, 'local.json'))).mode & 0o077, 0)
  await app.stop()
  assert.deepEqual((await readdir(data)).includes('local.json'), false)

  // As a crash would have left it, save that the token is revoked.
  await writeFile(join(data, 'local.json'), JSON.stringify(access))
  const again = await start(data)
  t.after(() => again.stop())
  assert.equal(await statusWith(again.url, access.token), 401)
  assert.notEqual(findLocalAccess(data)?.token, access.token)
})

test('goes on with the token that a crash has left', async t => {
  const data = await folderFor(t)
  const app = await start(data)
  const left = await readFile(join(data, 'local.json'), 'utf8')
  const copy = await folderFor(t)
  t.after(() => app.stop())
  // A copy of the database while it runs is what a crash leaves.
  for (const file of await readdir(data)) {
    if (file.startsWith('hookline.db') || file === 'secret.key') {
      await writeFile(join(copy, file), await readFile(join(data, file)))
    }
  }
  await writeFile(join(copy, 'local.json'), left)
  const again = await start(copy)
  t.after(() => again.stop())
  const { token } = JSON.parse(left) as { token: string }
  assert.equal(findLocalAccess(copy)?.token, token)
  assert.equal(findLocalAccess(copy)?.url, again.url)
  assert.equal(await statusWith(again.url, token), 200)
})
