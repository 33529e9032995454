// A repository in GitHub's JSON: as payloads carry it, as lists do, and whole. There is no git
// behind ours, so what GitHub counts of files, forks and pull requests is nought.
import type { Account } from '../account.ts'
import { fullName, includesRole, type Repository, type RepositoryRole } from '../repository.ts'
import { type Links, nodeId, pageUrl, repositoryUrl, timestamp } from './links.ts'
import type { Rest, Webhook } from './openapi.ts'
import { simpleUserJson } from './user.ts'

export type { RepositoryRole } from '../repository.ts'

/** The organization that owns it, if one does: payloads then carry `organization`. */
export function organizationOf(repository: Repository): Account | null {
  return repository.owner.type === 'Organization' ? repository.owner : null
}

/** The `repository` of a payload. */
export function repositoryJson(repository: Repository, links: Links) {
  return {
    ...shared(repository, links),
    ...ownedByOrganization(repository),
  } satisfies Webhook['repository-webhooks']
}

/** An item of a list. */
export function minimalRepositoryJson(
  repository: Repository,
  role: RepositoryRole,
  links: Links,
): Rest['minimal-repository'] {
  return {
    ...shared(repository, links),
    permissions: permissionsOf(role),
    ...ownedByOrganization(repository),
  }
}

/** `GET /repos/{owner}/{repo}`, and the answer to creating or changing one. */
export function fullRepositoryJson(
  repository: Repository,
  role: RepositoryRole,
  links: Links,
): Rest['full-repository'] {
  const organization = organizationOf(repository)
  return {
    ...shared(repository, links),
    permissions: permissionsOf(role),
    ...ownedByOrganization(repository),
    ...(organization && { organization: simpleUserJson(organization, links) }),
    network_count: 0,
    subscribers_count: 0,
  }
}

function shared(repository: Repository, links: Links) {
  return {
    id: repository.id,
    node_id: nodeId('Repository', repository.id),
    name: repository.name,
    full_name: fullName(repository),
    private: repository.private,
    owner: simpleUserJson(repository.owner, links),
    html_url: pageUrl(fullName(repository), links),
    description: repository.description,
    fork: false,
    url: repositoryUrl(repository, links),
    ...templates(repositoryUrl(repository, links)),
    created_at: timestamp(repository.createdAt),
    updated_at: timestamp(repository.updatedAt),
    pushed_at: timestamp(repository.pushedAt),
    ...remotes(repository, links),
    homepage: repository.homepage,
    size: 0,
    stargazers_count: repository.stars,
    watchers_count: repository.stars,
    language: null,
    has_issues: repository.hasIssues,
    has_projects: false,
    has_downloads: false,
    has_wiki: false,
    has_pages: false,
    has_discussions: false,
    forks_count: 0,
    mirror_url: null,
    archived: repository.archived,
    disabled: false,
    open_issues_count: repository.openIssues,
    license: null,
    allow_forking: false,
    is_template: false,
    web_commit_signoff_required: false,
    topics: [...repository.topics],
    visibility: repository.private ? 'private' : 'public',
    forks: 0,
    open_issues: repository.openIssues,
    watchers: repository.stars,
    default_branch: repository.defaultBranch,
  }
}

function templates(url: string) {
  return {
    forks_url: `${url}/forks`,
    keys_url: `${url}/keys{/key_id}`,
    collaborators_url: `${url}/collaborators{/collaborator}`,
    teams_url: `${url}/teams`,
    hooks_url: `${url}/hooks`,
    issue_events_url: `${url}/issues/events{/number}`,
    events_url: `${url}/events`,
    assignees_url: `${url}/assignees{/user}`,
    branches_url: `${url}/branches{/branch}`,
    tags_url: `${url}/tags`,
    blobs_url: `${url}/git/blobs{/sha}`,
    git_tags_url: `${url}/git/tags{/sha}`,
    git_refs_url: `${url}/git/refs{/sha}`,
    trees_url: `${url}/git/trees{/sha}`,
    statuses_url: `${url}/statuses/{sha}`,
    languages_url: `${url}/languages`,
    stargazers_url: `${url}/stargazers`,
    contributors_url: `${url}/contributors`,
    subscribers_url: `${url}/subscribers`,
    subscription_url: `${url}/subscription`,
    commits_url: `${url}/commits{/sha}`,
    git_commits_url: `${url}/git/commits{/sha}`,
    comments_url: `${url}/comments{/number}`,
    issue_comment_url: `${url}/issues/comments{/number}`,
    contents_url: `${url}/contents/{+path}`,
    compare_url: `${url}/compare/{base}...{head}`,
    merges_url: `${url}/merges`,
    archive_url: `${url}/{archive_format}{/ref}`,
    downloads_url: `${url}/downloads`,
    issues_url: `${url}/issues{/number}`,
    pulls_url: `${url}/pulls{/number}`,
    milestones_url: `${url}/milestones{/number}`,
    notifications_url: `${url}/notifications{?since,all,participating}`,
    labels_url: `${url}/labels{/name}`,
    releases_url: `${url}/releases{/id}`,
    deployments_url: `${url}/deployments`,
  }
}

// Required by GitHub's description, and dead ends here: nothing of ours answers to git.
function remotes(repository: Repository, links: Links) {
  const host = new URL(links.html).hostname
  const page = pageUrl(fullName(repository), links)
  return {
    git_url: `git://${host}/${fullName(repository)}.git`,
    ssh_url: `git@${host}:${fullName(repository)}.git`,
    clone_url: `${page}.git`,
    svn_url: page,
  }
}

function ownedByOrganization(repository: Repository): { custom_properties?: Record<string, never> } {
  return organizationOf(repository) ? { custom_properties: {} } : {}
}

export function permissionsOf(role: RepositoryRole) {
  return {
    admin: includesRole(role, 'admin'),
    maintain: includesRole(role, 'maintain'),
    push: includesRole(role, 'push'),
    triage: includesRole(role, 'triage'),
    pull: true,
  }
}
