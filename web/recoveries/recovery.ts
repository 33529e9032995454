// Recovery jobs as the API tells of them: everything that matches is sent once more.
import { queryOptions } from '@tanstack/react-query'
import { get, getPage, type Page, send } from '../api.ts'
import type { Place } from '../hooks/place.ts'

// Somebody watches the bar grow; when nothing runs, another may have begun something.
const RUNNING_REFRESH_MS = 1_000
const IDLE_REFRESH_MS = 10_000

const PER_PAGE = 10

export const STATUSES = ['exhausted', 'failed', 'skipped', 'missed', 'any'] as const

export type RecoveryStatus = (typeof STATUSES)[number]

/** What such an event may have been given up or skipped for. */
export const REASONS: Partial<Readonly<Record<RecoveryStatus, readonly string[]>>> = {
  exhausted: ['no_retry_left', 'gone', 'too_old', 'too_many'],
  skipped: ['inactive', 'filtered'],
}

export type Criteria = {
  readonly hook_id: number | null
  readonly event: string | null
  readonly action: string | null
  readonly repository_id: number | null
  readonly status: RecoveryStatus
  readonly reason: string | null
  readonly from: string | null
  readonly to: string | null
}

export type Recovery = {
  readonly id: number
  readonly state: 'running' | 'paused' | 'cancelled' | 'done'
  readonly criteria: Criteria
  readonly rate: number | null
  /** Null until it is counted. */
  readonly total: number | null
  readonly done: number
  readonly skipped: number
  readonly creator: { readonly login: string } | null
  readonly created_at: string
}

export type RecoveryWithHooks = Recovery & {
  readonly hooks: readonly { readonly hook_id: number; readonly waits_for: string | null }[]
}

export type Counted = { readonly total: number; readonly complete: boolean }

export type RecoveryChange = { readonly state?: Recovery['state']; readonly rate?: number | null }

const address = (place: Place) => `${place.api}/recoveries`

export const recoveriesKey = (place: Place) => ['recoveries', place.api] as const

export function recoveriesQuery(place: Place, page: number) {
  return queryOptions({
    queryKey: [...recoveriesKey(place), 'page', page],
    queryFn: ({ signal }): Promise<Page<Recovery>> =>
      getPage<Recovery>(`${address(place)}?per_page=${PER_PAGE}&page=${page}`, signal),
    refetchInterval: ({ state }) =>
      state.data?.items.some(isRunning) ? RUNNING_REFRESH_MS : IDLE_REFRESH_MS,
  })
}

/** With what each of its hooks waits for. */
export function recoveryQuery(place: Place, id: number) {
  return queryOptions({
    queryKey: [...recoveriesKey(place), 'one', id],
    queryFn: ({ signal }) => get<RecoveryWithHooks>(`${address(place)}/${id}`, signal),
    refetchInterval: RUNNING_REFRESH_MS,
  })
}

function isRunning({ state }: Recovery): boolean {
  return state === 'running'
}

/** Sends nothing. */
export function countRecovery(place: Place, body: object): Promise<Counted> {
  return send('POST', address(place), { ...body, dry_run: true })
}

export function startRecovery(place: Place, body: object): Promise<Recovery> {
  return send('POST', address(place), body)
}

export function changeRecovery(place: Place, id: number, change: RecoveryChange): Promise<Recovery> {
  return send('PATCH', `${address(place)}/${id}`, change)
}
