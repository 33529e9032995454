import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { deleteAccount, listSolelyOwned } from './account-deletion.ts'
import { createAccount, setMembership } from './accounts.ts'
import {
  countCollaborators,
  findPermission,
  listCollaborators,
  removePermissionsIn,
  setPermission,
} from './collaborators.ts'
import { createHook } from './hooks.ts'
import { countMembers, listMembers, listMembershipsOf, setPublicMember } from './members.ts'
import { countRepositories, createRepository, deleteRepository, listRepositories } from './repositories.ts'
import { openTestStore, plansOf } from './test-store.ts'

const PAGE = { page: 1, perPage: 10 }

async function withPeople(t: TestContext) {
  const store = await openTestStore(t)
  return store.write(async tx => {
    const acme = await createAccount(tx, { type: 'Organization', login: 'acme' }, 0)
    const boss = await createAccount(tx, { type: 'User', login: 'boss' }, 0)
    const mona = await createAccount(tx, { type: 'User', login: 'mona' }, 0)
    await setMembership(tx, acme.id, boss.id, 'admin', 0)
    const draft = { name: 'wile', private: true, description: null, homepage: null, hasIssues: true }
    const wile = await createRepository(tx, acme, draft, 0)
    await setPermission(tx, wile.id, mona.id, 'triage', 0)
    return { ...store, acme, boss, mona, wile }
  })
}

describe('collaborators', () => {
  it('have the last permission that they were given, until they, it or the repository go', async t => {
    const { read, write, acme, mona, wile } = await withPeople(t)
    await write(tx => setPermission(tx, wile.id, mona.id, 'admin', 1))
    assert.equal(await findPermission(read, wile.id, mona.id), 'admin')
    await write(tx => removePermissionsIn(tx, acme.id, mona.id))
    assert.equal(await findPermission(read, wile.id, mona.id), undefined)

    await write(tx => setPermission(tx, wile.id, mona.id, 'pull', 2))
    await write(tx => deleteAccount(tx, mona, 3))
    assert.equal(await findPermission(read, wile.id, mona.id), undefined)
    await write(tx => deleteRepository(tx, wile.id, 4))
    assert.deepEqual(await read.selectFrom('collaborators').selectAll().execute(), [])
  })

  it('and members are found by indexes, from both ends', async t => {
    const { read, acme, mona, wile } = await withPeople(t)
    const everybody = { affiliation: 'all', role: null } as const
    assert.equal(await countCollaborators(read, wile, everybody), 2)
    const members = { organizationId: acme.id, role: 'admin', publicOnly: true } as const
    const shared = {
      ownerIds: [],
      visibility: 'all',
      withPrivate: true,
      collaboratorId: mona.id,
      withShared: true,
    } as const
    assert.equal(await countRepositories(read, shared), 1)
    const plans = await plansOf(read, async db => {
      await listCollaborators(db, wile, everybody, PAGE)
      await listMembers(db, members, PAGE)
      await countMembers(db, members)
      await listMembershipsOf(db, mona.id, true, PAGE)
      await listRepositories(db, { ...shared, sort: 'full_name', direction: 'asc' }, PAGE)
      await listSolelyOwned(db, mona.id)
    })
    assert.doesNotMatch(plans, /SCAN (?!\(|ranked|source|subquery)/i)
  })
})

describe('an account that is deleted', () => {
  it('gives the targets of its hooks, and leaves organizations with other owners', async t => {
    const { read, write, vault, acme, boss, mona, wile } = await withPeople(t)
    assert.deepEqual(await listSolelyOwned(read, boss.id), ['acme'])
    await write(tx => setMembership(tx, acme.id, mona.id, 'admin', 0))
    assert.deepEqual(await listSolelyOwned(read, boss.id), [])
    assert.equal(await write(tx => setPublicMember(tx, acme.id, boss.id, true)), true)
    await write(tx => deleteAccount(tx, boss, 1))
    assert.deepEqual(
      (await listMembers(read, { organizationId: acme.id, role: null, publicOnly: false }, PAGE)).map(
        ({ login }) => login,
      ),
      ['mona'],
    )
    const targets = [
      { kind: 'repository', id: wile.id },
      { kind: 'organization', id: acme.id },
    ] as const
    const told = {
      accountId: acme.id,
      active: true,
      events: ['push'],
      createdAt: new Date(0),
      updatedAt: new Date(0),
    }
    const config = {
      url: 'http://example.com',
      contentType: 'json',
      secret: null,
      insecureSsl: false,
    } as const
    for (const target of targets) await write(tx => createHook(tx, vault, { ...told, target, config }))
    assert.deepEqual(
      (await write(tx => deleteAccount(tx, acme, 2))).toSorted((one, other) =>
        other.kind.localeCompare(one.kind),
      ),
      targets,
    )
    assert.equal(await findPermission(read, wile.id, mona.id), undefined)
  })
})
