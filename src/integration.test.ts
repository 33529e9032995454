import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { appSlugOf, botLogin, covers, isWithin, permits, slugOf } from './integration.ts'

suite('an App', () => {
  for (const [name, slug] of [
    ['Issue Sorter', 'issue-sorter'],
    ['  My App!! 2 ', 'my-app-2'],
    ['Übung', 'bung'],
    ['!!!', ''],
  ] as const) {
    test(`with the name ${JSON.stringify(name)} has the slug ${JSON.stringify(slug)}`, () => {
      assert.equal(slugOf(name), slug)
    })
  }

  test('acts as a bot that is called after it', () => {
    assert.equal(botLogin('issue-sorter'), 'issue-sorter[bot]')
    assert.equal(appSlugOf('issue-sorter[bot]'), 'issue-sorter')
  })

  test('may do what it was given, and less', () => {
    const given = { issues: 'write', contents: 'read', organization_projects: 'admin' } as const
    assert.equal(permits(given, 'issues', 'write'), true)
    assert.equal(permits(given, 'issues', 'read'), true)
    assert.equal(permits(given, 'contents', 'write'), false)
    assert.equal(permits(given, 'repositoryHooks', 'read'), false)
    assert.equal(permits(given, 'metadata', 'read'), true)
    assert.equal(permits(given, 'metadata', 'write'), false)
    assert.equal(isWithin({ issues: 'read', metadata: 'read' }, given), true)
    assert.equal(isWithin({ issues: 'read', contents: 'write' }, given), false)
  })

  test('covers all, or what was selected, and what belongs to no repository', () => {
    assert.equal(covers({ repositoryIds: null }, 1), true)
    assert.equal(covers({ repositoryIds: [1] }, 1), true)
    assert.equal(covers({ repositoryIds: [1] }, 2), false)
    assert.equal(covers({ repositoryIds: [] }, null), true)
  })
})
