// What may be done to an App's installation: made, removed, suspended, given other repositories or what its
// App asks for now. Each is told to the App, in the same transaction.

import type { Account } from '../account.ts'
import type { Tell } from '../engine/engine.ts'
import { AppError, notFound, validationFailed } from '../errors.ts'
import type { Links } from '../github/links.ts'
import {
  type InstallationAction,
  installationPayload,
  installationRepositoriesPayload,
} from '../github/payload/installation.ts'
import type { Installation, Integration } from '../integration.ts'
import type { Repository } from '../repository.ts'
import {
  addToInstallation,
  changeInstallation,
  countInstallations,
  createInstallation,
  deleteInstallation,
  findInstallation,
  removeFromInstallation,
} from '../store/installations.ts'
import { findIntegration } from '../store/integrations.ts'
import { listCoveredRepositories } from '../store/repositories.ts'
import type { Db } from '../store/store.ts'
import type { ApiContext } from './context.ts'
import { installationDraft } from './draft.ts'

/** By whom, and under which addresses it is told. */
export type InstallationScene = { readonly sender: Account; readonly eventLinks: Links }

export type Installed = { readonly installation: Installation; readonly integration: Integration }

// Told of in one event. An App that wants to know of more asks `GET /installation/repositories`.
const REPOSITORIES_TOLD_MAX = 1000

// Of one account: each is looked at with every event of its repositories.
const INSTALLATIONS_MAX = 100

export async function install(
  { clock, engine }: ApiContext,
  scene: InstallationScene,
  {
    integration,
    account,
    repositoryIds,
  }: {
    readonly integration: Integration
    readonly account: Account
    readonly repositoryIds: readonly number[] | null
  },
): Promise<Installed> {
  const installed = await engine.commit(async (tx, tell) => {
    if ((await countInstallations(tx, { accountIds: [account.id] })) >= INSTALLATIONS_MAX) throw tooMany()
    const draft = {
      integrationId: integration.id,
      account,
      repositoryIds,
      permissions: integration.permissions,
    }
    const installation = await createInstallation(tx, draft, clock.nowMs())
    await tellOf(tx, tell, scene, 'created', { installation, integration })
    return { installation, integration }
  })
  engine.installationsChanged(account.id)
  return installed
}

export async function uninstall(
  { engine }: ApiContext,
  scene: InstallationScene,
  { installation, integration }: Installed,
): Promise<void> {
  await engine.commit(async (tx, tell) => {
    await tellOf(tx, tell, scene, 'deleted', { installation, integration })
    await deleteInstallation(tx, installation.id)
  })
  engine.installationsChanged(installation.account.id)
}

/** Nothing is told when it is so already. */
export async function suspend(
  { clock, engine }: ApiContext,
  scene: InstallationScene,
  installation: Installation,
  suspended: boolean,
): Promise<void> {
  await engine.commit(async (tx, tell) => {
    const before = await getInstalled(tx, installation.id)
    if ((before.installation.suspendedAt !== null) === suspended) return
    const change = { suspended: suspended ? { by: scene.sender } : null }
    await changeInstallation(tx, installation.id, change, clock.nowMs())
    const after = await getInstalled(tx, installation.id)
    await tellOf(tx, tell, scene, suspended ? 'suspend' : 'unsuspend', after)
  })
  engine.installationsChanged(installation.account.id)
}

/** Grants what the App asks for by now. */
export async function acceptPermissions(
  { clock, engine }: ApiContext,
  scene: InstallationScene,
  installation: Installation,
): Promise<Installed> {
  return engine.commit(async (tx, tell) => {
    const { integration } = await getInstalled(tx, installation.id)
    const { permissions } = integration
    await changeInstallation(tx, installation.id, { permissions }, clock.nowMs())
    const after = await getInstalled(tx, installation.id)
    await tellOf(tx, tell, scene, 'new_permissions_accepted', after)
    return after
  })
}

/** Throws `validation_failed` for an installation that covers all there are. */
export async function select(
  { clock, engine }: ApiContext,
  scene: InstallationScene,
  installation: Installation,
  repository: Repository,
  action: 'added' | 'removed',
): Promise<void> {
  await engine.commit(async (tx, tell) => {
    const before = await getInstalled(tx, installation.id)
    if (before.installation.repositoryIds === null) {
      if (action === 'added') return
      throw validationFailed({ resource: 'Installation', code: 'invalid', field: 'repository_selection' })
    }
    // GitHub: an installation for no repository is removed instead.
    if (action === 'removed' && before.installation.repositoryIds.length === 1) {
      if (!before.installation.repositoryIds.includes(repository.id)) throw notFound()
      throw new AppError(
        'validation_failed',
        'The last repository cannot be removed: remove the installation.',
      )
    }
    const change = action === 'added' ? addToInstallation : removeFromInstallation
    if (!(await change(tx, installation.id, repository.id, clock.nowMs()))) {
      if (action === 'removed') throw notFound()
      return
    }
    const after = await getInstalled(tx, installation.id)
    const { eventLinks, sender } = scene
    const payload = installationRepositoriesPayload(
      { action, repositories: [repository] },
      { ...after, sender },
      eventLinks,
    )
    tell(installationDraft('installation_repositories', payload, after, sender))
  })
  engine.installationsChanged(installation.account.id)
}

function tooMany(): AppError {
  return new AppError('conflict', `${INSTALLATIONS_MAX} Apps are installed there already: remove one.`)
}

/** Throws `not_found` when there is none. */
export async function getInstalled(db: Db, id: number): Promise<Installed> {
  const installation = await findInstallation(db, id)
  const integration = installation && (await findIntegration(db, { id: installation.integrationId }))
  if (!integration) throw notFound()
  return { installation, integration }
}

async function tellOf(
  tx: Db,
  tell: Tell,
  { sender, eventLinks }: InstallationScene,
  action: InstallationAction,
  installed: Installed,
): Promise<void> {
  const { account, repositoryIds } = installed.installation
  const page = { page: 1, perPage: REPOSITORIES_TOLD_MAX }
  const repositories = await listCoveredRepositories(tx, account, repositoryIds, page)
  const payload = installationPayload(action, repositories, { ...installed, sender }, eventLinks)
  tell(installationDraft('installation', payload, installed, sender))
}
