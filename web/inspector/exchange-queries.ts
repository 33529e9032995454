// What the inspector's page asks of its API.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { ApiError, get } from '../api.ts'
import type { Body, Exchange, Filters, Settings, Summary } from './exchange.ts'

type ListPage = { readonly requests: readonly Summary[]; readonly next: string | null }

const GOING_MS = 1000

export function listQuery(filters: Filters) {
  const asked = Object.entries(filters).filter(([, value]) => value !== '')
  const first = `/api/requests?${new URLSearchParams(asked)}`
  return infiniteQueryOptions({
    queryKey: ['requests', 'list', filters],
    queryFn: ({ pageParam, signal }) => get<ListPage>(pageParam, signal),
    initialPageParam: first,
    getNextPageParam: ({ next }) => next,
    // While one types, the list stays.
    placeholderData: keepPreviousData,
  })
}

export function exchangeQuery(id: number) {
  return queryOptions({
    queryKey: ['requests', 'one', id],
    queryFn: ({ signal }) => get<Exchange>(`/api/requests/${id}`, signal),
    // It may have come to its end while nobody told us so.
    refetchInterval: ({ state }) => (state.data?.end === null ? GOING_MS : false),
  })
}

export const SETTINGS_QUERY = queryOptions({
  queryKey: ['settings'],
  queryFn: ({ signal }) => get<Settings>('/api/settings', signal),
})

/** The bytes that are kept of it. */
export function bodyQuery({ url, kept }: Body) {
  return queryOptions({
    queryKey: ['body', url, kept],
    queryFn: ({ signal }) => readBytes(url, signal),
    staleTime: Number.POSITIVE_INFINITY,
  })
}

async function readBytes(url: string, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(url, { signal })
  if (!response.ok) throw new ApiError(response.status, response.statusText)
  return new Uint8Array(await response.arrayBuffer())
}
