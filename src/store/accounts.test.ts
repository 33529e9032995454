import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { AppError } from '../errors.ts'
import {
  createAccount,
  findAccount,
  findAccountsByLogin,
  findRole,
  hasOtherOwner,
  removeMembership,
  setMembership,
} from './accounts.ts'
import { countMembershipsOf, listMembershipsOf } from './members.ts'
import { openTestStore } from './test-store.ts'

describe('accounts', () => {
  it('are found whatever the case of their login, and kept as they were written', async t => {
    const { read, write } = await openTestStore(t)
    await write(tx => createAccount(tx, { type: 'User', login: 'OctoCat' }, 1000))
    const found = await findAccount(read, 'octocat')
    assert.equal(found?.login, 'OctoCat')
    assert.equal(found?.siteAdmin, false)
    assert.equal(found?.createdAt.getTime(), 1000)
    assert.equal(await findAccount(read, 'octo'), undefined)
  })

  it('share one set of logins, users and organizations', async t => {
    const { write } = await openTestStore(t)
    await write(tx => createAccount(tx, { type: 'User', login: 'acme' }, 0))
    await assert.rejects(
      write(tx => createAccount(tx, { type: 'Organization', login: 'ACME' }, 0)),
      (error: unknown) => error instanceof AppError && error.items[0]?.code === 'already_exists',
    )
  })

  it('come in the order in which they are asked for, each once', async t => {
    const { read, write } = await openTestStore(t)
    for (const login of ['a', 'b']) await write(tx => createAccount(tx, { type: 'User', login }, 0))
    const found = await findAccountsByLogin(read, ['B', 'nobody', 'a', 'b'])
    assert.deepEqual(
      found.map(({ login }) => login),
      ['b', 'a'],
    )
    assert.deepEqual(await findAccountsByLogin(read, []), [])
  })
})

describe('memberships', () => {
  it('are given, changed, listed and taken', async t => {
    const { read, write } = await openTestStore(t)
    const { id } = await write(tx => createAccount(tx, { type: 'User', login: 'octocat' }, 0))
    const organizations = []
    for (const login of ['one', 'two', 'three']) {
      const organization = await write(tx => createAccount(tx, { type: 'Organization', login }, 0))
      await write(tx => setMembership(tx, organization.id, id, 'member', 0))
      organizations.push(organization)
    }
    const [one] = organizations
    assert.ok(one)
    assert.equal(await findRole(read, one.id, id), 'member')
    await write(tx => setMembership(tx, one.id, id, 'admin', 0))
    assert.equal(await findRole(read, one.id, id), 'admin')
    assert.equal(await hasOtherOwner(read, one.id, id), false)
    assert.equal(await hasOtherOwner(read, one.id, id + 1000), true)

    assert.equal(await countMembershipsOf(read, id, false), 3)
    const second = await listMembershipsOf(read, id, false, { page: 2, perPage: 2 })
    assert.deepEqual(
      second.map(({ organization }) => organization.login),
      ['three'],
    )
    assert.equal(await write(tx => removeMembership(tx, one.id, id)), true)
    assert.equal(await write(tx => removeMembership(tx, one.id, id)), false)
    assert.equal(await findRole(read, one.id, id), undefined)
  })
})
