// Numbered pages, and the cursors of delivery lists, as GitHub gives them in `Link`. Like GitHub, it
// refuses no `page` and no `per_page`: what is not a number gets the default, what is too large the
// maximum.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Page } from '../store/page.ts'
import { urlOf } from './links.ts'

const PER_PAGE_DEFAULT = 30
const PER_PAGE_MAX = 100
// The database walks an offset row by row. Beyond 10 million rows a client has to use `since`.
const PAGE_MAX = 100_000

export function readPage(query: unknown): Page {
  const { page, per_page: perPage } = (query ?? {}) as Record<string, unknown>
  return {
    page: bounded(page, 1, PAGE_MAX),
    perPage: bounded(perPage, PER_PAGE_DEFAULT, PER_PAGE_MAX),
  }
}

/** Sets `Link` for a list of `total` rows in all; a list that fits on one page has none. */
export function linkPages(request: FastifyRequest, reply: FastifyReply, page: Page, total: number): void {
  const link = linkHeader(request, page, total)
  if (link !== undefined) reply.header('link', link)
}

export function linkHeader(
  request: FastifyRequest,
  { page, perPage }: Page,
  total: number,
): string | undefined {
  const last = Math.max(1, Math.ceil(total / perPage))
  const to = (number: number) => ({ page: String(number) })
  return joined(request, [
    ...(page > 1 ? [['prev', to(Math.min(page - 1, last))] as const] : []),
    ...(page < last ? [['next', to(page + 1)] as const, ['last', to(last)] as const] : []),
    ...(page > 1 ? [['first', to(1)] as const] : []),
  ])
}

/** The `since` of a list that goes by id: what comes after it. 0 for the beginning, and for what is no id. */
export function readSinceId(query: unknown): number {
  const { since } = (query ?? {}) as Record<string, unknown>
  return bounded(since, 0, Number.MAX_SAFE_INTEGER)
}

/** Sets `Link` for such a list: to what comes after `lastId`, when there may be more. */
export function linkSince(request: FastifyRequest, reply: FastifyReply, lastId: number | undefined): void {
  if (lastId === undefined) return
  const next = joined(request, [['next', { since: String(lastId) }]])
  reply.header('link', `${next}, <${urlOf(request)}{?since}>; rel="first"`)
}

/**
 * Deliveries page by cursor: `v1_` and the id of the first delivery of a page. `next` and `prev`
 * are such ids, or null where there is no such page.
 */
export function cursorLinks(
  request: FastifyRequest,
  { next, prev }: { readonly next: number | null; readonly prev: number | null },
): string | undefined {
  return joined(request, [
    ...(next !== null ? [['next', { cursor: `v1_${next}` }] as const] : []),
    ...(prev !== null ? [['prev', { cursor: `v1_${prev}` }] as const] : []),
  ])
}

type Relation = readonly [name: string, parameters: Record<string, string>]

function joined(request: FastifyRequest, relations: readonly Relation[]): string | undefined {
  if (relations.length === 0) return undefined
  const address = urlOf(request)
  const asked = new URL(request.url, 'http://localhost').searchParams
  return relations
    .map(([name, parameters]) => {
      const query = new URLSearchParams(asked)
      // GitHub sorts the keys on every page but the first.
      if (query.has('cursor')) query.sort()
      for (const [key, value] of Object.entries(parameters)) query.set(key, value)
      return `<${address}?${query}>; rel="${name}"`
    })
    .join(', ')
}

function bounded(value: unknown, fallback: number, max: number): number {
  const number = Number(typeof value === 'string' && value !== '' ? value : Number.NaN)
  return Number.isInteger(number) && number >= 1 ? Math.min(number, max) : fallback
}
