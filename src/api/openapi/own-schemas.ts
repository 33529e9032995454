// The shapes of what Hookline answers and GitHub has no word for. The server for tests holds every answer of
// its own operations against them.

/** A schema of OpenAPI 3.0. */
export type Schema = { readonly [key: string]: unknown }

export const text: Schema = { type: 'string' }
const integer: Schema = { type: 'integer' }
const number: Schema = { type: 'number' }
const flag: Schema = { type: 'boolean' }
const time: Schema = { type: 'string', format: 'date-time' }
/** Any JSON object. */
const anyObject: Schema = { type: 'object', additionalProperties: true }

/** All keys are always there, unless they are named as optional. */
export function object(
  properties: Readonly<Record<string, Schema>>,
  optional: readonly string[] = [],
): Schema {
  const required = Object.keys(properties).filter(key => !optional.includes(key))
  return { type: 'object', ...(required.length > 0 && { required }), properties }
}

export function listOf(items: Schema): Schema {
  return { type: 'array', items }
}

export function ref(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` }
}

// Of the values that are listed, null must be one.
function nullable(schema: Schema): Schema {
  const values = schema.enum as readonly unknown[] | undefined
  return { ...schema, nullable: true, ...(values && { enum: [...values, null] }) }
}

function oneOf(...values: readonly string[]): Schema {
  return { type: 'string', enum: values }
}

const names = nullable(listOf(text))

const shownState = {
  state: text,
  reason: nullable(text),
  detail: nullable(text),
  next_attempt_at: nullable(time),
}

const queueFields = {
  attempts: integer,
  redelivery: flag,
  created_at: nullable(time),
  settled_at: nullable(time),
}

const happened = {
  event_id: integer,
  guid: text,
  event: text,
  action: nullable(text),
  repository_id: nullable(integer),
  happened_at: time,
}

const windowFields = {
  attempts: integer,
  succeeded: integer,
  success_rate: nullable(number),
  duration: object({ p50: nullable(number), p95: nullable(number) }),
  complete: flag,
}

const attemptsWindow = object(windowFields)

const recoveryCriteria = object({
  hook_id: nullable(integer),
  event: nullable(text),
  action: nullable(text),
  repository_id: nullable(integer),
  status: text,
  reason: nullable(text),
  from: nullable(time),
  to: nullable(time),
})

const recoveryFields = {
  id: integer,
  url: text,
  state: oneOf('running', 'paused', 'cancelled', 'done'),
  criteria: recoveryCriteria,
  rate: nullable(integer),
  // Until it is counted.
  total: nullable(integer),
  done: integer,
  skipped: integer,
  creator: ref('nullable-simple-user'),
  created_at: time,
  updated_at: time,
}

const filterFields = {
  actions: names,
  refs: names,
  paths: names,
  repositories: names,
  actors: names,
  expression: nullable(text),
}

const appHook = {
  type: text,
  id: integer,
  name: oneOf('web'),
  active: flag,
  events: listOf(text),
  // Without a URL it has an empty one here.
  config: object({ content_type: text, insecure_ssl: text, secret: text, url: text }, ['secret']),
  updated_at: time,
  created_at: time,
  app_id: integer,
  deliveries_url: text,
}

const key = { id: integer, fingerprint: text, created_at: time }

/** By name, as in `#/components/schemas/`. GitHub's have no such prefix. */
export const OWN_SCHEMAS: Readonly<Record<string, Schema>> = {
  'hookline-policy': object({
    timeout_seconds: number,
    retry: { oneOf: [oneOf('off'), listOf(number)] },
    concurrency: integer,
    rate_limit: nullable(object({ deliveries: integer, per_seconds: integer })),
    order: text,
    standard_webhooks: flag,
    defaults: listOf(text),
  }),
  'hookline-secret': object({ secret: nullable(oneOf('********')), previous_secret_until: nullable(time) }),
  'hookline-filters': object(filterFields),
  'hookline-filter-tries': object({
    filters: object(filterFields),
    passed: integer,
    refused: integer,
    events: listOf(
      object({
        id: integer,
        guid: text,
        event: text,
        action: nullable(text),
        created_at: time,
        passes: nullable(flag),
        refused_by: nullable(text),
        detail: nullable(text),
      }),
    ),
  }),
  'hookline-undelivered': object({ ...happened, ...shownState, ...queueFields }),
  'hookline-release': object({ released: integer, limit: integer }),
  'hookline-standing': object({ hook_id: integer, ...shownState, ...queueFields }),
  'hookline-explanation': object({
    hook_id: integer,
    ...shownState,
    ...queueFields,
    ...happened,
    explanation: text,
    deliveries: listOf(ref('hook-delivery-item')),
  }),
  'hookline-health': object({
    hook_id: integer,
    active: flag,
    breaker: object({
      state: oneOf('open', 'closed'),
      since: nullable(time),
      next_probe_at: nullable(time),
      failed_probes: integer,
      reason: nullable(text),
    }),
    last_hour: attemptsWindow,
    last_day: attemptsWindow,
    counts: object({ pending: integer, held: integer, exhausted: integer, limit: integer }),
    oldest_due_at: nullable(time),
    next_attempt_at: nullable(time),
    changes: listOf(object({ at: time, change: text, reason: text })),
  }),
  'hookline-health-series': object({
    hook_id: integer,
    window: oneOf('hour', 'day', 'week'),
    bucket_seconds: integer,
    limit: integer,
    buckets: listOf(object({ from: time, ...windowFields })),
  }),
  'hookline-recovery': object(recoveryFields),
  'hookline-recovery-with-hooks': object({
    ...recoveryFields,
    hooks: listOf(
      object({
        hook_id: integer,
        total: nullable(integer),
        done: integer,
        skipped: integer,
        ended: flag,
        waits_for: nullable(text),
      }),
    ),
  }),
  'hookline-recovery-count': object({
    dry_run: flag,
    criteria: recoveryCriteria,
    total: integer,
    complete: flag,
  }),
  'hookline-publication': object({ event: text, action: nullable(text), payload: anyObject }, ['action']),
  'hookline-accepted': object({ id: integer, guid: text, deliveries: integer }),
  'hookline-event-type': object({
    name: text,
    url: text,
    description: nullable(text),
    actions: names,
    schema: nullable(anyObject),
    created_at: time,
    updated_at: time,
  }),
  'hookline-webhook-event': object({
    name: text,
    actions: names,
    targets: listOf(text),
    has_schema: flag,
    description: text,
  }),
  'hookline-tunnel': object({
    name: text,
    open: flag,
    url: nullable(text),
    opened_at: nullable(time),
    requests: integer,
    created_at: time,
    last_used_at: time,
  }),
  'hookline-token': object({
    id: integer,
    url: text,
    app: object({ name: text, url: text, client_id: text }),
    token: text,
    hashed_token: text,
    token_last_eight: text,
    note: text,
    note_url: nullable(text),
    created_at: time,
    updated_at: time,
    last_used_at: nullable(time),
    scopes: listOf(text),
    fingerprint: nullable(text),
    expires_at: nullable(time),
    user: ref('simple-user'),
  }),
  'hookline-listed-user': {
    allOf: [
      ref('simple-user'),
      object({
        name: nullable(text),
        email: nullable(text),
        created_at: time,
        suspended_at: nullable(time),
      }),
    ],
  },
  'hookline-listed-organization': {
    allOf: [ref('organization-simple'), object({ name: nullable(text), created_at: time })],
  },
  'hookline-password': object({ is_set: flag, changed_at: nullable(time), needs_current: flag }),
  'hookline-app-hook': object(appHook),
  'hookline-new-app': {
    allOf: [ref('integration'), object({ client_secret: text, webhook_secret: nullable(text), pem: text })],
  },
  'hookline-key': object(key),
  'hookline-new-key': object({ ...key, pem: text }),
}
