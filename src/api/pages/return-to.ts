// Where somebody goes on to after they have signed in: to the page that sent them, when that is one of ours.
import type { FastifyRequest } from 'fastify'
import { pagePath } from '../links.ts'

const LENGTH_MAX = 2000

// Only to tell whether an address leaves it.
const SOME_ORIGIN = 'http://origin.invalid'

/** A path of this origin: the one asked for, or the first page. */
export function returnPath(request: FastifyRequest, asked: string | null | undefined): string {
  return ownPath(asked ?? '') ?? pagePath(request, '/')
}

/**
 * What a browser would make of it, or undefined when that lies elsewhere. Browsers read `\` as `/`, drop tabs
 * and line ends, and resolve dots: `//host`, `/\host`, `/<tab>/host` and `/.//host` all leave.
 */
export function ownPath(asked: string): string | undefined {
  if (asked.length > LENGTH_MAX || !asked.startsWith('/') || !URL.canParse(asked, SOME_ORIGIN))
    return undefined
  const { origin, pathname, search, hash } = new URL(asked, SOME_ORIGIN)
  if (origin !== SOME_ORIGIN || pathname.startsWith('//')) return undefined
  return pathname + search + hash
}
