import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { withInstallation } from './installed.ts'

const OURS = '{"id":7,"node_id":"MDIzOkludGVncmF0aW9uSW5zdGFsbGF0aW9uNw=="}'

suite('the payload that an App is sent', () => {
  for (const [before, after] of [
    ['{"a":1}', `{"a":1,"installation":${OURS}}`],
    ['{"a":{"installation":1}}', `{"a":{"installation":1},"installation":${OURS}}`],
    ['{}', `{"installation":${OURS}}`],
    ['{ \n}\n', `{ \n"installation":${OURS}}\n`],
    [' {"a":1.0, "b":"}" } ', ` {"a":1.0, "b":"}" ,"installation":${OURS}} `],
    ['{"installation":null,"b":2}', `{"installation":${OURS},"b":2}`],
    ['{"inst\\u0061llation":{"id":1}}', `{"inst\\u0061llation":${OURS}}`],
  ] as const) {
    test(`of ${JSON.stringify(before)} is ${JSON.stringify(after)}`, () => {
      assert.equal(textOf(before, 'issues', 7), after)
    })
  }

  test('is the stored one for everybody else, and not even copied', () => {
    const payload = Buffer.from('{"a":1}')
    assert.equal(withInstallation(payload, { event: 'issues', installationId: null }), payload)
  })

  test('is the stored one for events that tell of the installation itself', () => {
    for (const event of ['installation', 'installation_repositories']) {
      assert.equal(
        textOf('{"installation":{"id":7,"app_id":1}}', event, 7),
        '{"installation":{"id":7,"app_id":1}}',
      )
    }
  })

  test('reads as the stored one with one key more, whatever that is', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), content => {
        const read = JSON.parse(textOf(JSON.stringify(content), 'issues', 7))
        assert.deepEqual(read, JSON.parse(JSON.stringify({ ...content, installation: JSON.parse(OURS) })))
      }),
    )
  })
})

function textOf(payload: string, event: string, installationId: number): string {
  return Buffer.from(withInstallation(Buffer.from(payload), { event, installationId })).toString()
}
