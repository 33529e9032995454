import assert from 'node:assert/strict'
import { test } from 'node:test'
import { measureJson } from './json-measure.ts'

test('measures depth and keys, and is not taken in by texts: one line a case', () => {
  const cases: [json: string, depth: number, keys: number][] = [
    ['', 0, 0],
    ['7', 0, 0],
    ['[]', 1, 0],
    ['{"a":1,"b":[{"c":{}}]}', 4, 3],
    ['[[],[[]],[]]', 3, 0],
    ['{"a:{[":"}]:"}', 1, 1],
    ['["\\"[[[", "\\\\", []]', 2, 0],
    ['"{{{{', 0, 0],
    ['"\\', 0, 0],
    [`${'['.repeat(1000)}${']'.repeat(1000)}`, 1000, 0],
  ]
  for (const [json, depth, keys] of cases)
    assert.deepEqual(measureJson(Buffer.from(json)), { depth, keys }, json)
})
