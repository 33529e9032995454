// Which installations there are for an event, and how little that costs to find out.
import assert from 'node:assert/strict'
import { suite, type TestContext, test } from 'node:test'
import { createAccount } from './accounts.ts'
import {
  addToInstallation,
  changeInstallation,
  createInstallation,
  deleteInstallation,
  findInstallation,
  installationCovering,
  listReachesOn,
  removeFromInstallation,
} from './installations.ts'
import { createIntegration } from './integrations.ts'
import { createRepository } from './repositories.ts'
import { addEvent } from './test-rows.ts'
import { openTestStore, plansOf } from './test-store.ts'

const AT_MS = 1_700_000_000_000

suite('installations', () => {
  test('reach all of an account, or what was selected, until they are suspended or gone', async t => {
    const { store, octocat, integration, repository } = await start(t)
    const reach = async () =>
      (await listReachesOn(store.read, octocat.id)).map(
        ({ repositoryIds }) => repositoryIds && [...repositoryIds],
      )
    const draft = { integrationId: integration.id, account: octocat, permissions: {} }
    const { id } = await store.write(tx => createInstallation(tx, { ...draft, repositoryIds: [] }, AT_MS))
    assert.deepEqual(await reach(), [[]])
    assert.equal(await store.write(tx => addToInstallation(tx, id, repository.id, AT_MS)), true)
    assert.equal(await store.write(tx => addToInstallation(tx, id, repository.id, AT_MS)), false)
    assert.deepEqual(await reach(), [[repository.id]])
    assert.equal(await store.write(tx => removeFromInstallation(tx, id, repository.id, AT_MS)), true)
    assert.equal(await store.write(tx => removeFromInstallation(tx, id, repository.id, AT_MS)), false)

    await store.write(tx => changeInstallation(tx, id, { suspended: { by: octocat } }, AT_MS))
    assert.deepEqual(await reach(), [])
    const suspended = await findInstallation(store.read, id)
    assert.deepEqual([suspended?.suspendedBy?.login, suspended?.suspendedAt?.getTime()], ['octocat', AT_MS])
    await store.write(tx => changeInstallation(tx, id, { suspended: null }, AT_MS))
    assert.equal((await reach()).length, 1)
    await store.write(tx => deleteInstallation(tx, id))
    assert.deepEqual(await reach(), [])

    await store.write(tx => createInstallation(tx, { ...draft, repositoryIds: null }, AT_MS))
    assert.deepEqual(await reach(), [null])
  })

  test('are once on each account', async t => {
    const { store, octocat, integration } = await start(t)
    const draft = { integrationId: integration.id, account: octocat, repositoryIds: null, permissions: {} }
    await store.write(tx => createInstallation(tx, draft, AT_MS))
    await assert.rejects(
      store.write(tx => createInstallation(tx, draft, AT_MS)),
      { code: 'validation_failed' },
    )
  })

  test('are found from an event that is stored: one line a case', async t => {
    const { store, octocat, integration, repository } = await start(t)
    const draft = { integrationId: integration.id, account: octocat, permissions: {} }
    const { id } = await store.write(tx =>
      createInstallation(tx, { ...draft, repositoryIds: [repository.id] }, AT_MS),
    )
    // Rows of the test belong to the account 1, which octocat is.
    assert.equal(octocat.id, 1)
    for (const [event, found] of [
      [{ repositoryId: repository.id }, id],
      [{ repositoryId: 99 }, null],
      [{ repositoryId: null, organizationId: 1 }, id],
      [{ repositoryId: null }, null],
    ] as const) {
      const eventId = await addEvent(store, event)
      const row = await store.read
        .selectFrom('events')
        .select(installationCovering(integration.id).as('found'))
        .where('id', '=', eventId)
        .executeTakeFirstOrThrow()
      assert.equal(row.found, found, JSON.stringify(event))
    }
  })

  test('are found by indexes alone', async t => {
    const { store } = await start(t)
    const plan = await plansOf(store.read, db => listReachesOn(db, 1))
    assert.match(plan, /SEARCH installations USING INDEX installations_by_account/)
    assert.doesNotMatch(plan, /SCAN/)
  })
})

async function start(t: TestContext) {
  const store = await openTestStore(t)
  return store.write(async tx => {
    const octocat = await createAccount(tx, { type: 'User', login: 'octocat' }, AT_MS)
    const repository = await createRepository(
      tx,
      octocat,
      { name: 'hello', private: false, description: null, homepage: null, hasIssues: true },
      AT_MS,
    )
    const integration = await createIntegration(
      tx,
      {
        slug: 'sorter',
        name: 'Sorter',
        clientId: 'Iv1.1',
        description: null,
        externalUrl: 'https://sorter.example',
        owner: octocat,
        permissions: {},
        events: [],
      },
      AT_MS,
    )
    return { store, octocat, repository, integration }
  })
}
