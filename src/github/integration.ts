// Apps and their installations in GitHub's JSON.
import type {
  Installation,
  InstallationToken,
  Integration,
  IntegrationKey,
  Permissions,
} from '../integration.ts'
import type { Repository } from '../repository.ts'
import { type Links, nodeId, pageUrl, timestamp } from './links.ts'
import type { Rest } from './openapi.ts'
import { minimalRepositoryJson } from './repository.ts'
import { simpleUserJson } from './user.ts'

export function integrationJson(integration: Integration, links: Links, installationsCount?: number) {
  const { id, slug, name, clientId, description, externalUrl, owner, createdAt, updatedAt } = integration
  return {
    id,
    slug,
    client_id: clientId,
    node_id: nodeId('Integration', id),
    owner: simpleUserJson(owner, links),
    name,
    description,
    external_url: externalUrl,
    html_url: pageUrl(`apps/${slug}`, links),
    created_at: timestamp(createdAt),
    updated_at: timestamp(updatedAt),
    permissions: permissionsJson(integration.permissions),
    events: [...integration.events],
    ...(installationsCount !== undefined && { installations_count: installationsCount }),
  } satisfies Rest['integration']
}

/** What is shown once, when the App is registered: GitHub's answer to a manifest. */
export type IntegrationSecrets = {
  readonly clientSecret: string
  readonly webhookSecret: string | null
  readonly pem: string
}

export function newIntegrationJson(integration: Integration, secrets: IntegrationSecrets, links: Links) {
  return {
    ...integrationJson(integration, links),
    client_secret: secrets.clientSecret,
    webhook_secret: secrets.webhookSecret,
    pem: secrets.pem,
  }
}

export function keyJson({ id, fingerprint, createdAt }: IntegrationKey) {
  return { id, fingerprint, created_at: timestamp(createdAt) }
}

export function installationJson(installation: Installation, integration: Integration, links: Links) {
  const { id, account, repositoryIds, permissions, createdAt, updatedAt } = installation
  const { suspendedAt, suspendedBy } = installation
  return {
    id,
    client_id: integration.clientId,
    account: simpleUserJson(account, links),
    repository_selection: repositoryIds === null ? 'all' : 'selected',
    access_tokens_url: `${links.api}/app/installations/${id}/access_tokens`,
    repositories_url: `${links.api}/installation/repositories`,
    html_url: pageUrl(settingsPath(installation), links),
    app_id: integration.id,
    app_slug: integration.slug,
    target_id: account.id,
    target_type: account.type,
    permissions: permissionsJson(permissions),
    events: [...integration.events],
    created_at: timestamp(createdAt),
    updated_at: timestamp(updatedAt),
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: suspendedBy && simpleUserJson(suspendedBy, links),
    suspended_at: suspendedAt && timestamp(suspendedAt),
  } satisfies Rest['installation']
}

/** `repositories` for a token that is for some of them alone. */
export function installationTokenJson(
  { permissions, repositoryIds, expiresAt }: InstallationToken,
  text: string,
  repositories: readonly Repository[],
  { repositorySelection, links }: { readonly repositorySelection: 'all' | 'selected'; readonly links: Links },
) {
  return {
    token: text,
    expires_at: timestamp(expiresAt),
    permissions: permissionsJson(permissions),
    repository_selection: repositoryIds === null ? repositorySelection : 'selected',
    ...(repositoryIds !== null && {
      repositories: repositories.map(repository => minimalRepositoryJson(repository, 'admin', links)),
    }),
  }
}

function settingsPath({ id, account }: Installation): string {
  const owner = account.type === 'Organization' ? `organizations/${account.login}/` : ''
  return `${owner}settings/installations/${id}`
}

// GitHub's description names each one; which there are is checked where they come in. Whatever else an App
// was given, it may read the metadata.
function permissionsJson(permissions: Permissions): Rest['app-permissions'] & Record<string, string> {
  return { metadata: 'read', ...permissions }
}
