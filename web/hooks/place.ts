// Where a hook hangs: on a repository, an organization, or the whole site. The same pages serve all three.
import { useParams } from '@tanstack/react-router'

export type PlaceKind = 'repository' | 'organization' | 'site'

export type Place = {
  readonly kind: PlaceKind
  /** `octo/widgets`, `octo-org`, or empty. */
  readonly name: string
  /** Below it lie the hooks in the API. */
  readonly api: string
  /** Below it lie their pages. */
  readonly page: string
}

export function usePlace(): Place {
  const { owner, repo, org } = useParams({ strict: false }) as Partial<Record<string, string>>
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
