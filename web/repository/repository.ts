// Repositories as the API gives them, and how the pages ask for them.
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { get, getPage } from '../api.ts'

export type Repository = {
  readonly id: number
  readonly name: string
  readonly full_name: string
  readonly owner: { readonly login: string; readonly type: string }
  readonly private: boolean
  readonly archived: boolean
  readonly description: string | null
  readonly has_issues: boolean
  readonly open_issues_count: number
  readonly stargazers_count: number
  readonly updated_at: string
  readonly permissions?: {
    readonly admin: boolean
    readonly push: boolean
    readonly triage?: boolean
  }
}

/** Which one the address is about, in the API and in these pages. */
export type RepositoryPlace = {
  readonly owner: string
  readonly repo: string
  readonly api: string
  readonly page: string
}

export function useRepositoryPlace(): RepositoryPlace {
  const { owner = '', repo = '' } = useParams({ strict: false }) as Partial<Record<string, string>>
  const path = `/${encodeURIComponent(owner)}/${encodeURIComponent(repo)}`
  return { owner, repo, api: `/repos${path}`, page: path }
}

export function repositoryQuery({ owner, repo, api }: RepositoryPlace) {
  return queryOptions({
    queryKey: ['repository', owner, repo],
    queryFn: ({ signal }) => get<Repository>(api, signal),
  })
}

const PER_PAGE = 30

/** `path` is `/user/repos` or the list of an account. */
export function repositoriesQuery(path: string, search: string, page: number) {
  const query = new URLSearchParams({ sort: 'updated', per_page: `${PER_PAGE}`, page: `${page}` })
  if (search !== '') query.set('q', search)
  return queryOptions({
    queryKey: ['repositories', path, search, page],
    queryFn: ({ signal }) => getPage<Repository>(`${path}?${query}`, signal),
    placeholderData: keepPreviousData,
  })
}
