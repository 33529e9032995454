// The page of numbers says what the last results hold.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { numbersTable, readNumbersTable } from './lib/numbers.ts'

test('docs/numbers.md has the table that bench/results give', () => {
  assert.equal(readNumbersTable(), numbersTable())
})
