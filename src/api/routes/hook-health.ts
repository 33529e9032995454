// How a hook is doing. Everything in it is bounded: the latest attempts, and counts that end at a limit.
import type { FastifyInstance } from 'fastify'
import { lowestIdAt } from '../../base/id.ts'
import {
  type Health,
  type HealthBucket,
  type HealthSeries,
  type HealthWindow,
  healthJson,
  healthSeriesJson,
} from '../../github/health.ts'
import { type AttemptSample, healthOf } from '../../health.ts'
import type { Hook } from '../../hook.ts'
import { countQueued, findNextDue, findOpenBreaker, sampleAttempts } from '../../store/health.ts'
import { listHookChanges } from '../../store/hook-changes.ts'
import type { ApiContext } from '../context.ts'
import { getHook, HOOK_FAMILIES, HOOK_PARAMS, type HookParams, needsHooks, sceneOf } from '../hook-family.ts'
import { COUNT_MAX } from './undelivered.ts'

const HOUR_MS = 60 * 60 * 1000
const DAY_MS = 24 * HOUR_MS

// Rows of the log, 2 to 5 µs each: a busy hook makes as many in a tenth of a second, a quiet one in weeks.
const ATTEMPTS_MAX = 1000

const CHANGES_MAX = 10

// How long each bucket is, and how many there are.
const SERIES = {
  hour: { bucketMs: HOUR_MS / 60, count: 60 },
  day: { bucketMs: HOUR_MS / 2, count: 48 },
  week: { bucketMs: 3 * HOUR_MS, count: 56 },
} as const

// In each bucket, a statement of its own that takes a millisecond at most: 12,000 rows for the hour of a
// busy hook. The share of successes among 200 is known to 7 % (1/√200), which is what a chart can show.
const BUCKET_ATTEMPTS_MAX = 200

type Window = keyof typeof SERIES

const SERIES_QUERY = {
  type: 'object',
  properties: { window: { type: 'string', enum: Object.keys(SERIES) } },
} as const

export function hookHealthRoutes(app: FastifyInstance, context: ApiContext): void {
  const { store } = context
  for (const family of HOOK_FAMILIES) {
    app.get<{ Params: HookParams }>(
      `${family.hookPath}/health`,
      { onRequest: needsHooks(context, family, 'read'), schema: { params: HOOK_PARAMS } },
      async request => {
        const { owner } = sceneOf(request, family.kind)
        const hook = await getHook(store.read, store, owner, request.params.hook_id)
        return healthJson(await healthOfHook(context, hook))
      },
    )
    app.get<{ Params: HookParams; Querystring: { readonly window?: Window } }>(
      `${family.hookPath}/health/series`,
      {
        onRequest: needsHooks(context, family, 'read'),
        schema: { params: HOOK_PARAMS, querystring: SERIES_QUERY },
      },
      async request => {
        const { owner } = sceneOf(request, family.kind)
        const { id } = await getHook(store.read, store, owner, request.params.hook_id)
        return healthSeriesJson(await seriesOfHook(context, id, request.query.window ?? 'day'))
      },
    )
  }
}

async function healthOfHook({ store, clock }: ApiContext, { id, active }: Hook): Promise<Health> {
  const { read } = store
  const nowMs = clock.nowMs()
  const breaker = await findOpenBreaker(read, id)
  const samples = await sampleAttempts(read, id, { sinceMs: nowMs - DAY_MS, limit: ATTEMPTS_MAX })
  const [pending, held, exhausted] = await Promise.all(
    (['pending', 'held', 'exhausted'] as const).map(state =>
      countQueued(read, id, state, { limit: COUNT_MAX }),
    ),
  )
  const oldest = await findNextDue(read, id, 0)
  const next = breaker ? breaker.probeAt : await findNextDue(read, id, nowMs)
  // What waits behind an open breaker is held.
  const behindBreaker = breaker ? (pending ?? 0) : 0
  return {
    hookId: id,
    active,
    breaker,
    lastHour: windowOf(samples, nowMs - HOUR_MS),
    lastDay: windowOf(samples, nowMs - DAY_MS),
    counts: {
      pending: (pending ?? 0) - behindBreaker,
      held: Math.min(COUNT_MAX, (held ?? 0) + behindBreaker),
      exhausted: exhausted ?? 0,
      limit: COUNT_MAX,
    },
    oldestDueAt: oldest !== null && oldest.getTime() <= nowMs ? oldest : null,
    nextAttemptAt: next,
    changes: await listHookChanges(read, id, CHANGES_MAX),
  }
}

// The buckets begin at multiples of their length, so that they stay what they are while time goes on.
async function seriesOfHook(
  { store, clock }: ApiContext,
  hookId: number,
  window: Window,
): Promise<HealthSeries> {
  const { bucketMs, count } = SERIES[window]
  const endMs = (Math.floor(clock.nowMs() / bucketMs) + 1) * bucketMs
  const buckets: HealthBucket[] = []
  for (let sinceMs = endMs - count * bucketMs; sinceMs < endMs; sinceMs += bucketMs) {
    const range = { sinceMs, untilMs: sinceMs + bucketMs, limit: BUCKET_ATTEMPTS_MAX }
    const samples = await sampleAttempts(store.read, hookId, range)
    const complete = samples.length < BUCKET_ATTEMPTS_MAX
    buckets.push({ from: new Date(sinceMs), ...healthOf(samples), complete })
  }
  return { hookId, window, bucketMs, limit: BUCKET_ATTEMPTS_MAX, buckets }
}

function windowOf(samples: readonly AttemptSample[], sinceMs: number): HealthWindow {
  const within = samples.filter(({ id }) => id >= lowestIdAt(sinceMs))
  return { ...healthOf(within), complete: within.length < ATTEMPTS_MAX }
}
