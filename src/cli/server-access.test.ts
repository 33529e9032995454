import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { AppError } from '../errors.ts'
import { Secret } from '../secret.ts'
import { serverAccess } from './server-access.ts'

test('gives the token to the server alone that left it', async t => {
  const data = await mkdtemp(join(tmpdir(), 'hookline-local-'))
  t.after(() => rm(data, { recursive: true }))
  await writeFile(
    join(data, 'local.json'),
    JSON.stringify({ url: 'http://127.0.0.1:3000', token: 'local', pid: process.pid }),
  )
  const ask = (server: string | null, token: Secret | null = null) => serverAccess({ server, token, data })
  assert.equal(ask(null).server, 'http://127.0.0.1:3000')
  assert.equal(ask(null).token.reveal(), 'local')
  assert.equal(ask('http://localhost:3000').token.reveal(), 'local')
  assert.equal(ask('https://hooks.example.com', new Secret('given')).token.reveal(), 'given')
  for (const other of ['https://hooks.example.com', 'http://127.0.0.1:3001', 'https://127.0.0.1:3000']) {
    assert.throws(
      () => ask(other),
      (error: unknown) => error instanceof AppError && error.code === 'misconfigured',
    )
  }
})

test('gives no token of a server that has crashed', async t => {
  const data = await mkdtemp(join(tmpdir(), 'hookline-local-'))
  t.after(() => rm(data, { recursive: true }))
  // No process has so high a number: Linux's highest is 4,194,304.
  await writeFile(join(data, 'local.json'), JSON.stringify({ url: DEFAULT, token: 'local', pid: 5_000_000 }))
  assert.throws(() => serverAccess({ server: null, token: null, data }), { code: 'misconfigured' })
})

const DEFAULT = 'http://127.0.0.1:3000'
