// `installation` and `installation_repositories`: what happens to an App on an account. They reach that
// App's hook alone.
import type { Account } from '../../account.ts'
import type { Installation, Integration } from '../../integration.ts'
import { fullName, type Repository } from '../../repository.ts'
import { installationJson } from '../integration.ts'
import { type Links, nodeId } from '../links.ts'
import type { Webhook } from '../openapi.ts'
import { simpleUserJson } from '../user.ts'

export type InstallationScene = {
  readonly installation: Installation
  readonly integration: Integration
  readonly sender: Account
}

export type InstallationAction = 'created' | 'deleted' | 'suspend' | 'unsuspend' | 'new_permissions_accepted'

/** `repositories` are those that it covers. */
export function installationPayload(
  action: InstallationAction,
  repositories: readonly Repository[],
  { installation, integration, sender }: InstallationScene,
  links: Links,
) {
  return {
    action,
    installation: installationJson(installation, integration, links),
    repositories: repositories.map(namedJson),
    sender: simpleUserJson(sender, links),
  } satisfies Omit<Webhook['webhook-installation-created'], 'action'> & { action: string }
}

export type SelectionChange = {
  readonly action: 'added' | 'removed'
  readonly repositories: readonly Repository[]
}

export function installationRepositoriesPayload(
  { action, repositories }: SelectionChange,
  { installation, integration, sender }: InstallationScene,
  links: Links,
) {
  const named = repositories.map(namedJson)
  return {
    action,
    installation: installationJson(installation, integration, links),
    repository_selection: installation.repositoryIds === null ? ('all' as const) : ('selected' as const),
    repositories_added: action === 'added' ? named : [],
    repositories_removed: action === 'removed' ? named : [],
    // Nobody asks for it here: whoever may add one does so.
    requester: null,
    sender: simpleUserJson(sender, links),
  } satisfies Omit<Webhook['webhook-installation-repositories-added'], 'action'> & { action: string }
}

/** A repository by its names alone. */
function namedJson(repository: Repository) {
  return {
    id: repository.id,
    node_id: nodeId('Repository', repository.id),
    name: repository.name,
    full_name: fullName(repository),
    private: repository.private,
  }
}
