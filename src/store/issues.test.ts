import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { sql } from 'kysely'
import { createAccount } from './accounts.ts'
import { countComments, createComment, deleteComment, getComment, listComments } from './comments.ts'
import { countIssues, type IssueFilter, type IssueOrder, listIssues } from './issue-list.ts'
import {
  addAssignees,
  addIssueLabels,
  createIssue,
  deleteIssue,
  findIssue,
  getIssue,
  setIssueState,
} from './issues.ts'
import { COLOR_DEFAULT, ensureLabels, listLabels } from './labels.ts'
import { createRepository, reloadRepository } from './repositories.ts'
import { openTestStore } from './test-store.ts'

const ALL: IssueFilter = { state: 'all', labels: [] }
const NEWEST: IssueOrder = { sort: 'created', direction: 'desc' }
const HELLO = { name: 'hello', private: false, description: null, homepage: null, hasIssues: true }

async function withRepository(t: TestContext) {
  const store = await openTestStore(t)
  const user = await store.write(tx => createAccount(tx, { type: 'User', login: 'octocat' }, 0))
  const repository = await store.write(tx => createRepository(tx, user, HELLO, 0))
  const open = (title: string, nowMs = 0) =>
    store.write(tx => createIssue(tx, repository, { title, body: null, user }, nowMs))
  return { ...store, user, repository, open }
}

describe('issues', () => {
  it('are numbered within their repository, and a number is never given twice', async t => {
    const { read, write, user, repository, open } = await withRepository(t)
    const other = await write(tx => createRepository(tx, user, { ...HELLO, name: 'other' }, 0))
    const opened = await Promise.all(Array.from({ length: 20 }, (_, index) => open(`${index}`)))
    assert.deepEqual(
      opened.map(({ number }) => number),
      Array.from({ length: 20 }, (_, index) => index + 1),
    )
    const draft = { title: 'a', body: null, user }
    assert.equal((await write(tx => createIssue(tx, other, draft, 0))).number, 1)

    await write(async tx => deleteIssue(tx, await getIssue(tx, repository, 20)))
    assert.equal((await open('next')).number, 21)
    assert.equal((await reloadRepository(read, repository)).openIssues, 20)
  })

  it('bring their labels, assignees and whoever closed them', async t => {
    const { read, write, user, repository, open } = await withRepository(t)
    const issue = await open('a')
    await write(async tx => {
      const { labels } = await ensureLabels(tx, repository.id, ['one', 'two'])
      await addIssueLabels(tx, issue.id, labels)
      await addIssueLabels(tx, issue.id, labels)
      await addAssignees(tx, issue.id, [user])
      await setIssueState(tx, issue, { state: 'closed', reason: 'duplicate', byId: user.id }, 7)
    })
    const found = await findIssue(read, repository, 1)
    assert.deepEqual(
      found?.labels.map(({ name }) => name),
      ['one', 'two'],
    )
    assert.deepEqual(found?.assignees, [user])
    assert.equal(found?.closedBy?.login, 'octocat')
    assert.equal(found?.closedAt?.getTime(), 7)
    assert.equal(found?.stateReason, 'duplicate')
    assert.equal((await reloadRepository(read, repository)).openIssues, 0)
  })

  it('are listed in pages, in either direction', async t => {
    const { read, repository, open } = await withRepository(t)
    for (const title of ['one', 'two', 'three']) await open(title)
    const titles = async (order: IssueOrder, page: number) =>
      (await listIssues(read, repository, ALL, order, { page, perPage: 2 })).map(({ title }) => title)
    assert.deepEqual(await titles(NEWEST, 1), ['three', 'two'])
    assert.deepEqual(await titles(NEWEST, 2), ['one'])
    assert.deepEqual(await titles({ sort: 'updated', direction: 'asc' }, 1), ['one', 'two'])
    assert.equal(await countIssues(read, repository.id, ALL), 3)
    assert.equal(await countIssues(read, repository.id, { ...ALL, state: 'closed' }), 0)
  })

  // Sorting 100,000 issues for a page of 30 would hold up every other read.
  it('are listed along an index, without sorting all of them', async t => {
    const { read, repository, open } = await withRepository(t)
    await open('a')
    const queries: [filter: IssueFilter, order: IssueOrder][] = [
      [ALL, NEWEST],
      [{ ...ALL, state: 'open' }, NEWEST],
      [
        { ...ALL, state: 'open' },
        { sort: 'created', direction: 'asc' },
      ],
      [ALL, { sort: 'updated', direction: 'desc' }],
    ]
    for (const [filter, order] of queries) {
      const plan = await planOf(async db => {
        await listIssues(db, repository, filter, order, { page: 1, perPage: 30 })
      }, read)
      assert.match(plan, /USING INDEX/)
      assert.doesNotMatch(plan, /TEMP B-TREE FOR ORDER BY/, `${JSON.stringify({ filter, order })}\n${plan}`)
    }
  })
})

describe('labels', () => {
  it('are made by naming them, once, whatever the case', async t => {
    const { read, write, repository } = await withRepository(t)
    const first = await write(tx => ensureLabels(tx, repository.id, ['Bug', 'bug', 'hull']))
    assert.deepEqual(
      first.created.map(({ name, color }) => [name, color]),
      [
        ['Bug', COLOR_DEFAULT],
        ['hull', COLOR_DEFAULT],
      ],
    )
    const second = await write(tx => ensureLabels(tx, repository.id, ['HULL', 'new']))
    assert.deepEqual(
      second.labels.map(({ name }) => name),
      ['hull', 'new'],
    )
    assert.equal(second.created.length, 1)
    assert.equal((await listLabels(read, repository.id, { page: 1, perPage: 10 })).length, 3)
  })
})

describe('comments', () => {
  it('are counted with their issue', async t => {
    const { read, write, user, repository, open } = await withRepository(t)
    const issue = await open('a')
    const made = await write(tx => createComment(tx, repository, issue, { userId: user.id, body: 'One' }, 1))
    await write(tx => createComment(tx, repository, issue, { userId: user.id, body: 'Two' }, 2))
    assert.equal((await getIssue(read, repository, 1)).comments, 2)
    assert.equal(made.authorAssociation, 'OWNER')
    assert.equal(made.issueNumber, 1)

    const since = { issueId: issue.id, sinceMs: 2 }
    assert.equal(await countComments(read, since), 1)
    const [second] = await listComments(read, repository, since, { page: 1, perPage: 10 })
    assert.equal(second?.body, 'Two')

    await write(tx => deleteComment(tx, made.id, issue.id, 3))
    await assert.rejects(write(tx => deleteComment(tx, made.id, issue.id, 3)))
    assert.equal((await getIssue(read, repository, 1)).comments, 1)
    await assert.rejects(getComment(read, repository, made.id))
  })
})

type Db = Parameters<typeof listIssues>[0]

/** The plan of the first statement that `work` makes. */
async function planOf(work: (db: Db) => Promise<void>, read: Db): Promise<string> {
  const statements: { sql: string; parameters: readonly unknown[] }[] = []
  const watched = read.withPlugin({
    transformQuery: ({ node }) => {
      const { sql: text, parameters } = read.getExecutor().compileQuery(node, { queryId: 'plan' })
      statements.push({ sql: text, parameters })
      return node
    },
    transformResult: async ({ result }) => result,
  })
  await work(watched)
  const [first] = statements
  assert.ok(first)
  const inlined = first.parameters.reduce<string>((text, value) => text.replace('?', `'${value}'`), first.sql)
  const { rows } = await sql<{ detail: string }>`EXPLAIN QUERY PLAN ${sql.raw(inlined)}`.execute(read)
  return rows.map(({ detail }) => detail).join('\n')
}
