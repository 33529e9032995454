import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { decodeEvent, decodeReply, encodeEvent, encodeReply } from './forward-frame.ts'

suite('an event', () => {
  test('has names in the canonical form of Go, sorted, and a list of values each', () => {
    const headers = [
      ['X-GitHub-Hook-ID', '7'],
      ['webhook-id', 'a'],
      ['Accept', '*/*'],
      ['accept', 'text/plain'],
    ] as const
    assert.equal(
      encodeEvent({ headers, body: Buffer.from([0xff, 0xfe, 0x3f]) }),
      '{"Header":{"Accept":["*/*","text/plain"],"Webhook-Id":["a"],"X-Github-Hook-Id":["7"]},"Body":"//4/"}',
    )
  })

  test('comes back as the same bytes', () => {
    const body = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))
    const event = decodeEvent(encodeEvent({ headers: [['X-Github-Event', 'push']], body }))
    assert.deepEqual(event, { headers: [['X-Github-Event', 'push']], body })
  })
})

suite('a reply', () => {
  test('is written as Go writes it, and names its delivery where that is understood', () => {
    const reply = { status: 202, headers: [['x-app', 'hi']], body: Buffer.from('OK'), guid: null } as const
    assert.equal(encodeReply(reply), '{"Status":202,"Header":{"X-App":["hi"]},"Body":"T0s="}')
    assert.equal(decodeReply(encodeReply({ ...reply, guid: 'c0ffee' }))?.guid, 'c0ffee')
  })

  test('may have null where Go has nothing', () => {
    const reply = decodeReply('{"Status":204,"Header":null,"Body":null}')
    assert.deepEqual(reply, { status: 204, headers: [], body: new Uint8Array(0), guid: null })
  })

  for (const text of [
    '',
    'null',
    '[]',
    '7',
    '{}',
    '{"Status":"200"}',
    '{"Status":99}',
    '{"Status":600}',
    '{"Status":200.5}',
    '{"Status":200,"Header":[]}',
    '{"Status":200,"Header":{"A":"b"}}',
    '{"Status":200,"Header":{"A":[1]}}',
    '{"Status":200,"Body":7}',
    '{"Status":200,"Delivery":7}',
  ]) {
    test(`is not ${text || 'nothing'}`, () => {
      assert.equal(decodeReply(text), undefined)
    })
  }
})
