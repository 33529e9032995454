// Issues and comments as the API gives them, and how the pages ask for them.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { get, getPage, type Page } from '../api.ts'
import type { Repository, RepositoryPlace } from './repository.ts'

export type Label = {
  readonly id: number
  readonly name: string
  readonly color: string
  readonly description: string | null
}

export type Author = { readonly login: string; readonly avatar_url: string }

export type Issue = {
  readonly number: number
  readonly title: string
  readonly body: string | null
  readonly state: 'open' | 'closed'
  readonly user: Author
  readonly labels: readonly Label[]
  readonly comments: number
  readonly created_at: string
  readonly closed_at: string | null
}

export type Comment = {
  readonly id: number
  readonly body: string
  readonly user: Author
  readonly created_at: string
}

export type IssueFilter = {
  readonly state: 'open' | 'closed'
  readonly label: string
  readonly page: number
}

const PER_PAGE = 25

export function issuesKey({ owner, repo }: RepositoryPlace) {
  return ['issues', owner, repo]
}

export function issuesQuery(place: RepositoryPlace, { state, label, page }: IssueFilter) {
  const query = new URLSearchParams({ state, per_page: `${PER_PAGE}`, page: `${page}` })
  if (label !== '') query.set('labels', label)
  return queryOptions({
    queryKey: [...issuesKey(place), state, label, page],
    queryFn: ({ signal }) => getPage<Issue>(`${place.api}/issues?${query}`, signal),
    placeholderData: keepPreviousData,
  })
}

export function issueQuery({ owner, repo, api }: RepositoryPlace, number: string) {
  return queryOptions({
    queryKey: ['issue', owner, repo, number],
    queryFn: ({ signal }) => get<Issue>(`${api}/issues/${encodeURIComponent(number)}`, signal),
  })
}

const COMMENTS_PER_PAGE = 50

export function commentsQuery({ owner, repo, api }: RepositoryPlace, number: string) {
  return infiniteQueryOptions({
    queryKey: ['comments', owner, repo, number],
    queryFn: ({ pageParam, signal }) => getPage<Comment>(pageParam, signal),
    initialPageParam: `${api}/issues/${encodeURIComponent(number)}/comments?per_page=${COMMENTS_PER_PAGE}`,
    getNextPageParam: (last: Page<Comment>) => last.next ?? undefined,
  })
}

/** Those of the repository: more of them are not offered. */
export function labelsQuery({ owner, repo, api }: RepositoryPlace) {
  return queryOptions({
    queryKey: ['labels', owner, repo],
    queryFn: ({ signal }) => getPage<Label>(`${api}/labels?per_page=100`, signal),
  })
}

/** Whether one may label, open and close what others have opened. */
export function maySort({ permissions, archived }: Repository): boolean {
  return !archived && (permissions?.triage ?? permissions?.push ?? false)
}
