// One's access tokens, and the scopes that they may have.
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { getPage } from '../api.ts'
import type { SCOPE_WORDS } from './scope-words.ts'

export type Token = {
  readonly id: number
  readonly note: string
  readonly scopes: readonly string[]
  readonly token_last_eight: string | null
  readonly created_at: string
  readonly updated_at: string
}

const PER_PAGE = 30

export const TOKENS_KEY = ['tokens']

export function tokensQuery(page: number) {
  return queryOptions({
    queryKey: [...TOKENS_KEY, page],
    queryFn: ({ signal }) => getPage<UsedToken>(`/user/tokens?per_page=${PER_PAGE}&page=${page}`, signal),
    placeholderData: keepPreviousData,
  })
}

export type UsedToken = Token & { readonly last_used_at?: string | null }

/** A scope, and the wider one that brings it along. */
export const SCOPES: readonly { readonly name: Scope; readonly within?: Scope }[] = [
  { name: 'repo' },
  { name: 'public_repo', within: 'repo' },
  { name: 'admin:repo_hook', within: 'repo' },
  { name: 'write:repo_hook', within: 'admin:repo_hook' },
  { name: 'read:repo_hook', within: 'write:repo_hook' },
  { name: 'delete_repo' },
  { name: 'admin:org_hook' },
  { name: 'admin:org' },
  { name: 'write:org', within: 'admin:org' },
  { name: 'read:org', within: 'write:org' },
  { name: 'user' },
  { name: 'read:user', within: 'user' },
  { name: 'site_admin' },
]

export type Scope = keyof (typeof SCOPE_WORDS)['en']

/** Whether another of these brings it along. */
export function isIncluded(scope: Scope, chosen: ReadonlySet<Scope>): boolean {
  const { within } = SCOPES.find(({ name }) => name === scope) ?? {}
  return within !== undefined && (chosen.has(within) || isIncluded(within, chosen))
}
