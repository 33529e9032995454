import assert from 'node:assert/strict'
import { test } from 'node:test'
import { healthOf } from './health.ts'

const attempt = (statusCode: number, tookMs: number) => ({ id: 1, statusCode, tookMs })

test('counts 2xx as successes, and nothing else', () => {
  const { attempts, succeeded, successRate } = healthOf(
    [200, 204, 302, 500, 504].map(code => attempt(code, 1)),
  )
  assert.deepEqual([attempts, succeeded, successRate], [5, 2, 0.4])
})

test('gives percentiles that were measured, whatever the order', () => {
  const tookMs = Array.from({ length: 100 }, (_, index) => 100 - index)
  const { p50Ms, p95Ms } = healthOf(tookMs.map(ms => attempt(200, ms)))
  assert.deepEqual([p50Ms, p95Ms], [50, 95])
  assert.deepEqual(healthOf([attempt(200, 7)]).p95Ms, 7)
})

test('claims nothing without any attempt', () => {
  assert.deepEqual(healthOf([]), { attempts: 0, succeeded: 0, successRate: null, p50Ms: null, p95Ms: null })
})
