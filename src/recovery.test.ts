import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DEFAULT_CHOICES, type Hook } from './hook.ts'
import {
  RECOVERY_STATUSES,
  type RecoveryCandidate,
  type RecoveryCriteria,
  type Remedy,
  remedyFor,
} from './recovery.ts'

const hook: Hook = {
  accountId: 1,
  id: 5,
  target: { kind: 'repository', id: 7 },
  active: true,
  events: ['issues'],
  config: { url: 'https://example.com/', contentType: 'json', secret: null, insecureSsl: false },
  createdAt: new Date(0),
  updatedAt: new Date(0),
  deletedAt: null,
  ...DEFAULT_CHOICES,
}

const everything: RecoveryCriteria = {
  hookId: null,
  event: null,
  action: null,
  repositoryId: null,
  status: 'any',
  reason: null,
  from: null,
  to: null,
}

function candidate(change: Partial<RecoveryCandidate> = {}): RecoveryCandidate {
  return {
    eventId: 1,
    event: 'issues',
    action: 'opened',
    repositoryId: 7,
    state: 'exhausted',
    attempts: 11,
    reason: 'no_retry_left',
    ...change,
  }
}

/** What each status would do about it, in the order of RECOVERY_STATUSES; `-` for nothing. */
function remedies(change: Partial<RecoveryCandidate>): (Remedy | '-')[] {
  return RECOVERY_STATUSES.map(status => remedyFor(candidate(change), { ...everything, status }, hook) ?? '-')
}

test('goes by how an event stands with the hook now', () => {
  assert.deepEqual(RECOVERY_STATUSES, ['failed', 'exhausted', 'skipped', 'missed', 'any'])
  const again = 'redeliver'
  assert.deepEqual(remedies({ state: 'exhausted' }), [again, again, '-', '-', again])
  assert.deepEqual(remedies({ state: 'delivered' }), ['-', '-', '-', '-', again])
  assert.deepEqual(remedies({ state: 'skipped' }), ['-', '-', again, '-', again])
  assert.deepEqual(remedies({ state: null }), ['-', '-', '-', again, '-'])
})

test('brings forward what waits for its retry, and leaves alone what has not failed yet', () => {
  const forward = 'bring_forward'
  assert.deepEqual(remedies({ state: 'pending', attempts: 2 }), [forward, '-', '-', '-', forward])
  assert.deepEqual(remedies({ state: 'pending', attempts: 0 }), ['-', '-', '-', '-', '-'])
})

test('leaves alone what is under way, held, or without a hook', () => {
  for (const state of ['leased', 'held', 'cancelled'] as const) {
    assert.deepEqual(remedies({ state }), ['-', '-', '-', '-', '-'])
  }
})

test('finds missed only what the hook asks for now, and no ping of another hook', () => {
  const missed = { ...everything, status: 'missed' } as const
  const wildcard = { ...hook, events: ['*'] }
  assert.equal(remedyFor(candidate({ state: null, event: 'push' }), missed, hook), undefined)
  assert.equal(remedyFor(candidate({ state: null, event: 'push' }), missed, wildcard), 'redeliver')
  assert.equal(remedyFor(candidate({ state: null, event: 'ping' }), missed, wildcard), undefined)
})

test('holds an event against every criterion', () => {
  const matches = (change: Partial<RecoveryCriteria>) =>
    remedyFor(candidate(), { ...everything, ...change }, hook) !== undefined
  assert.ok(matches({ event: 'issues', action: 'opened', repositoryId: 7, reason: 'no_retry_left' }))
  assert.ok(!matches({ event: 'push' }))
  assert.ok(!matches({ action: 'closed' }))
  assert.ok(!matches({ repositoryId: 8 }))
  assert.ok(!matches({ reason: 'gone' }))
})
