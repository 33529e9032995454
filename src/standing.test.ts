import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { DeliveryState } from './delivery.ts'
import { DEFAULT_CHOICES, type Hook } from './hook.ts'
import { explain, type Facts, type QueuedDelivery, type Standing, show } from './standing.ts'

const now = new Date('2026-11-24T12:00:00Z')
const later = new Date('2026-11-24T13:00:00Z')
const earlier = new Date('2026-11-24T11:00:00Z')

const hook: Hook = {
  accountId: 1,
  id: 5,
  target: { kind: 'repository', id: 7 },
  active: true,
  events: ['issues', 'push'],
  config: { url: 'https://example.com/', contentType: 'json', secret: null, insecureSsl: false },
  createdAt: new Date('2026-11-01T00:00:00Z'),
  updatedAt: new Date('2026-11-02T00:00:00Z'),
  deletedAt: null,
  ...DEFAULT_CHOICES,
}

const breaker = { openedAt: earlier, probeAt: later, failedProbes: 1, reason: '7 of 10 attempts failed.' }

function facts(standing: Standing, change: Partial<Facts> = {}): Facts {
  const event = {
    accountId: 1,
    id: 1,
    guid: 'g',
    name: 'issues',
    action: 'opened',
    repositoryId: 7,
    organizationId: null,
    senderId: null,
    createdAt: earlier,
    payloadBytes: 30_000_000,
  }
  return { hook, event, standing, breaker: null, now, ...change }
}

function delivery(state: DeliveryState, change: Partial<QueuedDelivery> = {}): Standing {
  const row = {
    id: 2,
    hookId: 5,
    eventId: 1,
    state,
    reason: null,
    redelivery: false,
    attempts: 0,
    dueAt: later,
    createdAt: earlier,
    settledAt: null,
  }
  return { kind: 'delivery', delivery: { ...row, ...change } }
}

function skip(reason: string, detail: string | null = null): Standing {
  return { kind: 'skip', skip: { hookId: 5, eventId: 1, reason, detail, createdAt: earlier } }
}

suite('what is shown', () => {
  test('is when a retry is due', () => {
    const { state, reason, nextAttemptAt } = show(facts(delivery('pending', { attempts: 2 })))
    assert.deepEqual([state, reason, nextAttemptAt], ['pending', 'retry', later])
  })

  test('is held, with the next probe, for what waits behind an open breaker', () => {
    const { state, reason, nextAttemptAt } = show(facts(delivery('pending'), { breaker }))
    assert.deepEqual([state, reason, nextAttemptAt], ['held', 'breaker', later])
  })

  test('is its own state for what the breaker has no part in', () => {
    for (const state of ['delivered', 'held', 'exhausted', 'cancelled'] as const) {
      assert.equal(show(facts(delivery(state), { breaker })).state, state)
    }
    assert.equal(show(facts(delivery('leased'), { breaker })).state, 'under_way')
  })

  test('names the filter of a skip', () => {
    const { state, reason, detail } = show(facts(skip('filtered', 'actions')))
    assert.deepEqual([state, reason, detail], ['skipped', 'filtered', 'actions'])
  })

  test('tells a hook that came later from one that does not ask', () => {
    const reasonOf = (change: Partial<Hook>) =>
      show(facts({ kind: 'none' }, { hook: { ...hook, ...change } })).reason
    assert.equal(reasonOf({ createdAt: later }), 'created_later')
    assert.equal(reasonOf({ events: ['push'] }), 'not_subscribed')
    assert.equal(reasonOf({}), 'subscribed_later')
  })

  test('knows that a ping is for one hook alone', () => {
    const asked = facts({ kind: 'none' })
    const ping = { ...asked.event, name: 'ping' }
    assert.equal(show({ ...asked, event: ping }).reason, 'about_another_hook')
  })
})

const SENTENCES: readonly (readonly [Facts, RegExp])[] = [
  [
    facts(delivery('delivered', { attempts: 3, settledAt: now })),
    /^It was delivered on 2026-11-24T12:00:00.000Z, with its 3rd attempt\.$/,
  ],
  [facts(delivery('leased')), /right now/],
  [facts(delivery('pending', { attempts: 1 })), /^Its first attempt failed; the next is due on .*13:00/],
  [facts(delivery('pending', { attempts: 4 })), /^Its 4 attempts failed/],
  [facts(delivery('pending', { dueAt: earlier })), /due since .*11:00.* waits for its turn/],
  [facts(delivery('pending'), { hook: { ...hook, active: false } }), /hook is inactive/],
  [
    facts(delivery('pending'), { breaker }),
    /breaker has been open since .*11:00.* \(7 of 10 attempts failed\)/,
  ],
  [
    facts(delivery('held', { reason: 'inactive' }), { hook: { ...hook, active: false } }),
    /until the hook is/,
  ],
  [facts(delivery('held', { reason: 'inactive' })), /was inactive when its turn came/],
  [facts(delivery('exhausted', { attempts: 11, reason: 'no_retry_left' })), /all of its 11 attempts failed/],
  [facts(delivery('exhausted', { attempts: 1, reason: 'no_retry_left' })), /its only attempt failed/],
  [facts(delivery('exhausted', { attempts: 1, reason: 'gone' })), /410 Gone/],
  [facts(delivery('exhausted', { reason: 'payload_dropped' })), /payload is no longer kept/],
  [facts(delivery('exhausted', { reason: 'too_old' })), /longer than a delivery is kept/],
  [facts(delivery('exhausted', { reason: 'a new word' })), /a new word/],
  [facts(delivery('cancelled')), /was deleted/],
  [facts(delivery('cancelled', { reason: 'redelivered' })), /redelivery took its place/],
  [facts(skip('inactive')), /was inactive when it happened/],
  [facts(skip('filtered', 'refs: none')), /filters did not let it through \(refs: none\)/],
  [facts(skip('payload_too_large')), /30000000 bytes is above/],
  [
    facts({ kind: 'none' }, { hook: { ...hook, createdAt: later } }),
    /was created on .*13:00.* after the event/,
  ],
  [
    facts({ kind: 'none' }, { hook: { ...hook, events: ['push'] } }),
    /does not ask for `issues`, but for `push`/,
  ],
  [facts({ kind: 'none' }), /asks for `issues` now.* not kept; this one was last changed on 2026-11-02/],
]

suite('an explanation', () => {
  for (const [known, says] of SENTENCES) {
    test(`says ${says.source}`, () => assert.match(explain(known), says))
  }

  test('counts as one speaks', () => {
    const nth = (attempts: number) =>
      explain(facts(delivery('delivered', { attempts })))
        .split(' ')
        .at(-2)
    assert.deepEqual([1, 2, 3, 4, 11, 12, 13, 21].map(nth), [
      '1st',
      '2nd',
      '3rd',
      '4th',
      '11th',
      '12th',
      '13th',
      '21st',
    ])
  })
})
