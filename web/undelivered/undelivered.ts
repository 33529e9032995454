// What a hook did not get, as the API lists and explains it; and sending one of them once more.
import { queryOptions } from '@tanstack/react-query'
import { get, getPage, type Page, send } from '../api.ts'
import { hookAddress, type Place } from '../hooks/place.ts'

const REFRESH_MS = 5_000
const PER_PAGE = 20

/** The lists that there are. */
export const STATES = ['pending', 'held', 'exhausted', 'skipped'] as const

export type ListState = (typeof STATES)[number]

/** How an event stands with a hook. */
export type Standing = {
  readonly event_id: number
  readonly guid: string
  readonly event: string
  readonly action: string | null
  readonly happened_at: string
  readonly state: string
  readonly reason: string | null
  readonly detail: string | null
  readonly next_attempt_at: string | null
  readonly attempts: number
  readonly redelivery: boolean
  readonly settled_at: string | null
}

export type Explanation = Standing & {
  readonly deliveries: readonly {
    readonly id: number
    readonly status: string
    readonly status_code: number
    readonly delivered_at: string
  }[]
}

export const undeliveredKey = (api: string, hookId: string) => ['undelivered', api, hookId] as const

export function undeliveredQuery(place: Place, hookId: string, state: ListState, cursor: string | undefined) {
  const query = new URLSearchParams({ state, per_page: `${PER_PAGE}`, ...(cursor && { cursor }) })
  return queryOptions({
    queryKey: [...undeliveredKey(place.api, hookId), state, cursor ?? null],
    queryFn: ({ signal }): Promise<Page<Standing>> =>
      getPage<Standing>(`${hookAddress(place, hookId)}/undelivered?${query}`, signal),
    refetchInterval: REFRESH_MS,
  })
}

export function explanationQuery(place: Place, hookId: string, event: string) {
  const path = `${hookAddress(place, hookId)}/explanations/${encodeURIComponent(event)}`
  return queryOptions({
    queryKey: [...undeliveredKey(place.api, hookId), 'explanation', event],
    queryFn: ({ signal }) => get<Explanation>(path, signal),
  })
}

export function sendOnce(place: Place, hookId: string, eventId: number): Promise<unknown> {
  return send('POST', `${hookAddress(place, hookId)}/undelivered/${eventId}/attempts`)
}

/** Whether it makes sense to ask for it. */
export function canBeSent({ state, reason }: Standing): boolean {
  if (reason === 'payload_dropped' || reason === 'payload_too_large') return false
  if (reason === 'about_another_hook') return false
  return ['pending', 'exhausted', 'skipped', 'delivered', 'not_subscribed'].includes(state)
}
