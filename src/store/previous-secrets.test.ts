import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Secret } from '../secret.ts'
import { createHook, findHookById } from './hooks.ts'
import { dropPreviousSecrets } from './previous-secrets.ts'
import { openTestStore } from './test-store.ts'

const NOW_MS = Date.UTC(2026, 10, 24, 12)

test('forgets the secrets before a rotation whose time is over, so many at once, and no other', async t => {
  const { read, vault, write } = await openTestStore(t)
  const untils = [NOW_MS - 1, NOW_MS, NOW_MS + 1, null]
  const hooks = await write(tx =>
    Promise.all(
      untils.map(until =>
        createHook(tx, vault, {
          accountId: 1,
          target: { kind: 'repository', id: 7 },
          active: true,
          events: ['*'],
          config: {
            url: 'https://example.com/',
            contentType: 'json',
            secret: new Secret('new'),
            insecureSsl: false,
          },
          previousSecret: until === null ? null : { secret: new Secret('old'), until: new Date(until) },
          createdAt: new Date(NOW_MS),
          updatedAt: new Date(NOW_MS),
        }),
      ),
    ),
  )
  const drop = () => write(tx => dropPreviousSecrets(tx, NOW_MS, 1))
  assert.deepEqual([await drop(), await drop(), await drop()], [1, 1, 0])

  const found = await Promise.all(hooks.map(({ id }) => findHookById(read, vault, id)))
  assert.deepEqual(
    found.map(hook => hook?.previousSecret?.secret.reveal()),
    [undefined, undefined, 'old', undefined],
  )
  assert.ok(found.every(hook => hook?.config.secret?.reveal() === 'new'))
})
