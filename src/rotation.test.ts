import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { DEFAULT_CHOICES, type Hook } from './hook.ts'
import { previousSecretAfter, rotate, signingSecrets } from './rotation.ts'
import { Secret } from './secret.ts'

const NOW_MS = Date.UTC(2026, 10, 24, 12)
const OVERLAP_MS = 60_000

suite('a rotation', () => {
  test('lets the new secret sign first, and the old one beside it until its time is over', () => {
    const hook = rotated(hookWith('old'), 'new')
    assert.deepEqual(textsAt(hook, NOW_MS), ['new', 'old'])
    assert.deepEqual(textsAt(hook, NOW_MS + OVERLAP_MS - 1), ['new', 'old'])
    assert.deepEqual(textsAt(hook, NOW_MS + OVERLAP_MS), ['new'])
  })

  test('within another one lets go of the oldest', () => {
    assert.deepEqual(textsAt(rotated(rotated(hookWith('old'), 'new'), 'newer'), NOW_MS), ['newer', 'new'])
  })

  test('of a hook without a secret, or without an overlap, leaves the new one alone', () => {
    assert.deepEqual(textsAt(rotated(hookWith(null), 'new'), NOW_MS), ['new'])
    const hook = { ...hookWith('old'), ...rotate(hookWith('old'), new Secret('new'), 0, NOW_MS) }
    assert.equal(hook.previousSecret, null)
  })

  test('is over when the configuration gets another secret, or none', () => {
    const hook = rotated(hookWith('old'), 'new')
    for (const secret of [new Secret('other'), new Secret('old'), null]) {
      assert.equal(previousSecretAfter(hook, { ...hook.config, secret }), null)
    }
  })

  test('goes on when the configuration gets the same secret again', () => {
    const hook = rotated(hookWith('old'), 'new')
    assert.equal(
      previousSecretAfter(hook, { ...hook.config, secret: new Secret('new') }),
      hook.previousSecret,
    )
  })
})

test('nothing signs for a hook without a secret', () => {
  assert.deepEqual(signingSecrets(hookWith(null), NOW_MS), [])
})

function rotated(hook: Hook, secret: string): Hook {
  return { ...hook, ...rotate(hook, new Secret(secret), OVERLAP_MS, NOW_MS) }
}

function textsAt(hook: Hook, nowMs: number): string[] {
  return signingSecrets(hook, nowMs).map(secret => secret.reveal())
}

function hookWith(secret: string | null): Hook {
  return {
    ...DEFAULT_CHOICES,
    accountId: 1,
    id: 7,
    target: { kind: 'repository', id: 3 },
    active: true,
    events: ['*'],
    config: {
      url: 'https://example.com/',
      contentType: 'json',
      secret: secret === null ? null : new Secret(secret),
      insecureSsl: false,
    },
    createdAt: new Date(NOW_MS),
    updatedAt: new Date(NOW_MS),
    deletedAt: null,
  }
}
