import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { AppError } from '../errors.ts'
import { DEFAULT_CHOICES } from '../hook.ts'
import { ORDERS, RETRIES_MAX } from '../policy.ts'
import { type PolicyBody, policyJson, readPolicyChange } from './policy.ts'

suite('a policy in JSON', () => {
  test('has seconds, and names all keys that are the defaults', () => {
    const keys = ['timeout_seconds', 'retry', 'concurrency', 'rate_limit', 'order', 'standard_webhooks']
    assert.deepEqual(policyJson(DEFAULT_CHOICES), {
      timeout_seconds: 10,
      retry: [5, 30, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400],
      concurrency: 10,
      rate_limit: null,
      order: 'none',
      standard_webhooks: false,
      defaults: keys,
    })
  })

  test('gives back what was chosen, and leaves that out of the defaults', () => {
    fc.assert(
      fc.property(choices(), body => {
        const { defaults, ...values } = policyJson(readPolicyChange(body, DEFAULT_CHOICES))
        assert.deepEqual(values, { ...body })
        assert.deepEqual(defaults, [])
      }),
    )
  })

  test('can be sent back as it was given', () => {
    fc.assert(
      fc.property(choices(), body => {
        const chosen = readPolicyChange(body, DEFAULT_CHOICES)
        const { defaults: _, ...values } = policyJson(chosen)
        assert.deepEqual(readPolicyChange(values as PolicyBody, DEFAULT_CHOICES), chosen)
      }),
    )
  })
})

suite('a change of a policy', () => {
  test('keeps what it does not name, and takes null for the default', () => {
    const first = readPolicyChange({ timeout_seconds: 30, order: 'issue' }, DEFAULT_CHOICES)
    const second = readPolicyChange({ concurrency: 1, order: null, standard_webhooks: true }, first)
    assert.deepEqual(second, {
      policy: { ...DEFAULT_CHOICES.policy, timeoutMs: 30_000, concurrency: 1 },
      standardWebhooks: true,
    })
    const reset = { timeout_seconds: null, concurrency: null, standard_webhooks: null }
    const { policy, standardWebhooks } = DEFAULT_CHOICES
    assert.deepEqual(readPolicyChange(reset, second), { policy, standardWebhooks })
  })

  test('has two words for retries, and none is off', () => {
    const chosen = readPolicyChange({ retry: 'off' }, DEFAULT_CHOICES)
    assert.deepEqual(chosen.policy.retryDelaysMs, [])
    assert.equal(policyJson(chosen).retry, 'off')
    assert.deepEqual(readPolicyChange({ retry: [] }, DEFAULT_CHOICES), chosen)
    assert.deepEqual(readPolicyChange({ retry: 'default' }, chosen).policy, DEFAULT_CHOICES.policy)
  })

  test('is refused beyond each limit, in a sentence', () => {
    const retry = 'retry must be "default", "off", or a list of at most 20 waits from 1 to 604800'
    const rate = 'rate_limit must be null, or from 1 to 10000 deliveries per 1 to 3600 seconds'
    const cases: [body: PolicyBody, message: string][] = [
      [{ timeout_seconds: 0 }, 'timeout_seconds must be from 1 to 30'],
      [{ timeout_seconds: 31 }, 'timeout_seconds must be from 1 to 30'],
      [{ retry: 'never' }, retry],
      [{ retry: [0] }, retry],
      [{ retry: [5, 604_801] }, retry],
      [{ retry: Array(RETRIES_MAX + 1).fill(1) }, retry],
      [{ concurrency: 0 }, 'concurrency must be from 1 to 100'],
      [{ concurrency: 101 }, 'concurrency must be from 1 to 100'],
      [{ rate_limit: { deliveries: 0, per_seconds: 1 } }, rate],
      [{ rate_limit: { deliveries: 10_001, per_seconds: 1 } }, rate],
      [{ rate_limit: { deliveries: 1, per_seconds: 0 } }, rate],
      [{ rate_limit: { deliveries: 1, per_seconds: 3601 } }, rate],
      [{ order: 'fifo' }, 'order must be one of "none", "hook", "repository", "issue"'],
    ]
    for (const [body, message] of cases) {
      const [field] = Object.keys(body)
      assert.deepEqual(itemsOf(body), [{ resource: 'Hook', code: 'custom', field, message }])
    }
  })

  test('is told all that is wrong with it at once', () => {
    const body = { timeout_seconds: 99, order: '', concurrency: 5, retry: [-1] }
    assert.deepEqual(
      itemsOf(body).map(({ field }) => field),
      ['timeout_seconds', 'retry', 'order'],
    )
  })
})

// Everything chosen, and nothing as the defaults have it.
function choices() {
  const seconds = (max: number) => fc.integer({ min: 1, max })
  return fc.record({
    timeout_seconds: seconds(30).filter(timeout => timeout !== 10),
    retry: fc.oneof(fc.constant('off'), fc.array(seconds(604_800), { minLength: 1, maxLength: 20 })),
    concurrency: fc.integer({ min: 1, max: 100 }).filter(number => number !== 10),
    rate_limit: fc.record(
      { deliveries: fc.integer({ min: 1, max: 10_000 }), per_seconds: seconds(3600) },
      { noNullPrototype: true },
    ),
    order: fc.constantFrom(...ORDERS.filter(order => order !== 'none')),
    standard_webhooks: fc.constant(true),
  })
}

function itemsOf(body: PolicyBody) {
  try {
    readPolicyChange(body, DEFAULT_CHOICES)
  } catch (error) {
    assert(error instanceof AppError)
    return error.items
  }
  assert.fail(`${JSON.stringify(body)} was not refused`)
}
