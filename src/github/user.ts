// Accounts in GitHub's JSON: the simple user that is part of nearly everything, the whole user,
// and the two faces of an organization.
import type { Account } from '../account.ts'
import { avatarUrl, type Links, nodeId, organizationUrl, pageUrl, timestamp, userUrl } from './links.ts'
import type { Rest, Webhook } from './openapi.ts'

/** What an account owns, as the caller may see it. */
export type RepositoryCounts = { readonly public: number; readonly private: number }

export function simpleUserJson(account: Account, links: Links) {
  return identity(account, 'public', links) satisfies Rest['simple-user']
}

/** `GET /user`: the account as it sees itself. */
export function privateUserJson(
  account: Account,
  owned: RepositoryCounts,
  links: Links,
): Rest['private-user'] {
  return {
    ...identity(account, 'private', links),
    ...profile(account, account.email, owned),
    private_gists: 0,
    total_private_repos: owned.private,
    owned_private_repos: owned.private,
    disk_usage: 0,
    collaborators: 0,
    two_factor_authentication: false,
  }
}

/** `GET /users/{username}`, also for an organization: the account as others see it. */
export function publicUserJson(account: Account, owned: RepositoryCounts, links: Links): Rest['public-user'] {
  return { ...simpleUserJson(account, links), ...profile(account, null, owned) }
}

/** The `organization` of a payload. */
export function organizationJson(organization: Account, links: Links) {
  const url = organizationUrl(organization.login, links)
  return {
    login: organization.login,
    id: organization.id,
    node_id: nodeId('Organization', organization.id),
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: avatarUrl(organization.id, links),
    description: organization.description,
  } satisfies Webhook['organization-simple-webhooks']
}

/** `GET /orgs/{org}`. GitHub's description gives `name` and `email` no null: absent when unknown. */
export function fullOrganizationJson(
  organization: Account,
  owned: RepositoryCounts,
  links: Links,
): Rest['organization-full'] {
  return {
    ...organizationJson(organization, links),
    ...(organization.name !== null && { name: organization.name }),
    ...(organization.email !== null && { email: organization.email }),
    is_verified: false,
    has_organization_projects: false,
    has_repository_projects: false,
    public_repos: owned.public,
    public_gists: 0,
    followers: 0,
    following: 0,
    html_url: pageUrl(organization.login, links),
    created_at: timestamp(organization.createdAt),
    updated_at: timestamp(organization.updatedAt),
    archived_at: null,
    type: organization.type,
    total_private_repos: owned.private,
    owned_private_repos: owned.private,
  }
}

function identity(account: Account, viewType: 'public' | 'private', links: Links) {
  const url = userUrl(account.login, links)
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId(account.type, account.id),
    avatar_url: avatarUrl(account.id, links),
    gravatar_id: '',
    url,
    html_url: pageUrl(account.login, links),
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: account.type,
    user_view_type: viewType,
    site_admin: account.siteAdmin,
  }
}

function profile(account: Account, email: string | null, owned: RepositoryCounts) {
  return {
    name: account.name,
    company: null,
    blog: '',
    location: null,
    email,
    hireable: null,
    bio: account.description,
    twitter_username: null,
    notification_email: email,
    public_repos: owned.public,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: timestamp(account.createdAt),
    updated_at: timestamp(account.updatedAt),
  }
}
