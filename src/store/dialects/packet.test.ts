import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { pack, unpack } from './packet.ts'

const value = fc.oneof(
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter(number => !Object.is(number, -0)),
  fc.string({ unit: 'binary' }),
  fc.constant(null),
  fc.uint8Array(),
)
const units = fc.array(
  fc.array(fc.record({ sql: fc.string(), rows: fc.array(fc.array(value)) }, { noNullPrototype: true })),
)

test('gives back what was packed, to the byte', () => {
  fc.assert(fc.property(units, packed => assert.deepEqual(unpack(pack(packed)), packed)))
})

test('takes only the bytes of a view into a larger buffer', () => {
  const view = Buffer.from('..payload..').subarray(2, 9)
  const packet = pack([[{ sql: 'x', rows: [[view]] }]])
  assert.equal(packet.bytes.byteLength, 7)
  assert.equal(Buffer.from(packet.bytes).toString(), 'payload')
})
