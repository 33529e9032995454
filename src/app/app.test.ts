import assert from 'node:assert/strict'
import { chmod, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { startApp } from './app.ts'
import { readConfig, SERVE_SETTINGS } from './config.ts'

test('writes nothing that others may read, into a folder that was there and open to them', async t => {
  const data = await mkdtemp(join(tmpdir(), 'hookline-app-'))
  await chmod(data, 0o755)
  t.after(() => rm(data, { recursive: true }))
  const app = await startApp(readConfig(SERVE_SETTINGS, { data, port: '0', 'log-level': 'silent' }, {}))
  t.after(() => app.stop())

  const files = await readdir(data)
  assert.ok(files.includes('hookline.db'))
  for (const file of files) assert.equal((await stat(join(data, file))).mode & 0o077, 0, file)
})
