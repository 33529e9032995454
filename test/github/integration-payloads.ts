// What the hooks of Apps and of the site hear of themselves, named as GitHub names it.
import type { Links } from '../../src/github/links.ts'
import {
  type InstallationAction,
  installationPayload,
  installationRepositoriesPayload,
} from '../../src/github/payload/installation.ts'
import { withInstallation } from '../../src/github/payload/installed.ts'
import { issuesPayload } from '../../src/github/payload/issues.ts'
import { pingPayload } from '../../src/github/payload/ping.ts'
import { zen } from '../../src/github/zen.ts'
import type { Installation, Integration } from '../../src/integration.ts'
import type { Built } from './payloads.ts'
import { hookOn, issue, octocat, octoOrg, usersScene } from './sample.ts'

const AT = new Date('2026-11-24T10:00:00.500Z')

const integration: Integration = {
  id: 5725,
  slug: 'octo-sorter',
  name: 'Octo Sorter',
  clientId: 'Iv1.ab1112223334445c',
  description: null,
  externalUrl: 'https://sorter.example.com',
  owner: octocat,
  botId: 77,
  permissions: { issues: 'write' },
  events: ['issues', 'label'],
  createdAt: AT,
  updatedAt: AT,
}

const installation: Installation = {
  id: 957387,
  integrationId: integration.id,
  account: octoOrg,
  repositoryIds: [usersScene.repository.id],
  permissions: { issues: 'write' },
  createdAt: AT,
  updatedAt: AT,
  suspendedAt: null,
  suspendedBy: null,
}

export function integrationPayloads(links: Links): ReadonlyMap<string, Built> {
  const owner = { kind: 'app', integration } as const
  const repositories = [usersScene.repository]
  const tell = (action: InstallationAction, it: Installation = installation) =>
    installationPayload(action, repositories, { installation: it, integration, sender: octocat }, links)
  const change = (action: 'added' | 'removed') =>
    installationRepositoriesPayload(
      { action, repositories },
      { installation, integration, sender: octocat },
      links,
    )
  const suspended = { ...installation, suspendedAt: AT, suspendedBy: octocat }
  return new Map<string, Built>([
    ['ping', pingPayload({ hook: hookOn('app'), owner, sender: octocat, zen: zen(0) }, links)],
    ['installation.created', tell('created', { ...installation, repositoryIds: null })],
    ['installation.deleted', tell('deleted')],
    ['installation.suspend', tell('suspend', suspended)],
    ['installation.unsuspend', tell('unsuspend')],
    ['installation.new_permissions_accepted', tell('new_permissions_accepted')],
    ['installation_repositories.added', change('added')],
    ['installation_repositories.removed', change('removed')],
    ['issues.opened', installed(issuesPayload({ action: 'opened', issue }, usersScene, links))],
  ])
}

export function sitePayloads(links: Links): ReadonlyMap<string, Built> {
  const owner = { kind: 'site' } as const
  return new Map<string, Built>([
    ['ping', pingPayload({ hook: hookOn('site'), owner, sender: octocat, zen: zen(0) }, links)],
  ])
}

/** As an App is sent it. */
function installed(payload: object): Built {
  const bytes = Buffer.from(JSON.stringify(payload))
  return JSON.parse(Buffer.from(withInstallation(bytes, { event: 'issues', installationId: 1 })).toString())
}
