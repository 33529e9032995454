import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { createAccount } from './accounts.ts'
import { countIssues, listIssues } from './issue-list.ts'
import { addIssueLabels, createIssue, getIssue, setIssueMilestone, setIssueState } from './issues.ts'
import { createLabel } from './labels.ts'
import {
  createMilestone,
  deleteMilestone,
  getMilestone,
  listMilestoneLabels,
  listMilestones,
} from './milestones.ts'
import { createRepository, deleteRepository } from './repositories.ts'
import { openTestStore, plansOf } from './test-store.ts'

const PAGE = { page: 1, perPage: 10 }
const BARE = { description: null, state: 'open', dueOn: null } as const

async function withRepository(t: TestContext) {
  const store = await openTestStore(t)
  return store.write(async tx => {
    const octocat = await createAccount(tx, { type: 'User', login: 'octocat' }, 0)
    const draft = { name: 'hello', private: false, description: null, homepage: null, hasIssues: true }
    return { ...store, octocat, hello: await createRepository(tx, octocat, draft, 0) }
  })
}

describe('milestones', () => {
  it('are numbered by repository when many are made at once, and count as one', async t => {
    const { read, write, hello, octocat } = await withRepository(t)
    const made = await Promise.all(
      ['a', 'b', 'c'].map(title =>
        write(tx => createMilestone(tx, hello.id, { ...BARE, title, creator: octocat }, 5)),
      ),
    )
    assert.deepEqual(made.map(({ number }) => number).toSorted(), [1, 2, 3])
    const again = { ...BARE, title: 'a', creator: octocat }
    await assert.rejects(
      write(tx => createMilestone(tx, hello.id, again, 6)),
      /Validation Failed/,
    )
    const next = await write(tx => createMilestone(tx, hello.id, { ...again, title: 'd' }, 7))
    assert.equal(next.number, 4)
    assert.equal(
      (await listMilestones(read, hello.id, 'all', { sort: 'due_on', direction: 'asc' }, PAGE)).length,
      4,
    )
  })

  it('count their issues though many change at once', async t => {
    const { read, write, hello, octocat } = await withRepository(t)
    const milestone = await write(tx =>
      createMilestone(tx, hello.id, { ...BARE, title: 'a', creator: octocat }, 5),
    )
    await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        write(async tx => {
          const issue = await createIssue(tx, hello, { title: 'a', body: null, user: octocat }, 5)
          await setIssueMilestone(tx, issue, milestone)
          if (index % 2 === 0) {
            // The issue at hand does not know of its milestone yet.
            await setIssueState(tx, issue, { state: 'closed', reason: 'completed', byId: octocat.id }, 6)
          }
        }),
      ),
    )
    const { openIssues, closedIssues } = await getMilestone(read, hello.id, 1)
    assert.deepEqual([openIssues, closedIssues], [3, 3])
    await write(tx => deleteMilestone(tx, milestone.id))
    assert.equal((await getIssue(read, hello, 1)).milestone, null)
  })

  it('go with their repository, and are found by an index', async t => {
    const { read, write, hello, octocat } = await withRepository(t)
    const { id } = await write(async tx => {
      const milestone = await createMilestone(tx, hello.id, { ...BARE, title: 'a', creator: octocat }, 5)
      const issue = await createIssue(tx, hello, { title: 'a', body: null, user: octocat }, 5)
      await setIssueMilestone(tx, issue, milestone)
      const label = await createLabel(tx, hello.id, { name: 'bug', color: 'ffffff', description: null })
      await addIssueLabels(tx, issue.id, [label])
      return milestone
    })
    const filter = { state: 'open', labels: [], milestone: 1 } as const
    assert.equal((await listMilestoneLabels(read, id, PAGE)).length, 1)
    const plans = await plansOf(read, async db => {
      await getMilestone(db, hello.id, 1)
      await listMilestoneLabels(db, id, PAGE)
      await countIssues(db, hello.id, filter)
    })
    assert.match(plans, /issues_by_milestone/)
    assert.doesNotMatch(plans, /SCAN/)
    const order = { sort: 'created', direction: 'desc' } as const
    assert.equal((await listIssues(read, hello, filter, order, PAGE)).length, 1)
    await write(tx => deleteRepository(tx, hello.id, 6))
    assert.deepEqual(await read.selectFrom('milestones').select('id').execute(), [])
  })
})
