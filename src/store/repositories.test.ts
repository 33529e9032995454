import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { createAccount } from './accounts.ts'
import {
  countRepositories,
  createRepository,
  deleteRepository,
  findRepository,
  listRepositories,
  updateRepository,
} from './repositories.ts'
import { openTestStore } from './test-store.ts'

const DRAFT = { private: false, description: null, homepage: null, hasIssues: true }

async function withOwners(t: TestContext) {
  const store = await openTestStore(t)
  const [mona, hubot] = await store.write(async tx => [
    await createAccount(tx, { type: 'User', login: 'mona' }, 0),
    await createAccount(tx, { type: 'User', login: 'hubot' }, 0),
  ])
  assert.ok(mona && hubot)
  return { ...store, mona, hubot }
}

describe('repositories', () => {
  it('are found whatever the case, and are one owner’s own', async t => {
    const { read, write, mona, hubot } = await withOwners(t)
    const made = await write(tx => createRepository(tx, mona, { ...DRAFT, name: 'Hello' }, 5))
    assert.deepEqual(await findRepository(read, 'MONA', 'hello'), made)
    assert.equal(await findRepository(read, 'hubot', 'hello'), undefined)
    await write(tx => createRepository(tx, hubot, { ...DRAFT, name: 'hello' }, 5))
    await assert.rejects(write(tx => createRepository(tx, mona, { ...DRAFT, name: 'HELLO' }, 5)))
  })

  it('keep what is not changed', async t => {
    const { read, write, mona } = await withOwners(t)
    const made = await write(tx =>
      createRepository(tx, mona, { ...DRAFT, name: 'a', description: 'Text' }, 5),
    )
    const changed = await write(tx => updateRepository(tx, made, { name: 'B', topics: ['x'] }, 9))
    assert.deepEqual(changed, { ...made, name: 'B', topics: ['x'], updatedAt: new Date(9) })
    assert.deepEqual(await findRepository(read, 'mona', 'b'), changed)
  })

  it('are listed by owner and visibility', async t => {
    const { read, write, mona, hubot } = await withOwners(t)
    await write(tx => createRepository(tx, mona, { ...DRAFT, name: 'b' }, 1))
    await write(tx => createRepository(tx, mona, { ...DRAFT, name: 'a', private: true }, 2))
    await write(tx => createRepository(tx, hubot, { ...DRAFT, name: 'c' }, 3))
    const list = async (ownerIds: readonly number[], visibility: 'all' | 'public' | 'private' | 'none') => {
      const filter = { ownerIds, visibility, withPrivate: true, sort: 'full_name', direction: 'asc' } as const
      const found = await listRepositories(read, filter, { page: 1, perPage: 10 })
      assert.equal(await countRepositories(read, filter), found.length)
      return found.map(({ owner, name }) => `${owner.login}/${name}`)
    }
    assert.deepEqual(await list([mona.id, hubot.id], 'all'), ['mona/a', 'mona/b', 'hubot/c'])
    assert.deepEqual(await list([mona.id], 'public'), ['mona/b'])
    assert.deepEqual(await list([mona.id], 'private'), ['mona/a'])
    assert.deepEqual(await list([mona.id], 'none'), [])
    assert.deepEqual(await list([], 'all'), [])
  })

  it('are deleted with all that is theirs', async t => {
    const { read, write, mona } = await withOwners(t)
    const made = await write(tx => createRepository(tx, mona, { ...DRAFT, name: 'a' }, 5))
    await write(tx => deleteRepository(tx, made.id, 6))
    assert.equal(await findRepository(read, 'mona', 'a'), undefined)
  })
})
