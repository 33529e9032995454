// A real engine on a real store, and receivers that listen for real, for tests: closed and removed
// when the test ends. Only time and chance are handed in.
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import type { Clock } from '../base/clock.ts'
import { createLog } from '../base/log.ts'
import { createGuard } from '../egress/address.ts'
import { createSender } from '../egress/send.ts'
import type { EventDraft } from '../event.ts'
import type { Hook, HookConfig, HookTarget } from '../hook.ts'
import { Secret } from '../secret.ts'
import { createHook, updateHook } from '../store/hooks.ts'
import type { Store } from '../store/store.ts'
import { openTestStore } from '../store/test-store.ts'
import { Engine } from './engine.ts'

/** A clock that stands until it is moved; chance is always in the middle, so that jitter is none. */
export class TestClock implements Clock {
  ms = Date.UTC(2026, 10, 24, 12)
  nowMs = () => this.ms
  random = () => 0.5
}

export const REPOSITORY: HookTarget = { kind: 'repository', id: 7 }
export const ACCOUNT_ID = 1

export type TestEngine = {
  readonly engine: Engine
  readonly store: Store
  readonly clock: TestClock
  hook(url: string, change?: Partial<Omit<Hook, 'config'>> & { config?: Partial<HookConfig> }): Promise<Hook>
  change(hook: Hook): Promise<void>
}

export async function startTestEngine(t: TestContext, start = true): Promise<TestEngine> {
  const clock = new TestClock()
  const store = await openTestStore(t, clock)
  const sender = createSender({
    guard: createGuard({ allowNetworks: ['127.0.0.0/8'], allowPrivateNetworks: false }),
  })
  const engine = new Engine({ store, sender, clock, log: createLog('silent') })
  t.after(async () => {
    await engine.stop(100)
    await sender.close()
  })
  if (start) engine.start()

  const now = new Date(clock.ms)
  return {
    engine,
    store,
    clock,
    async hook(url, { config, ...change } = {}) {
      const hook = await store.write(tx =>
        createHook(tx, store.vault, {
          accountId: ACCOUNT_ID,
          target: REPOSITORY,
          active: true,
          events: ['issues'],
          config: { url, contentType: 'json', secret: new Secret('s3cret'), insecureSsl: false, ...config },
          createdAt: now,
          updatedAt: now,
          ...change,
        }),
      )
      engine.hooksChanged(hook.target)
      return hook
    },
    async change(hook) {
      await store.write(tx => updateHook(tx, store.vault, hook))
      engine.hooksChanged(hook.target)
    },
  }
}

export function issueOpened(change: Partial<EventDraft> = {}): EventDraft {
  return {
    accountId: ACCOUNT_ID,
    name: 'issues',
    action: 'opened',
    payload: Buffer.from('{"action":"opened"}'),
    repositoryId: REPOSITORY.id,
    organizationId: null,
    senderId: null,
    ...change,
  }
}

export type Received = { readonly headers: IncomingHttpHeaders; readonly body: Buffer }

export type TestReceiver = {
  readonly url: string
  readonly received: Received[]
  /** Resolves when so many requests have come in all. */
  got(count: number): Promise<Received[]>
}

type Answer = (request: IncomingMessage, response: ServerResponse, received: Received) => void

export async function startReceiver(
  t: TestContext,
  answer: Answer = (_, response) => response.end('ok'),
): Promise<TestReceiver> {
  const received: Received[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', () => {
      const one = { headers: request.headers, body: Buffer.concat(chunks) }
      received.push(one)
      answer(request, response, one)
      server.emit('received')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/payload`,
    received,
    async got(count) {
      while (received.length < count) await once(server, 'received')
      return received
    },
  }
}

/** Resolves when what is asked of the store is so. The test runner's time-out ends what never comes. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise(resolve => setImmediate(resolve))
}
