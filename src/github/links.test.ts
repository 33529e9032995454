import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nodeId, pathSegment, timestamp } from './links.ts'

test('it encodes a path segment as GitHub does: spaces and slashes, but no colon', () => {
  assert.equal(pathSegment(':bug: Bugfix'), ':bug:%20Bugfix')
  assert.equal(pathSegment('a/b?c#d%'), 'a%2Fb%3Fc%23d%25')
  assert.equal(pathSegment('help wanted, please=now&then+@me;$'), 'help%20wanted,%20please=now&then+@me;$')
  assert.equal(pathSegment('é'), '%C3%A9')
})

test('it gives the node ids that GitHub gave', () => {
  assert.equal(nodeId('User', 21031067), 'MDQ6VXNlcjIxMDMxMDY3')
  assert.equal(nodeId('Organization', 38302899), 'MDEyOk9yZ2FuaXphdGlvbjM4MzAyODk5')
  assert.equal(nodeId('Repository', 186853261), 'MDEwOlJlcG9zaXRvcnkxODY4NTMyNjE=')
  assert.equal(nodeId('IssueComment', 492700400), 'MDEyOklzc3VlQ29tbWVudDQ5MjcwMDQwMA==')
})

test('it cuts a time to whole seconds', () => {
  assert.equal(timestamp(new Date('2026-11-21T11:12:13.999Z')), '2026-11-21T11:12:13Z')
})
