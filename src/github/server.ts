// What GitHub tells of itself: the addresses of its API, its networks, its limits.
import type { Links } from './links.ts'
import type { Rest } from './openapi.ts'

/**
 * What clients of GitHub Enterprise Server are told is installed: they compare it with the version from
 * which on something is there. It names the description that our answers under /api/v3 are held against,
 * and grows with that, not with Hookline's own version.
 */
export const ENTERPRISE_VERSION = '3.19.0'

export type ServerFacts = {
  /** Hookline's own. */
  readonly version: string
  /** Whether the client came as to GitHub Enterprise Server. At the root we are as github.com, which has no version. */
  readonly isEnterprise: boolean
  /** From where deliveries come, as CIDRs. */
  readonly networks: readonly string[]
}

export function metaJson({ version, isEnterprise, networks }: ServerFacts) {
  return {
    verifiable_password_authentication: false,
    hooks: [...networks],
    ...(isEnterprise && { installed_version: ENTERPRISE_VERSION }),
    hookline_version: version,
  } satisfies Rest['api-overview'] & { installed_version?: string; hookline_version: string }
}

/** `reset` in seconds since 1970. */
export type RateStatus = Rest['rate-limit']

/** Whatever GitHub counts by itself is counted with the rest here. */
export function rateLimitJson(rate: RateStatus): Rest['rate-limit-overview'] {
  const resources = {
    core: rate,
    search: rate,
    graphql: rate,
    integration_manifest: rate,
    source_import: rate,
    code_scanning_autofix: rate,
    actions_runner_registration: rate,
    scim: rate,
    dependency_snapshots: rate,
    dependency_sbom: rate,
    code_search: rate,
    copilot_usage_records: rate,
  }
  return { resources, rate }
}

/** `GET /`. Some of these addresses answer 404, as they do on an older GitHub Enterprise Server. */
export function rootJson({ api, html }: Links): Rest['root'] {
  return {
    current_user_url: `${api}/user`,
    current_user_authorizations_html_url: `${html}/welcome`,
    authorizations_url: `${api}/authorizations`,
    code_search_url: `${api}/search/code?q={query}{&page,per_page,sort,order}`,
    commit_search_url: `${api}/search/commits?q={query}{&page,per_page,sort,order}`,
    emails_url: `${api}/user/emails`,
    emojis_url: `${api}/emojis`,
    events_url: `${api}/events`,
    feeds_url: `${api}/feeds`,
    followers_url: `${api}/user/followers`,
    following_url: `${api}/user/following{/target}`,
    gists_url: `${api}/gists{/gist_id}`,
    hub_url: `${api}/hub`,
    issue_search_url: `${api}/search/issues?q={query}{&page,per_page,sort,order}`,
    issues_url: `${api}/issues`,
    keys_url: `${api}/user/keys`,
    label_search_url: `${api}/search/labels?q={query}&repository_id={repository_id}{&page,per_page}`,
    notifications_url: `${api}/notifications`,
    organization_url: `${api}/orgs/{org}`,
    organization_repositories_url: `${api}/orgs/{org}/repos{?type,page,per_page,sort}`,
    organization_teams_url: `${api}/orgs/{org}/teams`,
    public_gists_url: `${api}/gists/public`,
    rate_limit_url: `${api}/rate_limit`,
    repository_url: `${api}/repos/{owner}/{repo}`,
    repository_search_url: `${api}/search/repositories?q={query}{&page,per_page,sort,order}`,
    current_user_repositories_url: `${api}/user/repos{?type,page,per_page,sort}`,
    starred_url: `${api}/user/starred{/owner}{/repo}`,
    starred_gists_url: `${api}/gists/starred`,
    topic_search_url: `${api}/search/topics?q={query}{&page,per_page}`,
    user_url: `${api}/users/{user}`,
    user_organizations_url: `${api}/user/orgs`,
    user_repositories_url: `${api}/users/{user}/repos{?type,page,per_page,sort}`,
    user_search_url: `${api}/search/users?q={query}{&page,per_page,sort,order}`,
  }
}

/** `GET /octocat`: ours is the one that got away. */
export function octocatText(sentence: string): string {
  const line = '_'.repeat(sentence.length + 2)
  return [
    '            |',
    `            |              ${line}`,
    `            |             | ${sentence} |`,
    `            |             |${line}|`,
    '            |            /',
    '       |    |      _/\\_ /',
    "       |\\   |   .-'    '-.  /|",
    '       | |  |  /  o       \\/ |',
    "        \\ '-' <      )    /\\ |",
    "         '---'  '-.____.-'  \\|",
    '',
  ].join('\n')
}
