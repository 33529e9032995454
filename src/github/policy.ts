// How a hook wants to be delivered to, in the JSON of our own API: seconds where we have milliseconds.
// Standard Webhooks' headers are a choice among the others there.
import { isDeepStrictEqual } from 'node:util'
import { type ErrorItem, validationFailed } from '../errors.ts'
import { DEFAULT_CHOICES, type Hook } from '../hook.ts'
import {
  CONCURRENCY_MAX,
  DEFAULT_POLICY,
  ORDERS,
  type Order,
  type Policy,
  RATE_DELIVERIES_MAX,
  RATE_PER_MS_MAX,
  type RateLimit,
  RETRIES_MAX,
  RETRY_DELAY_MS_MAX,
  TIMEOUT_MS_MAX,
  TIMEOUT_MS_MIN,
} from '../policy.ts'

type RateLimitBody = { readonly deliveries: number; readonly per_seconds: number }

type Chosen = Pick<Hook, 'policy' | 'standardWebhooks'>

/** What is left out stays as it is, null goes back to the default. The route has checked the types. */
export type PolicyBody = {
  readonly timeout_seconds?: number | null
  readonly retry?: string | readonly number[] | null
  readonly concurrency?: number | null
  readonly rate_limit?: RateLimitBody | null
  readonly order?: string | null
  readonly standard_webhooks?: boolean | null
}

/** All values as they are in force, and the names of those that are the defaults. */
export function policyJson(hook: Chosen) {
  const values = valuesOf(hook)
  const usual: Readonly<Record<string, unknown>> = valuesOf(DEFAULT_CHOICES)
  const defaults = Object.entries(values)
    .filter(([key, value]) => isDeepStrictEqual(value, usual[key]))
    .map(([key]) => key)
  return { ...values, defaults }
}

function valuesOf({ policy, standardWebhooks }: Chosen) {
  const { timeoutMs, retryDelaysMs, concurrency, rateLimit, order } = policy
  return {
    timeout_seconds: timeoutMs / 1000,
    retry: retryDelaysMs.length === 0 ? 'off' : retryDelaysMs.map(ms => ms / 1000),
    concurrency,
    rate_limit: rateLimit && { deliveries: rateLimit.deliveries, per_seconds: rateLimit.perMs / 1000 },
    order,
    standard_webhooks: standardWebhooks,
  }
}

/** Throws `validation_failed` with an item for each value that cannot be used. */
export function readPolicyChange(body: PolicyBody, { policy, standardWebhooks }: Chosen): Chosen {
  const faults: ErrorItem[] = []
  const take = <Sent, Value>(
    field: keyof typeof MUST_BE,
    [current, usual]: readonly [Value, Value],
    read: (sent: Sent) => Value | undefined,
  ): Value => {
    const sent = body[field] as Sent | null | undefined
    if (sent === undefined) return current
    if (sent === null) return usual
    const value = read(sent)
    if (value === undefined) faults.push(fault(field))
    return value ?? current
  }
  const of = <Key extends keyof Policy>(key: Key) => [policy[key], DEFAULT_POLICY[key]] as const

  const changed: Policy = {
    timeoutMs: take('timeout_seconds', of('timeoutMs'), readTimeout),
    retryDelaysMs: take('retry', of('retryDelaysMs'), readRetry),
    concurrency: take('concurrency', of('concurrency'), readConcurrency),
    rateLimit: take('rate_limit', of('rateLimit'), readRateLimit),
    order: take('order', of('order'), readOrder),
  }
  if (faults.length > 0) throw validationFailed(...faults)
  const wanted = body.standard_webhooks
  return {
    policy: changed,
    standardWebhooks: wanted === undefined ? standardWebhooks : (wanted ?? DEFAULT_CHOICES.standardWebhooks),
  }
}

// Seconds, as the API has them.
const TIMEOUT_MIN = TIMEOUT_MS_MIN / 1000
const TIMEOUT_MAX = TIMEOUT_MS_MAX / 1000
const RETRY_DELAY_MAX = RETRY_DELAY_MS_MAX / 1000
const RATE_PER_MAX = RATE_PER_MS_MAX / 1000

const MUST_BE = {
  timeout_seconds: `from ${TIMEOUT_MIN} to ${TIMEOUT_MAX}`,
  retry: `"default", "off", or a list of at most ${RETRIES_MAX} waits from 1 to ${RETRY_DELAY_MAX}`,
  concurrency: `from 1 to ${CONCURRENCY_MAX}`,
  rate_limit: `null, or from 1 to ${RATE_DELIVERIES_MAX} deliveries per 1 to ${RATE_PER_MAX} seconds`,
  order: `one of ${ORDERS.map(order => `"${order}"`).join(', ')}`,
} as const

function fault(field: keyof typeof MUST_BE): ErrorItem {
  return { resource: 'Hook', code: 'custom', field, message: `${field} must be ${MUST_BE[field]}` }
}

function readTimeout(seconds: number): number | undefined {
  return isWithin(seconds, TIMEOUT_MIN, TIMEOUT_MAX) ? seconds * 1000 : undefined
}

function readRetry(sent: string | readonly number[]): readonly number[] | undefined {
  if (sent === 'default') return DEFAULT_POLICY.retryDelaysMs
  if (sent === 'off') return []
  if (typeof sent === 'string' || sent.length > RETRIES_MAX) return undefined
  return sent.every(seconds => isWithin(seconds, 1, RETRY_DELAY_MAX))
    ? sent.map(seconds => seconds * 1000)
    : undefined
}

function readConcurrency(sent: number): number | undefined {
  return isWithin(sent, 1, CONCURRENCY_MAX) ? sent : undefined
}

function readRateLimit(sent: RateLimitBody): RateLimit | undefined {
  const { deliveries, per_seconds: seconds } = sent
  return isWithin(deliveries, 1, RATE_DELIVERIES_MAX) && isWithin(seconds, 1, RATE_PER_MAX)
    ? { deliveries, perMs: seconds * 1000 }
    : undefined
}

function readOrder(sent: string): Order | undefined {
  return ORDERS.find(order => order === sent)
}

function isWithin(value: number, least: number, most: number): boolean {
  return value >= least && value <= most
}
