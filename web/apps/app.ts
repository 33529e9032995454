// Apps as the API tells of them to who owns them: one's own, or an organization's.
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { getPage } from '../api.ts'
import { PER_PAGE } from '../hooks/hook.ts'

export type App = {
  readonly id: number
  readonly slug: string
  readonly name: string
  readonly description: string | null
}

/** Below it lie the Apps in the API. */
export const appsAddress = (org: string | undefined) =>
  org === undefined ? '/user/apps' : `/orgs/${encodeURIComponent(org)}/apps`

export function appsQuery(org: string | undefined, page: number) {
  const path = `${appsAddress(org)}?per_page=${PER_PAGE.app}&page=${page}`
  return queryOptions({
    queryKey: ['apps', path],
    queryFn: ({ signal }) => getPage<App>(path, signal),
    placeholderData: keepPreviousData,
  })
}
