// A webhook as the API tells of it, and how these pages ask for it and change it.
import { queryOptions } from '@tanstack/react-query'
import { get, getPage, type Page } from '../api.ts'
import { hookAddress, type Place } from './place.ts'

export type LastResponse = {
  readonly code: number | null
  readonly status: string | null
  readonly message: string | null
}

export type Hook = {
  readonly id: number
  readonly active: boolean
  readonly events: readonly string[]
  readonly config: {
    readonly url?: string
    readonly content_type?: string
    /** Eight asterisks when there is one. */
    readonly secret?: string
    readonly insecure_ssl?: string | number
  }
  readonly created_at: string
  /** The hooks of organizations and of the site do not tell. */
  readonly last_response?: LastResponse
}

/** The latest attempt, as far as the list needs it. */
type Delivery = { readonly status: string; readonly status_code: number }

// What is not told with the hooks is asked for hook by hook, a row of the log each: few on a page.
export const PER_PAGE = { repository: 30, organization: 10, site: 10, app: 10 } as const

// A change made in one tab is to be seen in the other at once: as soon as one looks at it.
const ON_FOCUS = 'always'

// The ping of a new hook is under way while its maker looks at the list: by then it went well or it did not.
const PING_INTERVAL_MS = 1000
const PING_WAIT_MS = 20_000

function awaitsPing({ last_response: last, created_at: createdAt }: Hook): boolean {
  return last?.status === 'unused' && Date.now() - Date.parse(createdAt) < PING_WAIT_MS
}

const pingInterval = (hooks: readonly Hook[]) => (hooks.some(awaitsPing) ? PING_INTERVAL_MS : false)

export const hookKey = (place: Place) => ['hooks', place.api] as const

export function hooksQuery(place: Place, page: number) {
  const path = `${place.api}/hooks?per_page=${PER_PAGE[place.kind]}&page=${page}`
  return queryOptions({
    queryKey: [...hookKey(place), 'page', page],
    queryFn: ({ signal }): Promise<Page<Hook>> => getPage<Hook>(path, signal),
    refetchOnWindowFocus: ON_FOCUS,
    refetchInterval: ({ state }) => pingInterval(state.data?.items ?? []),
  })
}

export function hookQuery(place: Place, hookId: string) {
  return queryOptions({
    queryKey: [...hookKey(place), hookId],
    queryFn: ({ signal }) => get<Hook>(hookAddress(place, hookId), signal),
    refetchOnWindowFocus: ON_FOCUS,
  })
}

/** In the words of a repository's hook. */
export function lastResponseQuery(place: Place, hook: Hook) {
  return queryOptions<LastResponse>({
    queryKey: [...hookKey(place), `${hook.id}`, 'last-response'],
    refetchInterval: ({ state }) => pingInterval(state.data ? [{ ...hook, last_response: state.data }] : []),
    queryFn: async ({ signal }): Promise<LastResponse> => {
      const path = `${hookAddress(place, hook.id)}/deliveries?per_page=1`
      const [latest] = (await getPage<Delivery>(path, signal)).items
      if (!latest) return { code: null, status: 'unused', message: null }
      const isDelivered = latest.status_code >= 200 && latest.status_code < 300
      return {
        code: latest.status_code,
        status: isDelivered ? 'active' : 'misconfigured',
        message: latest.status,
      }
    },
  })
}
