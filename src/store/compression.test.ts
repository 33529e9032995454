import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { recordings } from '../../test/github/recorded.ts'
import { PAYLOAD_BYTES_MAX } from '../event.ts'
import { compress, decompress, ENCODING } from './compression.ts'

test('gives back every byte, and is never for less than a fifth', () => {
  const repetitive = fc
    .tuple(fc.uint8Array({ maxLength: 100 }), fc.nat(100))
    .map(([bytes, times]) => Buffer.concat(Array.from({ length: times }, () => bytes)))
  fc.assert(
    fc.property(fc.oneof(repetitive, fc.uint8Array({ maxLength: 5000 })), bytes => {
      const compressed = compress(bytes)
      if (compressed === null) return
      assert(compressed.byteLength <= bytes.byteLength * 0.8)
      assert(Buffer.from(bytes).equals(decompress(compressed, ENCODING)))
    }),
  )
})

test('makes the payloads that GitHub sent five times smaller', () => {
  const [before, after] = recordings.reduce(
    ([before, after], { payload }) => {
      const bytes = Buffer.from(JSON.stringify(payload))
      return [before + bytes.byteLength, after + (compress(bytes) ?? bytes).byteLength]
    },
    [0, 0],
  )
  assert(before / after > 5, `${before} bytes became ${after}`)
})

test('leaves alone what does not become smaller', () => {
  for (const bytes of [Buffer.alloc(0), Buffer.from('{}'), randomBytes(5000)])
    assert.equal(compress(bytes), null)
})

test('brings back the largest payload, and nothing larger', () => {
  const largest = Buffer.alloc(PAYLOAD_BYTES_MAX, 0x20)
  assert(largest.equals(decompress(zstdCompressSync(largest), ENCODING)))
  const bomb = zstdCompressSync(Buffer.alloc(PAYLOAD_BYTES_MAX + 1, 0x20))
  assert.throws(() => decompress(bomb, ENCODING), { code: 'ERR_BUFFER_TOO_LARGE' })
})

test('does not take what is damaged, or in an encoding of another day, for a payload', () => {
  const compressed = compress(Buffer.alloc(1000, 0x20)) ?? assert.fail()
  assert.throws(() => decompress(compressed.subarray(0, -1), ENCODING))
  assert.throws(() => decompress(compressed, 'brotli'), /unknown encoding: brotli/)
})
