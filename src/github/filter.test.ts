import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { AppError } from '../errors.ts'
import { filtersJson, filterTryJson, readFilters } from './filter.ts'

suite('filters in JSON', () => {
  test('have all keys, also when there are none', () => {
    const none = {
      actions: null,
      refs: null,
      paths: null,
      repositories: null,
      actors: null,
      expression: null,
    }
    assert.deepEqual(filtersJson(null), none)
    assert.deepEqual(filtersJson({ ...none, actors: ['octocat'] }), { ...none, actors: ['octocat'] })
  })

  test('are none when nothing is asked for', () => {
    const bodies = [{}, { refs: null, actions: [] }, { expression: null }, { expression: '  ' }]
    for (const body of bodies) assert.equal(readFilters(body, 'repository'), null)
  })

  test('come back as they were sent', () => {
    const filters = {
      actions: ['opened'],
      refs: ['**', '!main'],
      paths: ['docs/**'],
      repositories: ['Acme/*'],
      actors: ['*', '!*[bot]'],
      expression: ' payload.number > 5\n',
    }
    assert.deepEqual(readFilters(filters, 'organization'), filters)
  })

  test('are refused when they would let nothing in', () => {
    for (const field of ['refs', 'paths', 'repositories', 'actors'] as const) {
      assert.throws(() => readFilters({ [field]: ['!a/b', '!c/d'] }, 'organization'), isRefusalOf(field))
    }
  })

  test('are refused when there is too much of them', () => {
    const paths = Array.from({ length: 50 }, (_, index) => `${'x'.repeat(160)}${index}`)
    assert.throws(() => readFilters({ paths }, 'repository'), isRefusalOf(undefined))
    assert.equal(readFilters({ paths: paths.slice(0, 40) }, 'repository')?.paths?.length, 40)
  })

  test('have their faults told together', () => {
    const body = { refs: ['['], paths: ['a\\'], actors: [''], expression: '1 + 1' }
    assert.throws(() => readFilters(body, 'repository'), isRefusalOf('refs', 'paths', 'actors', 'expression'))
  })
})

test('a try tells which filter refused', () => {
  const event = { id: 7, guid: 'g', name: 'push', action: null, createdAt: new Date(0) }
  assert.deepEqual(
    filterTryJson({ event, passes: false, refusedBy: 'refs', detail: 'the ref is "refs/heads/x"' }),
    {
      id: 7,
      guid: 'g',
      event: 'push',
      action: null,
      created_at: '1970-01-01T00:00:00Z',
      passes: false,
      refused_by: 'refs',
      detail: 'the ref is "refs/heads/x"',
    },
  )
})

function isRefusalOf(...fields: (string | undefined)[]) {
  return (error: unknown) =>
    error instanceof AppError &&
    error.code === 'validation_failed' &&
    assert.deepEqual(
      error.items.map(({ field }) => field),
      fields,
    ) === undefined
}
