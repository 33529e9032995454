import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { recordings } from '../../test/github/recorded.ts'
import { EVENT_NAMES } from '../event.ts'
import { actorOf, changedPathsOf, EVENTS_WITH_REFS, refsOf, repositoryOf, shortRef } from './event-traits.ts'

// All that GitHub's recordings of an event have.
const RECORDED: [name: string, refs: string[]][] = [
  ['push', ['refs/tags/simple-tag', 'refs/heads/master']],
  ['create', ['refs/tags/simple-tag']],
  ['delete', ['refs/tags/simple-tag']],
  ['pull_request', ['refs/heads/master']],
  ['pull_request_review', ['refs/heads/master']],
  ['pull_request_review_comment', ['refs/heads/master']],
  ['pull_request_review_thread', ['refs/heads/master']],
  ['release', ['refs/tags/0.0.1']],
  ['check_run', ['refs/heads/changes', 'refs/heads/master', 'refs/heads/miniak/event-process-id']],
  ['check_suite', ['refs/heads/changes', 'refs/heads/main', 'refs/heads/master']],
  ['workflow_run', ['refs/heads/main', 'refs/heads/master']],
  ['workflow_job', ['refs/heads/main', 'refs/heads/renovate/got-13.x']],
  ['workflow_dispatch', ['refs/heads/main', 'refs/heads/master']],
  ['repository_dispatch', ['refs/heads/master']],
  ['deployment', ['refs/heads/gh-pages', 'refs/heads/master']],
  ['deployment_status', ['refs/heads/master']],
  ['merge_group', ['refs/heads/main']],
  [
    'code_scanning_alert',
    ['refs/heads/code-feature', 'refs/heads/main', 'refs/heads/master', 'refs/pull/11/merge'],
  ],
]

for (const [event, refs] of RECORDED) {
  test(`finds the branch or tag of ${event} where GitHub puts it`, () => {
    const found = new Set(payloadsOf(event).flatMap(payload => refsOf(event, payload)))
    assert.deepEqual([...found].sort(), refs.toSorted())
  })
}

test('has each event with a branch or tag in the documentation, and no other', () => {
  const page = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8')
  const [, table = ''] = page.match(/\n\| event \| where \|\n(.*?)\n\n/s) ?? []
  const told = table.split('\n').flatMap(row => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)])
  assert.deepEqual(told.map(([, event]) => event).sort(), EVENTS_WITH_REFS)
})

test('finds all branches of a commit’s status', () => {
  const [payload] = payloadsOf('status')
  assert.deepEqual(refsOf('status', payload), [
    'refs/heads/master',
    'refs/heads/changes',
    'refs/heads/gh-pages',
  ])
})

test('finds no branch or tag in any other event', () => {
  for (const { name, payload } of recordings) {
    const [event = ''] = name.split('.')
    if (!EVENTS_WITH_REFS.includes(event)) assert.deepEqual(refsOf(event, payload), [], name)
  }
})

test('tells branches from tags, and knows what is neither', () => {
  const cases: [event: string, payload: unknown, refs: string[]][] = [
    ['create', { ref: 'v1', ref_type: 'tag' }, ['refs/tags/v1']],
    ['create', { ref: 'v1', ref_type: 'branch' }, ['refs/heads/v1']],
    ['create', { ref: null, ref_type: 'repository' }, []],
    ['delete', { ref: 'a/b', ref_type: 'branch' }, ['refs/heads/a/b']],
    ['code_scanning_alert', { ref: '' }, []],
    ['workflow_run', { workflow_run: { head_branch: null } }, []],
    ['check_suite', { check_suite: { head_branch: 7 } }, []],
    ['deployment', { deployment: { ref: 'a10867b14bb761a232cd80139fbd4c0d33264240' } }, []],
    ['status', { branches: [] }, []],
    ['push', { ref: { heads: 'main' } }, []],
    ['toString', { ref: 'main' }, []],
    ['push', null, []],
  ]
  for (const [event, payload, refs] of cases) assert.deepEqual(refsOf(event, payload), refs, event)
})

test('names refs as people do', () => {
  const cases = [
    ['refs/heads/main', 'main'],
    ['refs/heads/feature/a', 'feature/a'],
    ['refs/tags/v1.0', 'v1.0'],
    ['refs/pull/11/merge', 'pull/11/merge'],
    ['refs/heads/refs/heads/odd', 'refs/heads/odd'],
  ]
  for (const [ref, short] of cases) assert.equal(shortRef(ref!), short)
})

test('lists what a push added, removed and modified', () => {
  const commits = [
    { added: ['a'], removed: ['b'], modified: ['c', 7] },
    { added: null },
    null,
    { added: ['d'] },
  ]
  assert.deepEqual([...(changedPathsOf('push', { commits }) ?? [])], ['a', 'b', 'c', 'd'])
})

test('does not know the paths of what is no push, has no commits, or has more than are told', () => {
  const commit = { added: ['a'], removed: [], modified: [] }
  const cases: [event: string, payload: unknown][] = [
    ['pull_request', { commits: [commit] }],
    ['push', { commits: [] }],
    ['push', {}],
    ['push', 'x'],
    ['push', { commits: Array(2048).fill(commit) }],
  ]
  for (const [event, payload] of cases) assert.equal(changedPathsOf(event, payload), undefined)
})

test('finds the repository and the sender of every recording that has them', () => {
  for (const { name, payload } of recordings) {
    const { repository, sender } = payload as any
    assert.equal(repositoryOf(payload), repository?.full_name, name)
    assert.equal(actorOf(payload), sender?.login, name)
  }
})

test('takes nothing of a payload for granted', () => {
  const name = fc.constantFrom(...EVENT_NAMES, 'x')
  const key = fc.constantFrom(
    'ref',
    'ref_type',
    'commits',
    'added',
    'pull_request',
    'base',
    'branches',
    'name',
    'sender',
  )
  const value = fc.letrec(tie => ({
    any: fc.oneof({ maxDepth: 4 }, fc.jsonValue(), fc.array(tie('any')), fc.dictionary(key, tie('any'))),
  })).any
  fc.assert(
    fc.property(name, value, (event, payload) => {
      for (const ref of refsOf(event, payload)) assert.ok(ref.startsWith('refs/'))
      for (const path of changedPathsOf(event, payload) ?? []) assert.equal(typeof path, 'string')
      repositoryOf(payload)
      actorOf(payload)
    }),
    { numRuns: 2_000 },
  )
})

function payloadsOf(event: string): unknown[] {
  return recordings.filter(({ name }) => name.split('.')[0] === event).map(({ payload }) => payload)
}
