import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { createAccount } from './accounts.ts'
import {
  consumeSignInLink,
  createSession,
  createSignInLink,
  deleteSession,
  findSessionUser,
  findSignInLink,
  SESSION_LIFETIME_MS,
} from './sessions.ts'
import { openTestStore } from './test-store.ts'

const DAY_MS = 24 * 60 * 60 * 1000

async function withUser(t: TestContext) {
  const store = await openTestStore(t)
  const user = await store.write(tx => createAccount(tx, { type: 'User', login: 'octocat' }, 0))
  return { ...store, user }
}

describe('a sign-in link', () => {
  it('works once, even when two use it at the same time', async t => {
    const { read, write, user } = await withUser(t)
    const code = await write(tx => createSignInLink(tx, user.id, 0))
    assert.equal((await findSignInLink(read, code, 1))?.login, 'octocat')
    const used = await Promise.all([1, 2, 3].map(() => write(tx => consumeSignInLink(tx, code, 1))))
    assert.equal(used.filter(found => found?.login === 'octocat').length, 1)
    assert.equal(await findSignInLink(read, code, 1), undefined)
  })

  it('works for a day, and is swept away after it', async t => {
    const { read, write, user } = await withUser(t)
    const code = await write(tx => createSignInLink(tx, user.id, 0))
    assert.ok(await findSignInLink(read, code, DAY_MS - 1))
    assert.equal(await findSignInLink(read, code, DAY_MS), undefined)
    assert.equal(await write(tx => consumeSignInLink(tx, code, DAY_MS)), undefined)
    await write(tx => createSignInLink(tx, user.id, DAY_MS))
    assert.equal((await read.selectFrom('sign_in_links').selectAll().execute()).length, 1)
  })
})

describe('a session', () => {
  it('lasts two weeks, or until it is ended', async t => {
    const { read, write, user } = await withUser(t)
    const text = await write(tx => createSession(tx, user.id, 0))
    assert.equal((await findSessionUser(read, text, SESSION_LIFETIME_MS - 1))?.id, user.id)
    assert.equal(await findSessionUser(read, text, SESSION_LIFETIME_MS), undefined)
    assert.equal(SESSION_LIFETIME_MS, 14 * DAY_MS)
    const row = await read.selectFrom('sessions').selectAll().executeTakeFirstOrThrow()
    assert.equal(row.hash.includes(text), false)

    await write(tx => deleteSession(tx, text))
    assert.equal(await findSessionUser(read, text, 0), undefined)
  })
})
