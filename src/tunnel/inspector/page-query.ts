// What is asked of the list: which page, and which exchanges.
import type { Exchange } from './exchange.ts'
import type { ExchangeStore } from './exchange-store.ts'
import { Refusal } from './refusal.ts'

export type PageQuery = {
  /** In upper case. */
  readonly method: string | null
  /** A status, a class of them such as `5xx`, or `none` for what has no answer. */
  readonly status: string | null
  /** A part of the target, in whatever case. */
  readonly path: string | null
  readonly before: number | undefined
  readonly limit: number
}

const LIMIT = 50
const LIMIT_MAX = 100

export function readPageQuery(query: URLSearchParams): PageQuery {
  const status = query.get('status') || null
  if (status !== null && !/^(?:[1-9]\d\d|[1-9]xx|none)$/.test(status))
    throw new Refusal(422, 'status is a status such as 404, a class such as 5xx, or none.')
  return {
    method: query.get('method')?.toUpperCase() || null,
    status,
    path: query.get('path')?.toLowerCase() || null,
    before: wholeNumber(query, 'before'),
    limit: Math.min(wholeNumber(query, 'limit') ?? LIMIT, LIMIT_MAX),
  }
}

function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (text === null) return undefined
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new Refusal(422, `${name} is a whole number from 1 on.`)
  return Number(text)
}

/** One more than the page tells whether there is another. */
export function listPage(store: ExchangeStore, query: PageQuery): { items: Exchange[]; hasMore: boolean } {
  const items: Exchange[] = []
  for (const exchange of store.newest(query.before)) {
    if (!fits(exchange, query, store)) continue
    if (items.length === query.limit) return { items, hasMore: true }
    items.push(exchange)
  }
  return { items, hasMore: false }
}

function fits(exchange: Exchange, { method, status, path }: PageQuery, store: ExchangeStore): boolean {
  if (method !== null || path !== null) {
    const head = store.requestHead(exchange)
    if (method !== null && head.method !== method) return false
    if (path !== null && !head.target.toLowerCase().includes(path)) return false
  }
  if (status === null) return true
  const given = exchange.status
  if (status === 'none') return given === null
  if (given === null) return false
  return status.endsWith('xx') ? String(given).startsWith(status.slice(0, 1)) : given === Number(status)
}
