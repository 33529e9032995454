// What is in the form of the policy, as it is typed, and what is sent of it: what was not touched is not.
export type Policy = {
  readonly timeout_seconds: number
  readonly retry: 'off' | readonly number[]
  readonly concurrency: number
  readonly rate_limit: { readonly deliveries: number; readonly per_seconds: number } | null
  readonly order: string
  readonly standard_webhooks: boolean
  /** The names of those that nobody has chosen. */
  readonly defaults: readonly string[]
}

export type PolicyDraft = {
  readonly timeout: string
  readonly retries: 'usual' | 'off' | 'list'
  readonly waits: string
  readonly concurrency: string
  readonly deliveries: string
  readonly perSeconds: string
  readonly order: string
  readonly standard: boolean
}

export function draftOf(policy: Policy): PolicyDraft {
  const { retry, rate_limit: limit, defaults } = policy
  return {
    timeout: defaults.includes('timeout_seconds') ? '' : `${policy.timeout_seconds}`,
    retries: retry === 'off' ? 'off' : defaults.includes('retry') ? 'usual' : 'list',
    waits: retry === 'off' ? '' : retry.join(', '),
    concurrency: defaults.includes('concurrency') ? '' : `${policy.concurrency}`,
    deliveries: limit ? `${limit.deliveries}` : '',
    perSeconds: limit ? `${limit.per_seconds}` : '60',
    order: policy.order,
    standard: policy.standard_webhooks,
  }
}

/** Which key of the API a number belongs to. */
export const WHOLE_NUMBER_FIELD = {
  timeout: 'timeout_seconds',
  concurrency: 'concurrency',
  deliveries: 'rate_limit',
  perSeconds: 'rate_limit',
} as const

type Body = Partial<Record<keyof Policy, unknown>>

export type PolicyChange =
  | { readonly kind: 'change'; readonly body: Body }
  /** What was typed is none: the API could not even be asked. */
  | { readonly kind: 'no_number'; readonly field: string }

/** Empty is the default, which is `null` to the API. */
export function changeOf(draft: PolicyDraft, edits: Partial<PolicyDraft>): PolicyChange {
  const body: Body = {
    ...('timeout' in edits && { timeout_seconds: numberIn(draft.timeout) }),
    ...(('retries' in edits || 'waits' in edits) && { retry: retryOf(draft) }),
    ...('concurrency' in edits && { concurrency: numberIn(draft.concurrency) }),
    ...(('deliveries' in edits || 'perSeconds' in edits) && { rate_limit: rateLimitOf(draft) }),
    ...('order' in edits && { order: draft.order }),
    ...('standard' in edits && { standard_webhooks: draft.standard }),
  }
  const field = Object.entries(body).find(([, value]) => hasNoNumber(value))?.[0]
  return field === undefined ? { kind: 'change', body } : { kind: 'no_number', field }
}

const NO_NUMBER = Number.NaN

function numberIn(text: string): number | null {
  const trimmed = text.trim()
  if (trimmed === '') return null
  return /^\d{1,9}$/.test(trimmed) ? Number(trimmed) : NO_NUMBER
}

function retryOf({ retries, waits }: PolicyDraft) {
  if (retries !== 'list') return retries === 'off' ? 'off' : null
  return waits
    .split(/[\s,;]+/)
    .filter(text => text !== '')
    .map(text => numberIn(text) ?? NO_NUMBER)
}

function rateLimitOf({ deliveries, perSeconds }: PolicyDraft) {
  if (deliveries.trim() === '') return null
  return { deliveries: numberIn(deliveries), per_seconds: numberIn(perSeconds) ?? NO_NUMBER }
}

function hasNoNumber(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return Number.isNaN(value)
  return Object.values(value).some(part => Number.isNaN(part))
}
