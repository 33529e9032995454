// What the page's address says: which exchange is open, and which are asked for. Going back works.
import { useCallback, useSyncExternalStore } from 'react'
import type { Filters } from './exchange.ts'

const FILTERS = ['method', 'status', 'path'] as const

function watch(changed: () => void): () => void {
  addEventListener('popstate', changed)
  return () => removeEventListener('popstate', changed)
}

export type Address = {
  readonly openId: number | undefined
  readonly filters: Filters
  /** The address at which it is open. */
  at(id: number | undefined): string
  open(id: number | undefined): void
  filter(filters: Filters): void
}

export function useAddress(): Address {
  const search = useSyncExternalStore(watch, () => location.search)
  const query = new URLSearchParams(search)
  const id = Number(query.get('id'))
  const [method, status, path] = FILTERS.map(name => query.get(name) ?? '')
  const at = useCallback(
    (other: number | undefined) => {
      const next = new URLSearchParams(search)
      if (other === undefined) next.delete('id')
      else next.set('id', String(other))
      return `/?${next}`
    },
    [search],
  )
  return {
    openId: Number.isSafeInteger(id) && id > 0 ? id : undefined,
    filters: { method: method ?? '', status: status ?? '', path: path ?? '' },
    at,
    open: other => go(at(other), 'pushState'),
    // Each letter that is typed is no place to go back to.
    filter: filters => go(withFilters(search, filters), 'replaceState'),
  }
}

function withFilters(search: string, filters: Filters): string {
  const next = new URLSearchParams(search)
  for (const name of FILTERS) {
    if (filters[name] === '') next.delete(name)
    else next.set(name, filters[name])
  }
  return `/?${next}`
}

function go(address: string, how: 'pushState' | 'replaceState'): void {
  history[how](null, '', address)
  dispatchEvent(new PopStateEvent('popstate'))
}
