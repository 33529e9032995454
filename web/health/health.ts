// A hook's health as the API tells of it, asked for again and again while somebody looks at it.
import { queryOptions } from '@tanstack/react-query'
import { get, send } from '../api.ts'
import { hookAddress, type Place } from '../hooks/place.ts'

const REFRESH_MS = 4_000

// Its buckets are a minute long at least, and each answer costs as many reads as there are buckets.
const SERIES_REFRESH_MS = 15_000

export type HealthWindow = {
  readonly attempts: number
  readonly succeeded: number
  readonly success_rate: number | null
  /** In seconds. */
  readonly duration: { readonly p50: number | null; readonly p95: number | null }
  /** False when there were more attempts than were looked at. */
  readonly complete: boolean
}

export type Health = {
  readonly active: boolean
  readonly breaker: {
    readonly state: 'open' | 'closed'
    readonly since: string | null
    readonly next_probe_at: string | null
    readonly failed_probes: number
    readonly reason: string | null
  }
  readonly last_hour: HealthWindow
  readonly last_day: HealthWindow
  readonly counts: {
    readonly pending: number
    readonly held: number
    readonly exhausted: number
    /** A number as high as this means that many, or more. */
    readonly limit: number
  }
  readonly oldest_due_at: string | null
  readonly next_attempt_at: string | null
  readonly changes: readonly HookChange[]
}

export type HookChange = { readonly at: string; readonly change: string; readonly reason: string }

export const WINDOWS = ['hour', 'day', 'week'] as const

export type WindowName = (typeof WINDOWS)[number]

export type HealthBucket = HealthWindow & { readonly from: string }

export type HealthSeries = {
  readonly window: WindowName
  readonly bucket_seconds: number
  readonly buckets: readonly HealthBucket[]
}

export type Release = { readonly released: number; readonly limit: number }

export const healthKey = (api: string, hookId: string) => ['health', api, hookId] as const

export function healthQuery(place: Place, hookId: string) {
  return queryOptions({
    queryKey: [...healthKey(place.api, hookId), 'now'],
    queryFn: ({ signal }) => get<Health>(`${hookAddress(place, hookId)}/health`, signal),
    refetchInterval: REFRESH_MS,
  })
}

export function seriesQuery(place: Place, hookId: string, window: WindowName) {
  return queryOptions({
    queryKey: [...healthKey(place.api, hookId), window],
    queryFn: ({ signal }) =>
      get<HealthSeries>(`${hookAddress(place, hookId)}/health/series?window=${window}`, signal),
    refetchInterval: SERIES_REFRESH_MS,
  })
}

export function releaseHeld(place: Place, hookId: string): Promise<Release> {
  return send('POST', `${hookAddress(place, hookId)}/releases`)
}
