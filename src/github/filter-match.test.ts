import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { recordings } from '../../test/github/recorded.ts'
import { AppError } from '../errors.ts'
import { EVENT_NAMES } from '../event.ts'
import type { Filters } from '../filter.ts'
import { readFilters } from './filter.ts'
import { compileFilters, type FilteredEvent, firstRefusal, needsPayload } from './filter-match.ts'

const NONE: Filters = {
  actions: null,
  refs: null,
  paths: null,
  repositories: null,
  actors: null,
  expression: null,
}

const PUSH = push('refs/heads/main', ['docs/a.md', 'src/b.ts'])

test('lets through what every filter lets through', () => {
  const filters: Partial<Filters> = {
    actions: ['opened'],
    refs: ['main'],
    paths: ['src/**'],
    repositories: ['acme/*'],
    actors: ['octocat'],
    expression: 'event == "push" && action == null && payload.commits.size() == 1',
  }
  assert.equal(refusalOf(filters, PUSH), null)
  assert.equal(refusalOf({}, PUSH), null)
})

test('names the first filter that does not, and what it saw', () => {
  const cases: [filters: Partial<Filters>, filter: string, detail: string][] = [
    [{ actions: ['opened', 'closed'] }, 'actions', 'the action is "labeled"'],
    [{ refs: ['release/**'] }, 'refs', 'the ref is "refs/heads/main"'],
    [{ repositories: ['acme/docs'] }, 'repositories', 'the repository is "acme/Site"'],
    [{ actors: ['hubot'] }, 'actors', 'the actor is "Octocat"'],
    [{ paths: ['*.md', '!docs/**'] }, 'paths', 'none of 2 changed paths matches'],
    [{ expression: 'payload.forced' }, 'expression', 'it gives false'],
    [{ expression: 'false', actors: ['hubot'], refs: ['x'] }, 'refs', 'the ref is "refs/heads/main"'],
  ]
  for (const [filters, filter, detail] of cases) {
    assert.deepEqual(refusalOf(filters, { ...PUSH, action: 'labeled' }), { filter, detail })
  }
})

test('lets through an event that has nothing of the kind that a filter is about', () => {
  const bare = { event: 'organization', action: null, payload: { organization: {} } }
  const cases: [filters: Partial<Filters>, event: FilteredEvent][] = [
    [{ actions: ['opened'] }, PUSH],
    [{ refs: ['main'] }, { event: 'issues', action: 'opened', payload: { issue: {} } }],
    [
      { refs: ['main'] },
      { event: 'deployment', action: null, payload: { deployment: { ref: 'a'.repeat(40) } } },
    ],
    [{ paths: ['docs/**'] }, { event: 'pull_request', action: 'opened', payload: {} }],
    [{ paths: ['docs/**'] }, push('refs/heads/gone', [])],
    [{ repositories: ['acme/docs'] }, bare],
    [{ actors: ['hubot'] }, bare],
    [
      { actors: ['hubot'], refs: ['x'], paths: ['x'], repositories: ['a/b'] },
      { ...bare, payload: null },
    ],
  ]
  for (const [filters, event] of cases) assert.equal(refusalOf(filters, event), null, JSON.stringify(filters))
})

test('reads branches and tags as the filters of workflows do', () => {
  const cases: [refs: string[], lets: string[], doesNot: string[]][] = [
    [['main'], ['refs/heads/main', 'refs/tags/main'], ['refs/heads/maine']],
    [
      ['release/**', '!**-alpha'],
      ['refs/heads/release/1'],
      ['refs/heads/release/1-alpha', 'refs/heads/main'],
    ],
    [['**', '!main'], ['refs/heads/topic'], ['refs/heads/main']],
    [['v[0-9]+.*'], ['refs/tags/v1.0', 'refs/heads/v2.x'], ['refs/tags/v1']],
    // Who writes them whole means just those.
    [['refs/tags/**'], ['refs/tags/v1'], ['refs/heads/v1']],
    [['**', '!refs/tags/**'], ['refs/heads/v1'], ['refs/tags/v1']],
  ]
  for (const [refs, lets, doesNot] of cases) {
    for (const ref of lets) assert.equal(refusalOf({ refs }, push(ref, ['a'])), null, `${refs} ${ref}`)
    for (const ref of doesNot) assert.notEqual(refusalOf({ refs }, push(ref, ['a'])), null, `${refs} ${ref}`)
  }
})

test('is content with one of several branches, and one of several paths', () => {
  const status = {
    event: 'status',
    action: null,
    payload: { branches: [{ name: 'topic' }, { name: 'main' }] },
  }
  assert.equal(refusalOf({ refs: ['main'] }, status), null)
  assert.equal(refusalOf({ refs: ['x'] }, status)?.detail, 'the ref is "refs/heads/topic"')
  assert.equal(refusalOf({ paths: ['**', '!docs/**'] }, PUSH), null)
  assert.notEqual(refusalOf({ paths: ['**', '!docs/**', '!src/**'] }, PUSH), null)
})

test('knows people and repositories whatever the case, and takes brackets in logins for what they are', () => {
  const by = (login: string) => ({ event: 'issues', action: 'opened', payload: { sender: { login } } })
  const cases: [actors: string[], lets: string[], doesNot: string[]][] = [
    [['OctoCat'], ['octocat', 'OCTOCAT'], ['octocats']],
    [['*', '!*[bot]'], ['octocat'], ['dependabot[bot]', 'Renovate[bot]']],
    [['dependabot[bot]'], ['dependabot[bot]'], ['dependabotb']],
  ]
  for (const [actors, lets, doesNot] of cases) {
    for (const login of lets) assert.equal(refusalOf({ actors }, by(login)), null, login)
    for (const login of doesNot) assert.notEqual(refusalOf({ actors }, by(login)), null, login)
  }
  assert.equal(refusalOf({ repositories: ['ACME/site'] }, PUSH), null)
  assert.notEqual(refusalOf({ repositories: ['**', '!acme/*'] }, PUSH), null)
})

test('lets through what an expression gives no answer for, and says why', () => {
  const cases: [expression: string, reason: string][] = [
    ['payload.pull_request.draft', 'No such key: pull_request'],
    ['payload.ref', 'It gives neither true nor false.'],
    ['payload.many.all(a, payload.many.all(b, a == b || true))', 'It takes too much work.'],
  ]
  const payload = { ...(PUSH.payload as object), many: Array(1000).fill(0) }
  for (const [expression, reason] of cases) {
    const faults: string[] = []
    const compiled = compileFilters({ ...NONE, expression })
    const refusal = firstRefusal(compiled, { ...PUSH, payload }, (filter, fault) =>
      faults.push(filter, fault),
    )
    assert.deepEqual([refusal, faults], [null, ['expression', reason]])
  }
})

test('lets through what there is too much of to be judged', () => {
  const paths = Array.from({ length: 5_000 }, (_, index) => `src/${'a/'.repeat(100)}${index}.ts`)
  const faults: string[] = []
  const compiled = compileFilters({ ...NONE, paths: ['src/**/[b]/**/*.ts'] })
  const refusal = firstRefusal(compiled, push('refs/heads/main', paths), (_, fault) => faults.push(fault))
  assert.deepEqual([refusal, faults], [null, ['It takes too much work.']])
})

test('lets everything through that a filter which cannot be read would judge', () => {
  const faults: string[] = []
  const compiled = compileFilters({ ...NONE, refs: ['['], expression: 'payload.', actors: ['octocat'] })
  const event = { ...PUSH, payload: { sender: { login: 'hubot' } } }
  assert.equal(firstRefusal(compiled, event, filter => faults.push(filter))?.filter, 'actors')
  assert.equal(
    firstRefusal(compiled, PUSH, filter => faults.push(filter)),
    null,
  )
  assert.deepEqual(faults, ['refs', 'refs', 'expression'])
})

test('does not look at the payload before it has to', () => {
  const unread = {
    event: 'issues',
    action: 'labeled',
    get payload(): unknown {
      throw new Error('it looked')
    },
  }
  assert.equal(refusalOf({ actions: ['opened'], expression: 'payload.x' }, unread)?.filter, 'actions')
  assert.equal(needsPayload({ ...NONE, actions: ['opened'] }), false)
  for (const filter of ['refs', 'paths', 'repositories', 'actors'] as const) {
    assert.equal(needsPayload({ ...NONE, [filter]: ['a/b'] }), true)
  }
  assert.equal(needsPayload({ ...NONE, expression: 'true' }), true)
})

test('keeps what it says of an event short', () => {
  const event = push(`refs/heads/${'x'.repeat(10_000)}`, ['a'])
  const detail = refusalOf({ refs: ['main'] }, event)?.detail ?? ''
  assert.ok(detail.length < 130, String(detail.length))
})

test('judges whatever GitHub has sent, and whatever is in it, without throwing', () => {
  const pattern = fc.oneof(
    fc.constantFrom('main', '**', '*', '!**', 'v*', 'refs/heads/**', '*.md', 'acme/*', '*[bot]', 'opened'),
    fc.string({ maxLength: 20 }),
  )
  const patterns = fc.option(fc.array(pattern, { maxLength: 5 }))
  const expression = fc.option(
    fc.constantFrom(
      'payload.action == "opened"',
      'has(payload.issue)',
      'payload.commits.exists(c, c.distinct)',
      'payload.sender',
    ),
  )
  const filters = fc.record({
    actions: patterns,
    refs: patterns,
    paths: patterns,
    repositories: patterns,
    actors: patterns,
    expression,
  })
  const recorded = fc.constantFrom(...recordings).map(({ name, payload }) => {
    const [event = '', action = null] = name.split('.')
    return { event, action, payload: payload as unknown }
  })
  const madeUp = fc.record({
    event: fc.constantFrom(...EVENT_NAMES),
    action: fc.option(fc.string()),
    payload: fc.jsonValue() as fc.Arbitrary<unknown>,
  })
  fc.assert(
    fc.property(filters, fc.oneof(recorded, madeUp), (chosen, event) => {
      const refusal = firstRefusal(compileFilters(chosen), event)
      if (refusal) assert.notEqual(chosen[refusal.filter], null)
      // What can be saved never lets down at run time.
      if (!isReadable(chosen)) return
      firstRefusal(compileFilters(chosen), event, (filter, reason) => {
        assert.equal(filter, 'expression', reason)
      })
    }),
    { numRuns: 3_000 },
  )
})

function refusalOf(filters: Partial<Filters>, event: FilteredEvent) {
  return firstRefusal(compileFilters({ ...NONE, ...filters }), event)
}

function push(ref: string, modified: readonly string[]): FilteredEvent {
  const payload = {
    ref,
    forced: false,
    commits: modified.length === 0 ? [] : [{ added: [], removed: [], modified }],
    repository: { full_name: 'acme/Site' },
    sender: { login: 'Octocat' },
  }
  return { event: 'push', action: null, payload }
}

function isReadable(filters: Filters): boolean {
  try {
    readFilters(filters, 'organization')
    return true
  } catch (error) {
    if (error instanceof AppError) return false
    throw error
  }
}
