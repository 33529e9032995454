import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../base/clock.ts'
import { Secret } from '../secret.ts'
import { createAccount, findAccount } from '../store/accounts.ts'
import { renameAccount } from '../store/profiles.ts'
import { createSession, findSessionUser } from '../store/sessions.ts'
import { openTestStore } from '../store/test-store.ts'
import { findTokenHolder } from '../store/tokens.ts'
import { ensureAdministrator } from './administrator.ts'

const TOKEN = new Secret('a token of the environment')

test('gives the keys of a new administrator, once', async t => {
  const store = await openTestStore(t)
  const keys = await ensureAdministrator(store, systemClock, null)
  assert.equal((await findTokenHolder(store.read, keys?.token ?? ''))?.user.siteAdmin, true)
  assert.equal(await ensureAdministrator(store, systemClock, null), null)
})

test('revokes the token of the environment, with its sessions, at a start without it', async t => {
  const store = await openTestStore(t)
  assert.equal(await ensureAdministrator(store, systemClock, TOKEN), null)
  const holder = await findTokenHolder(store.read, TOKEN.reveal())
  assert.ok(holder)
  const nowMs = Date.now()
  const session = await store.write(tx => createSession(tx, holder.user.id, nowMs, holder.token.id))

  const keys = await ensureAdministrator(store, systemClock, null)
  assert.equal(await findTokenHolder(store.read, TOKEN.reveal()), undefined)
  assert.equal(await findSessionUser(store.read, session, nowMs), undefined)
  assert.ok(await findTokenHolder(store.read, keys?.token ?? ''))
})

test('gives no new keys while the administrator has others', async t => {
  const store = await openTestStore(t)
  const keys = await ensureAdministrator(store, systemClock, null)
  await ensureAdministrator(store, systemClock, TOKEN)
  assert.equal(await ensureAdministrator(store, systemClock, null), null)
  assert.equal(await findTokenHolder(store.read, TOKEN.reveal()), undefined)
  assert.ok(await findTokenHolder(store.read, keys?.token ?? ''))
})

test('makes no second administrator when the first one was renamed', async t => {
  const store = await openTestStore(t)
  await ensureAdministrator(store, systemClock, TOKEN)
  await store.write(async tx => {
    const admin = await findAccount(tx, 'admin')
    assert.ok(admin)
    await renameAccount(tx, admin, 'mona', Date.now())
    // Whoever takes the login then is nobody in particular.
    await createAccount(tx, { type: 'User', login: 'admin' }, Date.now())
  })
  const other = new Secret('another token of the environment')
  assert.equal(await ensureAdministrator(store, systemClock, other), null)
  const holder = await findTokenHolder(store.read, other.reveal())
  assert.deepEqual([holder?.user.login, holder?.user.siteAdmin], ['mona', true])
  assert.equal((await findAccount(store.read, 'admin'))?.siteAdmin, false)
})

test('goes by an administrator who is not suspended, if there is one', async t => {
  const store = await openTestStore(t)
  await store.write(async tx => {
    await createAccount(tx, { type: 'User', login: 'first', siteAdmin: true, suspended: true }, Date.now())
    await createAccount(tx, { type: 'User', login: 'second', siteAdmin: true }, Date.now())
  })
  await ensureAdministrator(store, systemClock, TOKEN)
  assert.equal((await findTokenHolder(store.read, TOKEN.reveal()))?.user.login, 'second')
})
