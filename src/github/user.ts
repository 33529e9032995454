// Accounts in GitHub's JSON: the simple user that is part of nearly everything, the whole user,
// and the two faces of an organization.
import type { Account } from '../account.ts'
import { appSlugOf } from '../integration.ts'
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

/** What an organization's own page shows besides. What is not there is unknown. */
export type OrganizationProfile = {
  readonly company?: string
  readonly location?: string
  readonly blog?: string
  readonly twitterUsername?: string
  /** For its owners alone. */
  readonly billingEmail?: string
}

/** `GET /orgs/{org}`. GitHub's description gives most of it no null: absent when unknown. */
export function fullOrganizationJson(
  organization: Account,
  owned: RepositoryCounts,
  links: Links,
  { company, location, blog, twitterUsername, billingEmail }: OrganizationProfile = {},
): Rest['organization-full'] {
  return {
    ...organizationJson(organization, links),
    ...(organization.name !== null && { name: organization.name }),
    ...(company !== undefined && { company }),
    ...(blog !== undefined && { blog }),
    ...(location !== undefined && { location }),
    ...(organization.email !== null && { email: organization.email }),
    ...(twitterUsername !== undefined && { twitter_username: twitterUsername }),
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
    ...(billingEmail !== undefined && { billing_email: billingEmail }),
    // Every member may push, and make repositories: there are no settings for it.
    default_repository_permission: 'write',
    members_can_create_repositories: true,
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
    // A bot has no page but its App's.
    html_url: pageUrl(account.type === 'Bot' ? `apps/${appSlugOf(account.login)}` : account.login, links),
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
