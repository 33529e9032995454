import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, type TestContext, test } from 'node:test'
import { systemClock } from '../base/clock.ts'
import { Secret } from '../secret.ts'
import { createHook, deleteHook, findHookById, updateHook } from './hooks.ts'
import { findKeys, writeKeys } from './key-file.ts'
import { rekey } from './rekey.ts'
import { openStore, type Store } from './store.ts'
import { newVaultKey, type VaultKeys } from './vault.ts'

const NOW = new Date(1_000)

suite('changing the key of secrets', () => {
  test('seals all of them anew, and leaves nothing that the old key opens', async t => {
    const folder = await folderFor(t)
    const old = await withStore(folder, async store => {
      await createHooks(store, 1_200)
      await store.write(tx => deleteHook(tx, 1, NOW))
    })
    const { keyId, secrets } = await rekey(folder, systemClock)
    // Of each three hooks one has two, one has one, and one has none.
    assert.equal(secrets, 1_200)
    const keys = await findKeys(folder)
    assert.deepEqual(
      keys?.map(({ id }) => id),
      [keyId],
    )
    assert.notEqual(keyId, old[0].id)
    assert.deepEqual(await keyIdsIn(folder), [keyId])
    await assertSecrets(folder, 1_200)
  })

  test('goes on with the key that an earlier run began with, however far that came', async t => {
    for (const sealedAnew of [0, 2, 6]) {
      const folder = await folderFor(t)
      const [old] = await withStore(folder, store => createHooks(store, 6))
      const begun = newVaultKey()
      await writeKeys(folder, [begun, old])
      await withStore(folder, async store => {
        for (let id = 1; id <= sealedAnew; id++) {
          const hook = await findHookById(store.read, store.vault, id)
          await store.write(tx => updateHook(tx, store.vault, hook!))
        }
      })
      assert.equal((await rekey(folder, systemClock)).keyId, begun.id)
      assert.deepEqual(await keyIdsIn(folder), [begun.id])
      assert.deepEqual((await findKeys(folder))?.length, 1)
      await assertSecrets(folder, 6)
    }
  })

  test('takes another key each time', async t => {
    const folder = await folderFor(t)
    await withStore(folder, store => createHooks(store, 3))
    const first = await rekey(folder, systemClock)
    const second = await rekey(folder, systemClock)
    assert.notEqual(second.keyId, first.keyId)
    await assertSecrets(folder, 3)
  })

  test('leaves the file to its owner alone, and nothing beside it', async t => {
    const folder = await folderFor(t)
    await withStore(folder, store => createHooks(store, 1))
    await rekey(folder, systemClock)
    assert.equal((await stat(join(folder, 'secret.key'))).mode & 0o777, 0o600)
    assert.equal(existsSync(join(folder, 'secret.key.next')), false)
  })

  test('keeps every key when a secret cannot be opened, and names its hook', async t => {
    const folder = await folderFor(t)
    await withStore(folder, async store => {
      await createHooks(store, 3)
      await store.write(tx =>
        tx.updateTable('hooks').set({ secret_key_id: 'lost' }).where('id', '=', 2).execute(),
      )
    })
    await assert.rejects(rekey(folder, systemClock), { code: 'misconfigured', message: /hook 2 .* key lost/ })
    assert.equal((await findKeys(folder))?.length, 2)
  })

  test('is refused while a server has the store, and changes nothing', async t => {
    const folder = await folderFor(t)
    await withStore(folder, async () => {
      const before = await readFile(join(folder, 'secret.key'))
      await assert.rejects(rekey(folder, systemClock), { code: 'misconfigured', message: /Another Hookline/ })
      assert.deepEqual(await readFile(join(folder, 'secret.key')), before)
    })
  })

  test('is refused where there is no store, and makes none', async t => {
    const folder = await folderFor(t)
    const missing = join(folder, 'missing')
    await assert.rejects(rekey(missing, systemClock), {
      code: 'misconfigured',
      message: /no data of Hookline/,
    })
    assert.equal(existsSync(missing), false)
  })
})

/** Every third has a secret and the one before it, every third a secret alone, and every third none. */
async function createHooks(store: Store, count: number): Promise<void> {
  await store.write(async tx => {
    for (let number = 1; number <= count; number++) {
      await createHook(tx, store.vault, {
        accountId: 1,
        target: { kind: 'repository', id: 7 },
        active: true,
        events: ['*'],
        config: {
          url: 'https://example.com/',
          contentType: 'json',
          insecureSsl: false,
          ...secretsOf(number).own,
        },
        previousSecret: secretsOf(number).previous,
        createdAt: NOW,
        updatedAt: NOW,
      })
    }
  })
}

function secretsOf(number: number) {
  return {
    own: { secret: number % 3 === 0 ? null : new Secret(`secret ${number}`) },
    previous: number % 3 === 1 ? { secret: new Secret(`before ${number}`), until: NOW } : null,
  }
}

async function assertSecrets(folder: string, count: number): Promise<void> {
  await withStore(folder, async ({ read, vault }) => {
    for (let number = 1; number <= count; number++) {
      const hook = await findHookById(read, vault, number)
      const { own, previous } = secretsOf(number)
      assert.equal(hook?.config.secret?.reveal(), own.secret?.reveal())
      assert.equal(hook?.previousSecret?.secret.reveal(), previous?.secret.reveal())
    }
  })
}

async function keyIdsIn(folder: string): Promise<string[]> {
  const ids = new Set<string>()
  await withStore(folder, async ({ read }) => {
    const rows = await read.selectFrom('hooks').select(['secret_key_id', 'previous_secret_key_id']).execute()
    for (const id of rows.flatMap(Object.values)) if (id !== null) ids.add(id)
  })
  return [...ids]
}

/** Gives the keys that the store has. */
async function withStore(folder: string, work: (store: Store) => Promise<void>): Promise<VaultKeys> {
  const store = await openStore(folder, systemClock)
  try {
    await work(store)
  } finally {
    await store.close()
  }
  const keys = await findKeys(folder)
  assert.ok(keys)
  return keys
}

async function folderFor(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hookline-rekey-'))
  t.after(() => rm(folder, { recursive: true }))
  return folder
}
