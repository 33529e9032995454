// Where a hook hangs: on a repository, an organization, the whole site, or an App of one's own or of an
// organization's. The same pages serve all of them.
import { useParams } from '@tanstack/react-router'

export type PlaceKind = 'repository' | 'organization' | 'site' | 'app'

export type Place = {
  readonly kind: PlaceKind
  /** `octo/widgets`, `octo-org`, an App's slug, or empty. */
  readonly name: string
  /** The organization whose App it is. */
  readonly owner?: string | undefined
  /** Below it lie the hooks in the API. */
  readonly api: string
  /** Below it lie their pages; of an App's one hook it is the page. */
  readonly page: string
}

/** In the API. An App's hook has no number. */
export function hookAddress({ kind, api }: Place, hookId: number | string): string {
  return kind === 'app' ? `${api}/hook` : `${api}/hooks/${hookId}`
}

export function hookPage({ kind, page }: Place, hookId: number | string): string {
  return kind === 'app' ? page : `${page}/${hookId}`
}

/** An App's place, below that of its owner: oneself when there is no `org`. */
export function appPlace(slug: string, org: string | undefined): Place {
  const name = encodeURIComponent(slug)
  const account = org === undefined ? null : encodeURIComponent(org)
  return {
    kind: 'app',
    name: slug,
    owner: org,
    api: account === null ? `/user/apps/${name}` : `/orgs/${account}/apps/${name}`,
    page: `${appsPage(org)}/${name}`,
  }
}

/** Where the Apps of an organization are listed, or one's own. */
export function appsPage(org: string | undefined): string {
  return org === undefined ? '/settings/apps' : `/organizations/${encodeURIComponent(org)}/settings/apps`
}

export function usePlace(): Place {
  const { owner, repo, org, app } = useParams({ strict: false }) as Partial<Record<string, string>>
  if (app !== undefined) return appPlace(app, org)
  if (org !== undefined) {
    return {
      kind: 'organization',
      name: org,
      api: `/orgs/${encodeURIComponent(org)}`,
      page: `/organizations/${encodeURIComponent(org)}/settings/hooks`,
    }
  }
  if (owner === undefined || repo === undefined) {
    return { kind: 'site', name: '', api: '/admin', page: '/site/settings/hooks' }
  }
  const path = `${encodeURIComponent(owner)}/${encodeURIComponent(repo)}`
  return {
    kind: 'repository',
    name: `${owner}/${repo}`,
    api: `/repos/${path}`,
    page: `/${path}/settings/hooks`,
  }
}
