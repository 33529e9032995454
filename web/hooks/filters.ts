// A webhook's filters as the API tells of them.
import { queryOptions } from '@tanstack/react-query'
import { get } from '../api.ts'
import { hookKey } from './hook.ts'
import { hookAddress, type Place } from './place.ts'

export const FILTER_LISTS = ['actions', 'refs', 'paths', 'repositories', 'actors'] as const

export type FilterListName = (typeof FILTER_LISTS)[number]

/** What is null does not filter. */
export type Filters = { readonly [Name in FilterListName]: readonly string[] | null } & {
  readonly expression: string | null
}

export const filtersAddress = (place: Place, hookId: string) => `${hookAddress(place, hookId)}/filters`

export function filtersQuery(place: Place, hookId: string) {
  return queryOptions({
    queryKey: [...hookKey(place), hookId, 'filters'],
    queryFn: ({ signal }) => get<Filters>(filtersAddress(place, hookId), signal),
    refetchOnWindowFocus: 'always',
  })
}
