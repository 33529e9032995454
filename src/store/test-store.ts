// A real store in a folder of its own, for tests: closed and removed when the test ends.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { type Clock, systemClock } from '../base/clock.ts'
import { openStore, type Store } from './store.ts'

export async function openTestStore(t: TestContext, clock: Clock = systemClock): Promise<Store> {
  const folder = await mkdtemp(join(tmpdir(), 'hookline-store-'))
  const store = await openStore(folder, clock)
  t.after(async () => {
    await store.close()
    await rm(folder, { recursive: true })
  })
  return store
}
