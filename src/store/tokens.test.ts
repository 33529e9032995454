import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it, type TestContext } from 'node:test'
import { createAccount } from './accounts.ts'
import { createSession, findSessionUser } from './sessions.ts'
import { openTestStore } from './test-store.ts'
import {
  createToken,
  deleteToken,
  deleteTokensNoted,
  ensureToken,
  findTokenHolder,
  listTokens,
} from './tokens.ts'

async function withUsers(t: TestContext) {
  const store = await openTestStore(t)
  const [octocat, other] = await store.write(async tx => [
    await createAccount(tx, { type: 'User', login: 'octocat' }, 0),
    await createAccount(tx, { type: 'User', login: 'other' }, 0),
  ])
  assert.ok(octocat && other)
  return { ...store, octocat, other }
}

describe('a token', () => {
  it('has 40 random characters, of which only the hash is kept', async t => {
    const { read, write, octocat } = await withUsers(t)
    const draft = { userId: octocat.id, note: 'CI', scopes: ['repo'] as const }
    const { text } = await write(tx => createToken(tx, draft, 5))
    assert.match(text, /^hkl_[0-9A-Za-z]{40}$/)
    const row = await read.selectFrom('tokens').selectAll().executeTakeFirstOrThrow()
    assert.equal(row.hash, createHash('sha256').update(text).digest('hex'))
    assert.equal(JSON.stringify(row).includes(text.slice(4)), false)
    assert.notEqual((await write(tx => createToken(tx, draft, 5))).text, text)
  })

  it('leads to its user and its scopes, until it is revoked by its own user', async t => {
    const { read, write, octocat, other } = await withUsers(t)
    const made = await write(tx => createToken(tx, { userId: octocat.id, note: 'CI', scopes: ['repo'] }, 5))
    const holder = await findTokenHolder(read, made.text)
    assert.equal(holder?.user.login, 'octocat')
    assert.deepEqual(holder?.token.scopes, ['repo'])
    assert.equal(await findTokenHolder(read, made.text.toUpperCase()), undefined)

    await write(tx => deleteToken(tx, other.id, made.token.id))
    assert.ok(await findTokenHolder(read, made.text))
    await write(tx => deleteToken(tx, octocat.id, made.token.id))
    assert.equal(await findTokenHolder(read, made.text), undefined)
  })

  it('takes the sessions that it opened with it, and no other', async t => {
    const { read, write, octocat } = await withUsers(t)
    const { token } = await write(tx =>
      createToken(tx, { userId: octocat.id, note: 'CI', scopes: ['repo'] }, 5),
    )
    const opened = await write(tx => createSession(tx, octocat.id, 5, token.id))
    const byLink = await write(tx => createSession(tx, octocat.id, 5))
    await write(tx => deleteToken(tx, octocat.id, token.id))
    assert.equal(await findSessionUser(read, opened, 6), undefined)
    assert.equal((await findSessionUser(read, byLink, 6))?.login, 'octocat')
  })

  it('is listed from the newest, in pages', async t => {
    const { read, write, octocat } = await withUsers(t)
    for (const note of ['one', 'two', 'three']) {
      await write(tx => createToken(tx, { userId: octocat.id, note, scopes: [] }, 0))
    }
    const notes = async (page: number) =>
      (await listTokens(read, octocat.id, { page, perPage: 2 })).map(({ note }) => note)
    assert.deepEqual(await notes(1), ['three', 'two'])
    assert.deepEqual(await notes(2), ['one'])
  })
})

describe('a token of the environment', () => {
  it('is there once, however often it is asked for, and replaces the one before it', async t => {
    const { read, write, octocat } = await withUsers(t)
    const draft = { userId: octocat.id, note: 'HOOKLINE_ADMIN_TOKEN', scopes: ['repo'] as const }
    const kept = await write(tx => createToken(tx, { ...draft, note: 'CI' }, 0))
    await write(tx => ensureToken(tx, 'first', draft, 0))
    await write(tx => ensureToken(tx, 'first', { ...draft, scopes: ['user'] }, 0))
    assert.deepEqual((await findTokenHolder(read, 'first'))?.token.scopes, ['user'])

    await write(tx => ensureToken(tx, 'second', draft, 0))
    assert.equal(await findTokenHolder(read, 'first'), undefined)
    assert.ok(await findTokenHolder(read, 'second'))
    assert.ok(await findTokenHolder(read, kept.text))
    assert.equal((await listTokens(read, octocat.id, { page: 1, perPage: 10 })).length, 2)
  })

  it('goes by its note, whose others stay', async t => {
    const { read, write, octocat, other } = await withUsers(t)
    const note = 'HOOKLINE_ADMIN_TOKEN'
    const stays = await write(tx => createToken(tx, { userId: other.id, note, scopes: [] }, 0))
    await write(tx => ensureToken(tx, 'first', { userId: octocat.id, note, scopes: [] }, 0))
    assert.equal(await write(tx => deleteTokensNoted(tx, octocat.id, note)), true)
    assert.equal(await write(tx => deleteTokensNoted(tx, octocat.id, note)), false)
    assert.equal(await findTokenHolder(read, 'first'), undefined)
    assert.ok(await findTokenHolder(read, stays.text))
  })
})
