import assert from 'node:assert/strict'
import { test } from 'node:test'
import { zen } from './zen.ts'

test('it knows fourteen sentences, and chance reaches each of them', () => {
  const said = new Set(Array.from({ length: 14 }, (_, index) => zen(index / 14)))
  assert.equal(said.size, 14)
  assert.equal(zen(0), 'Responsive is better than fast.')
  assert.equal(zen(0.9999999), 'Keep it logically awesome.')
})
