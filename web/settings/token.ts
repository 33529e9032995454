// One's access tokens, and the scopes that they may have.
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { getPage } from '../api.ts'
import { catalogue } from '../language.tsx'

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

export const SCOPE_WORDS = catalogue(
  {
    repo: 'Everything about your repositories, private ones too',
    public_repo: 'Your public repositories, their issues and their webhooks',
    delete_repo: 'Delete repositories',
    'admin:repo_hook': 'Webhooks of repositories: everything',
    'write:repo_hook': 'Webhooks of repositories: create, change and ping',
    'read:repo_hook': 'Webhooks of repositories: read and ping',
    'admin:org_hook': 'Webhooks of organizations: everything',
    'admin:org': 'Organizations and their members: everything',
    'write:org': 'Organizations and their members: read and write',
    'read:org': 'Organizations and their members: read',
    user: 'Your profile: read and write',
    'read:user': 'Your profile: read',
    site_admin: 'This server: make users, organizations and tokens for them',
  },
  {
    repo: 'Tout ce qui concerne vos dépôts, y compris privés',
    public_repo: 'Vos dépôts publics, leurs problèmes et leurs webhooks',
    delete_repo: 'Supprimer des dépôts',
    'admin:repo_hook': 'Webhooks des dépôts : tout',
    'write:repo_hook': 'Webhooks des dépôts : créer, modifier, tester',
    'read:repo_hook': 'Webhooks des dépôts : lire, tester',
    'admin:org_hook': 'Webhooks des organisations : tout',
    'admin:org': 'Organisations et leurs membres : tout',
    'write:org': 'Organisations et leurs membres : lire et modifier',
    'read:org': 'Organisations et leurs membres : lire',
    user: 'Votre profil : lire et modifier',
    'read:user': 'Votre profil : lire',
    site_admin: 'Ce serveur : créer des utilisateurs, des organisations et leurs jetons',
  },
)

export type Scope = keyof (typeof SCOPE_WORDS)['en']

/** Whether another of these brings it along. */
export function isIncluded(scope: Scope, chosen: ReadonlySet<Scope>): boolean {
  const { within } = SCOPES.find(({ name }) => name === scope) ?? {}
  return within !== undefined && (chosen.has(within) || isIncluded(within, chosen))
}
