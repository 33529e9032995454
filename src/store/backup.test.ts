import assert from 'node:assert/strict'
import { copyFile, mkdir, mkdtemp, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, type TestContext, test } from 'node:test'
import { systemClock } from '../base/clock.ts'
import { Secret } from '../secret.ts'
import { backUp, type CopyOptions } from './backup.ts'
import { createHook, findHookById } from './hooks.ts'
import { findKeys, writeKeys } from './key-file.ts'
import { openStore, type Store } from './store.ts'
import { newVaultKey, parseVaultKeys } from './vault.ts'

const PATIENT: CopyOptions = { signal: new AbortController().signal, onProgress() {} }

suite('a backup', () => {
  test('has all that was committed before it, while the store goes on writing', async t => {
    const { data, folder, file } = await placesFor(t)
    const store = await openStore(data, systemClock)
    const hookId = await createHookIn(store)
    await addPayloads(store, 1, 3_000)
    let written = 3_000
    const enough = new AbortController()
    const writing = (async () => {
      while (!enough.signal.aborted) await addPayloads(store, ++written, 1)
    })()

    let steps = 0
    await backUp(data, file, { ...PATIENT, onProgress: () => steps++ })
    enough.abort()
    await writing
    await store.close()
    t.diagnostic(`${written - 3_000} commits meanwhile, ${steps} steps`)
    assert.ok(steps > 1)

    const copy = await openRestored(folder, file)
    t.after(() => copy.close())
    const ids = await copy.read.selectFrom('payloads').select('event_id').orderBy('event_id').execute()
    // All up to one instant, and nothing after it.
    assert.ok(ids.length >= 3_000)
    assert.equal(ids.at(-1)?.event_id, ids.length)
    const hook = await findHookById(copy.read, copy.vault, hookId)
    assert.equal(hook?.config.secret?.reveal(), 's3cret')
  })

  test('is two files that their owner alone may read, and nothing beside them', async t => {
    const { data, folder, file } = await placesFor(t)
    await (await openStore(data, systemClock)).close()
    assert.equal(await backUp(data, file, PATIENT), (await stat(file)).size)
    assert.deepEqual((await readdir(folder)).sort(), ['copy.db', 'copy.db.key', 'data'])
    for (const path of [file, `${file}.key`]) assert.equal((await stat(path)).mode & 0o777, 0o600)
  })

  test('has every key that its secrets may need', async t => {
    const { data, file } = await placesFor(t)
    await (await openStore(data, systemClock)).close()
    const [old] = (await findKeys(data)) ?? []
    const keys = [newVaultKey(), old!] as const
    await writeKeys(data, keys)
    await backUp(data, file, PATIENT)
    assert.deepEqual(parseVaultKeys(await readFile(`${file}.key`, 'utf8')), keys)
  })

  test('overwrites neither a copy nor a key', async t => {
    const { data, folder, file } = await placesFor(t)
    await (await openStore(data, systemClock)).close()
    for (const path of [file, `${file}.key`]) {
      await writeFile(path, 'precious')
      await assert.rejects(backUp(data, file, PATIENT), {
        code: 'misconfigured',
        message: `${path} is there already, and a backup overwrites nothing. Give another name.`,
      })
      assert.equal(await readFile(path, 'utf8'), 'precious')
      await rm(path)
    }
    assert.deepEqual(await readdir(folder), ['data'])
  })

  test('that is broken off leaves nothing', async t => {
    const { data, folder, file } = await placesFor(t)
    const store = await openStore(data, systemClock)
    t.after(() => store.close())
    await addPayloads(store, 1, 3_000)
    const stop = new AbortController()
    const breakOff = backUp(data, file, { signal: stop.signal, onProgress: () => stop.abort() })
    await assert.rejects(breakOff, { code: 'unavailable', message: /broken off/ })
    assert.deepEqual(await readdir(folder), ['data'])
  })

  test('of a damaged database is refused, and leaves nothing', async t => {
    const { data, folder, file } = await placesFor(t)
    const store = await openStore(data, systemClock)
    await addPayloads(store, 1, 100)
    await store.close()
    const database = await open(join(data, 'hookline.db'), 'r+')
    const { size } = await database.stat()
    await database.write(Buffer.alloc(4096 * 4, 0xff), 0, undefined, Math.floor(size / 4096 / 2) * 4096)
    await database.close()
    await assert.rejects(backUp(data, file, PATIENT), { code: 'misconfigured', message: /is damaged/ })
    assert.deepEqual(await readdir(folder), ['data'])
  })

  test('is refused when the keys of the store are lost, and leaves nothing', async t => {
    const { data, folder, file } = await placesFor(t)
    await (await openStore(data, systemClock)).close()
    await rm(join(data, 'secret.key'))
    await assert.rejects(backUp(data, file, PATIENT), {
      code: 'misconfigured',
      message: /secret\.key .* is missing/,
    })
    assert.deepEqual(await readdir(folder), ['data'])
  })

  test('is refused without a store, and in a folder that is not there', async t => {
    const { data, folder, file } = await placesFor(t)
    await assert.rejects(backUp(data, file, PATIENT), {
      code: 'misconfigured',
      message: /no data of Hookline/,
    })
    await (await openStore(data, systemClock)).close()
    await assert.rejects(backUp(data, join(folder, 'missing', 'copy.db'), PATIENT), {
      code: 'misconfigured',
      message: /\(ENOENT\)/,
    })
    assert.deepEqual(await readdir(folder), ['data'])
  })
})

/** As docs/commands.md has it. */
async function openRestored(folder: string, file: string): Promise<Store> {
  const data = join(folder, 'restored')
  await mkdir(data)
  await copyFile(file, join(data, 'hookline.db'))
  await copyFile(`${file}.key`, join(data, 'secret.key'))
  return openStore(data, systemClock)
}

/** One after the other from this identifier on, 7 KB each. */
async function addPayloads(store: Store, firstId: number, count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, index) => [1, firstId + index, Buffer.alloc(7_000, index)])
  await store.batch([
    { kind: 'insert', table: 'payloads', columns: ['account_id', 'event_id', 'body'], rows },
  ])
}

async function createHookIn(store: Store): Promise<number> {
  const now = new Date()
  const { id } = await store.write(tx =>
    createHook(tx, store.vault, {
      accountId: 1,
      target: { kind: 'repository', id: 7 },
      active: true,
      events: ['*'],
      config: {
        url: 'https://example.com/',
        contentType: 'json',
        secret: new Secret('s3cret'),
        insecureSsl: false,
      },
      createdAt: now,
      updatedAt: now,
    }),
  )
  return id
}

async function placesFor(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'hookline-backup-'))
  t.after(() => rm(folder, { recursive: true }))
  return { folder, data: join(folder, 'data'), file: join(folder, 'copy.db') }
}
