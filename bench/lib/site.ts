// The engine on its embedded store, as the server wires it, in the process of the bench: a hook for
// each receiver, each on a repository of its own.
import { systemClock } from '../../src/base/clock.ts'
import { createLog } from '../../src/base/log.ts'
import { createGuard } from '../../src/egress/address.ts'
import { createSender } from '../../src/egress/send.ts'
import { Engine } from '../../src/engine/engine.ts'
import type { EventDraft } from '../../src/event.ts'
import type { Hook } from '../../src/hook.ts'
import { Secret } from '../../src/secret.ts'
import { createHook } from '../../src/store/hooks.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import { Stored } from './closed-loop.ts'

/** GitHub's own documentation tests its signatures with it. */
export const SECRET_TEXT = "It's a Secret to Everybody"

export const ACCOUNT_ID = 1

export type Site = {
  readonly engine: Engine
  readonly store: Store
  /** Told of each delivery that was answered with 2xx and is settled. */
  readonly stored: Stored
  /** What is under way gets this long. */
  close(deadlineMs?: number): Promise<void>
}

export type SiteOptions = {
  /** Puts something between the engine and its store, to look or to change. */
  readonly wrap?: (store: Store) => Store
  /** Before the engine starts. */
  readonly prepare?: (store: Store) => Promise<void>
  readonly stored?: Stored
}

export async function openSite(folder: string, options: SiteOptions = {}): Promise<Site> {
  const { wrap, prepare, stored = new Stored() } = options
  const store = await openStore(folder, systemClock)
  await prepare?.(store)
  const sender = createSender({
    guard: createGuard({ allowNetworks: ['127.0.0.0/8'], allowPrivateNetworks: false }),
  })
  const watched = tellStored(wrap ? wrap(store) : store, stored)
  const engine = new Engine({ store: watched, sender, clock: systemClock, log: createLog('error') })
  engine.start()
  return {
    engine,
    store,
    stored,
    async close(deadlineMs) {
      await engine.stop(deadlineMs)
      await sender.close()
      await store.close()
    },
  }
}

/** Settlements pass through here; a delivery is stored when its batch is durable. */
function tellStored(store: Store, stored: Stored): Store {
  return {
    ...store,
    async batch(statements) {
      await store.batch(statements)
      for (const statement of statements) {
        if (statement.kind !== 'settle') continue
        stored.tell(statement.settlements.filter(({ state }) => state === 'delivered').length)
      }
    },
  }
}

/** The first receiver's hook is on repository 1, the second's on repository 2. */
export async function makeHooks(store: Store, urls: readonly string[]): Promise<Hook[]> {
  const secret = new Secret(SECRET_TEXT)
  const now = new Date()
  return store.write(async tx => {
    const hooks: Hook[] = []
    for (const [index, url] of urls.entries()) {
      const config = { url, contentType: 'json', secret, insecureSsl: false } as const
      const target = { kind: 'repository', id: index + 1 } as const
      const told = { accountId: ACCOUNT_ID, active: true, events: ['issues'], createdAt: now, updatedAt: now }
      hooks.push(await createHook(tx, store.vault, { ...told, target, config }))
    }
    return hooks
  })
}

export function draftFor(repositoryId: number, payload: Uint8Array): EventDraft {
  return {
    accountId: ACCOUNT_ID,
    name: 'issues',
    action: 'opened',
    payload,
    repositoryId,
    organizationId: null,
    senderId: null,
  }
}
