import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { createAccount } from './accounts.ts'
import { createRepository, deleteRepository, reloadRepository } from './repositories.ts'
import { addStar, countStarred, hasStarred, listStargazers, listStarred, removeStar } from './stars.ts'
import { openTestStore, plansOf } from './test-store.ts'

const PAGE = { page: 1, perPage: 10 }
const DRAFT = { description: null, homepage: null, hasIssues: true }

async function withRepositories(t: TestContext) {
  const store = await openTestStore(t)
  return store.write(async tx => {
    const octocat = await createAccount(tx, { type: 'User', login: 'octocat' }, 0)
    const mona = await createAccount(tx, { type: 'User', login: 'mona' }, 0)
    const hello = await createRepository(tx, octocat, { ...DRAFT, name: 'hello', private: false }, 0)
    const secret = await createRepository(tx, octocat, { ...DRAFT, name: 'secret', private: true }, 0)
    return { ...store, octocat, mona, hello, secret }
  })
}

describe('a star', () => {
  it('counts once, however often it is given and taken', async t => {
    const { read, write, hello, mona } = await withRepositories(t)
    const given = await Promise.all([1, 2, 3].map(() => write(tx => addStar(tx, mona.id, hello.id, 5))))
    assert.deepEqual(given.toSorted(), [false, false, true])
    assert.equal((await reloadRepository(read, hello)).stars, 1)
    assert.equal(await hasStarred(read, mona.id, hello.id), true)

    const taken = await Promise.all([1, 2, 3].map(() => write(tx => removeStar(tx, mona.id, hello.id))))
    assert.deepEqual(taken.toSorted(), [false, false, true])
    assert.equal((await reloadRepository(read, hello)).stars, 0)
    assert.equal(await hasStarred(read, mona.id, hello.id), false)
  })

  it('goes with its repository', async t => {
    const { read, write, hello, mona } = await withRepositories(t)
    await write(tx => addStar(tx, mona.id, hello.id, 5))
    await write(tx => deleteRepository(tx, hello.id, 6))
    assert.equal(await countStarred(read, { userId: mona.id, privateOf: 'everybody' }), 0)
  })

  it('is listed from both ends, by an index', async t => {
    const { read, write, hello, secret, mona, octocat } = await withRepositories(t)
    await write(async tx => {
      await addStar(tx, octocat.id, hello.id, 7)
      await addStar(tx, mona.id, hello.id, 5)
      await addStar(tx, mona.id, secret.id, 6)
    })
    const gazers = await listStargazers(read, hello.id, PAGE)
    assert.deepEqual(
      gazers.map(({ user, starredAt }) => [user.login, starredAt.getTime()]),
      [
        ['mona', 5],
        ['octocat', 7],
      ],
    )
    const order = { sort: 'created', direction: 'desc' } as const
    const names = async (privateOf: readonly number[] | 'everybody') => {
      const filter = { userId: mona.id, privateOf }
      const found = await listStarred(read, filter, order, PAGE)
      assert.equal(found.length, await countStarred(read, filter))
      return found.map(({ repository }) => repository.name)
    }
    assert.deepEqual(await names('everybody'), ['secret', 'hello'])
    assert.deepEqual(await names([octocat.id]), ['secret', 'hello'])
    assert.deepEqual(await names([mona.id]), ['hello'])
    assert.deepEqual(await names([]), ['hello'])

    const plans = await plansOf(read, async db => {
      await listStargazers(db, hello.id, PAGE)
      await listStarred(db, { userId: mona.id, privateOf: [] }, order, PAGE)
    })
    assert.match(plans, /USING COVERING INDEX stars_by_repository/)
    assert.doesNotMatch(plans, /SCAN/)
  })
})
