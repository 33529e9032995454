import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { Budget } from '../base/budget.ts'
import { checkAgainst } from '../base/json-schema.ts'
import { type Example, fitExample, readEventExamples } from './event-examples.ts'
import { findEventSchema } from './event-schemas.ts'

const examples = readEventExamples()

const around = {
  repository: {
    ...(examples.find('issues', 'opened')?.repository as Example),
    id: 7,
    full_name: 'octo-org/widgets',
    name: 'widgets',
    network_count: 0,
    subscribers_count: 0,
    owner: { ...(examples.find('issues', 'opened')?.sender as Example), login: 'octo-org', id: 8 },
  },
  organization: null,
  sender: { ...(examples.find('issues', 'opened')?.sender as Example), login: 'mona', id: 9 },
  api: 'http://127.0.0.1:3000/api/v3',
  html: 'http://127.0.0.1:3000',
  nowMs: Date.parse('2026-11-25T12:00:00Z'),
}

const all = examples.events.flatMap(event => {
  const actions = examples.actionsOf(event) ?? []
  return (actions.length > 0 ? actions : [null]).map(action => ({ event, action }))
})

suite('examples of events', () => {
  test('are there for 259 events and actions, each as its schema has it, before and after it is fitted', () => {
    assert.equal(all.length, 259)
    for (const { event, action } of all) {
      const example = examples.find(event, action)
      const schema = findEventSchema(event, action)
      assert.ok(example && schema, `${event} ${action}`)
      for (const payload of [example, fitExample(event, example, around)]) {
        assert.deepEqual(checkAgainst(schema, payload, new Budget(1_000_000), 3), [], `${event} ${action}`)
      }
    }
  })

  test('are fitted to a repository, its addresses, its sender and the time', () => {
    const fitted = fitExample('issues', examples.find('issues', 'opened') as Example, around)
    const issue = fitted.issue as Example
    assert.deepEqual(fitted.repository, around.repository)
    assert.deepEqual(fitted.sender, around.sender)
    assert.equal(issue.url, 'http://127.0.0.1:3000/api/v3/repos/octo-org/widgets/issues/1')
    assert.equal(issue.html_url, 'http://127.0.0.1:3000/octo-org/widgets/issues/1')
    assert.equal(issue.created_at, '2026-11-25T12:00:00Z')
    assert.equal(issue.id, around.nowMs)
    assert.doesNotMatch(
      JSON.stringify({ ...fitted, repository: null, sender: null }),
      /Codertocat|Hello-World/,
    )
    assert.equal('installation' in fitted, false)
  })

  test('are never older than the event, whatever lies in the future of it', () => {
    for (const { event, action } of all) {
      const fitted = fitExample(event, examples.find(event, action) as Example, around)
      const created = (fitted[event] as Example | undefined)?.created_at
      if (typeof created === 'string') assert.ok(Date.parse(created) <= around.nowMs, `${event} ${action}`)
    }
  })

  test('are not there for what GitHub has no example of', () => {
    assert.equal(examples.actionsOf('nonsense'), undefined)
    assert.equal(examples.actionsOf('toString'), undefined)
    assert.equal(examples.find('issues', 'nonsense'), undefined)
    assert.equal(examples.find('issues', 'toString'), undefined)
    assert.equal((examples.find('repository_dispatch', 'deploy') as Example).action, 'deploy')
  })
})
