// Another key for the secrets, by the real program, which is killed again and again at it: at no
// instant may a secret be lost, and the next run goes on from there.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { systemClock } from '../../src/base/clock.ts'
import { Secret } from '../../src/secret.ts'
import { createHook, listAllHooks } from '../../src/store/hooks.ts'
import { findKeys } from '../../src/store/key-file.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import { programsIn } from './program.ts'

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000)
const TARGET = { kind: 'repository', id: 7 } as const
// Sealing them anew takes about as long as the start of the program: many a kill hits it.
const HOOKS = 6_000
const KILLS = 8
const EARLIEST_MS = 150
const LATEST_MS = 1_200

suite('hookline rekey', () => {
  test(`loses no secret to ${KILLS} kills, at instants drawn from ${SEED}`, async t => {
    const { folder, start } = await programsIn(t)
    const data = join(folder, 'data')
    await withStore(data, createHooks)
    const random = randomFrom(SEED)
    const seen: string[] = []
    for (let kill = 0; kill < KILLS; kill++) {
      const program = start(['rekey'])
      await pause(EARLIEST_MS + random() * (LATEST_MS - EARLIEST_MS))
      const { code } = await program.end('SIGKILL')
      await withStore(data, async store => {
        assert.deepEqual(await secretsIn(store), SECRETS)
        const anew = await countSealedWith(store, (await findKeys(data))![0].id)
        seen.push(code === 0 ? 'done' : `${(await findKeys(data))?.length} keys, ${anew} anew`)
      })
    }
    t.diagnostic(seen.join('; '))

    const { code, stdout } = await start(['rekey']).end()
    assert.equal(code, 0)
    assert.match(
      stdout,
      /^\d+ secrets? (is|are) sealed anew, with the key [0-9a-f]{8}\.\nNo other key is left /,
    )
    const keys = await findKeys(data)
    assert.equal(keys?.length, 1)
    await withStore(data, async store => {
      assert.deepEqual(await secretsIn(store), SECRETS)
      assert.equal(await countSealedWith(store, keys![0].id), HOOKS)
    })
  })

  test('is refused while the server runs, and where there is none', async t => {
    const { start } = await programsIn(t)
    const nowhere = await start(['rekey']).end()
    assert.equal(nowhere.code, 1)
    assert.match(nowhere.stderr, /^hookline: There is no data of Hookline in \.\/data\./)
    const server = start(['serve', '--port', '0'])
    await server.says(/listens on/)
    const { code, stderr } = await start(['rekey']).end()
    assert.equal(code, 1)
    assert.match(stderr, /^hookline: Another Hookline is running on /)
  })
})

const SECRETS = Array.from({ length: HOOKS }, (_, index) => `secret ${index}`)

async function createHooks(store: Store): Promise<void> {
  const now = new Date()
  await store.write(async tx => {
    for (const secret of SECRETS) {
      await createHook(tx, store.vault, {
        accountId: 1,
        target: TARGET,
        active: true,
        events: ['*'],
        config: {
          url: 'https://example.com/',
          contentType: 'json',
          secret: new Secret(secret),
          insecureSsl: false,
        },
        createdAt: now,
        updatedAt: now,
      })
    }
  })
}

async function secretsIn({ read, vault }: Store): Promise<(string | undefined)[]> {
  return (await listAllHooks(read, vault, TARGET)).map(({ config }) => config.secret?.reveal())
}

async function countSealedWith({ read }: Store, keyId: string): Promise<number> {
  const { count } = await read
    .selectFrom('hooks')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('secret_key_id', '=', keyId)
    .executeTakeFirstOrThrow()
  return count
}

async function withStore(data: string, work: (store: Store) => Promise<void>): Promise<void> {
  const store = await openStore(data, systemClock)
  try {
    await work(store)
  } finally {
    await store.close()
  }
}

// Lehmer's generator: the same instants for the same seed.
function randomFrom(seed: number): () => number {
  const modulus = 2 ** 31 - 1
  let state = 1 + (seed % (modulus - 1))
  return () => {
    state = (state * 48_271) % modulus
    return state / modulus
  }
}
