// Attempts as the API tells of them (GitHub calls each a delivery), how they are asked for, and the filters.
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { get, getPage, type Page } from '../api.ts'
import { hookAddress, type Place } from '../hooks/place.ts'

export type DeliveryItem = {
  readonly id: number
  readonly guid: string
  readonly delivered_at: string
  readonly redelivery: boolean
  /** In seconds. */
  readonly duration: number
  readonly status: string
  readonly status_code: number
  readonly event: string
  readonly action: string | null
}

export type HeaderMap = Readonly<Record<string, string>>

export type Delivery = DeliveryItem & {
  /** Where it was sent to. */
  readonly url: string
  readonly request: { readonly headers: HeaderMap | null; readonly payload: unknown }
  readonly response: { readonly headers: HeaderMap | null; readonly payload: string | null }
}

/** How an event stands with the hook. */
export type Standing = {
  readonly guid: string
  readonly state: string
  readonly reason: string | null
  readonly next_attempt_at: string | null
}

type Explanation = Standing & { readonly attempts: number; readonly deliveries: readonly DeliveryItem[] }

export const WITHIN = { '1h': 3_600_000, '24h': 86_400_000, '7d': 604_800_000 } as const

export type Within = keyof typeof WITHIN

/** As they stand in the page's address. */
export type Filters = {
  readonly status?: 'success' | 'failure'
  readonly event?: string
  readonly within?: Within | 'custom'
  readonly since?: string
  readonly until?: string
}

// As many as the API gives at once.
const PER_PAGE = 100

export const deliveriesKey = (place: Place, hookId: string) => ['deliveries', place.api, hookId] as const

export function deliveriesQuery(place: Place, hookId: string, filters: Filters) {
  return infiniteQueryOptions({
    queryKey: [...deliveriesKey(place, hookId), 'list', filters],
    queryFn: ({ pageParam, signal }): Promise<Page<DeliveryItem>> =>
      getPage(pageParam ?? firstPage(place, hookId, filters), signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    // What comes is told by the stream; a hundred pages must not be read anew because one looks at them again.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    // Comparing a hundred pages with themselves takes longer than reading one more.
    structuralSharing: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  })
}

function firstPage(place: Place, hookId: string, { status, event, ...times }: Filters): string {
  const { since, until } = boundsOf(times)
  const query = new URLSearchParams({ per_page: `${PER_PAGE}` })
  for (const [name, value] of Object.entries({ status, event, since, until })) {
    if (value !== undefined) query.set(name, value)
  }
  return `${hookAddress(place, hookId)}/deliveries?${query}`
}

function boundsOf({ within, since, until }: Filters): Pick<Filters, 'since' | 'until'> {
  if (within === undefined) return {}
  if (within === 'custom') return { ...(since && { since }), ...(until && { until }) }
  return { since: new Date(Date.now() - WITHIN[within]).toISOString() }
}

/** Whether the list with these filters would have it. */
export function isWanted(
  { status_code: code, event, delivered_at: at }: DeliveryItem,
  filters: Filters,
): boolean {
  if (filters.status === 'success' && (code < 200 || code >= 400)) return false
  if (filters.status === 'failure' && (code < 400 || code >= 600)) return false
  if (filters.event !== undefined && filters.event !== event) return false
  const { since, until } = boundsOf(filters)
  return (!since || at >= since) && (!until || at < until)
}

export function deliveryQuery(place: Place, hookId: string, id: number) {
  return queryOptions({
    queryKey: [...deliveriesKey(place, hookId), 'one', id],
    queryFn: ({ signal }) => get<Delivery>(`${hookAddress(place, hookId)}/deliveries/${id}`, signal),
    staleTime: Number.POSITIVE_INFINITY,
    // Up to 25 MB: not kept when nobody looks at it.
    gcTime: 10_000,
    refetchOnWindowFocus: false,
  })
}

/** All attempts of one event at the hook, and what comes next. */
export function explanationQuery(place: Place, hookId: string, guid: string) {
  return queryOptions({
    queryKey: [...deliveriesKey(place, hookId), 'explanation', guid],
    queryFn: ({ signal }) =>
      get<Explanation>(`${hookAddress(place, hookId)}/explanations/${encodeURIComponent(guid)}`, signal),
  })
}

/** What waits and what is held, by GUID: the first hundred of either. */
export function standingsQuery(place: Place, hookId: string) {
  return queryOptions({
    queryKey: ['undelivered', place.api, hookId, 'standings'],
    queryFn: async ({ signal }): Promise<ReadonlyMap<string, Standing>> => {
      const path = `${hookAddress(place, hookId)}/undelivered?per_page=100&state=`
      const pages = await Promise.all(
        ['held', 'pending'].map(state => getPage<Standing>(path + state, signal)),
      )
      return new Map(pages.flatMap(({ items }) => items.map(item => [item.guid, item])))
    },
  })
}

export function succeeded({ status_code: code }: Pick<DeliveryItem, 'status_code'>): boolean {
  return code >= 200 && code < 300
}

/** `issues.opened`. */
export function eventOf({ event, action }: Pick<DeliveryItem, 'event' | 'action'>): string {
  return action === null ? event : `${event}.${action}`
}
