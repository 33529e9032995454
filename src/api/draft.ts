// An event that happened, ready to be accepted: its bytes are made here, once.

import type { Account } from '../account.ts'
import type { EventDraft } from '../event.ts'
import type { OrganizationScene } from '../github/payload/organization.ts'
import type { Scene } from '../github/payload/scene.ts'
import { organizationOf } from '../github/repository.ts'
import type { Installed } from './installation-change.ts'

/** The payload's own `action`, if it has one, is the event's. */
export function repositoryDraft(name: string, payload: object, { repository, sender }: Scene): EventDraft {
  return {
    ...draft(name, payload, repository.owner, sender),
    repositoryId: repository.id,
    organizationId: organizationOf(repository)?.id ?? null,
  }
}

export function organizationDraft(
  name: string,
  payload: object,
  { organization, sender }: OrganizationScene,
): EventDraft {
  return { ...draft(name, payload, organization, sender), organizationId: organization.id }
}

/** What the hooks of the whole site alone hear of: that this account came, or went with its own hooks. */
export function siteDraft(name: string, payload: object, account: Account, sender: Account): EventDraft {
  return draft(name, payload, account, sender)
}

/** For the App alone: the organization's own hooks do not hear of it. */
export function installationDraft(
  name: string,
  payload: object,
  { installation: { id, account }, integration }: Installed,
  sender: Account,
): EventDraft {
  return { ...draft(name, payload, account, sender), onlyInstallation: { id, integrationId: integration.id } }
}

function draft(name: string, payload: object, { id }: Account, sender: Account): EventDraft {
  return {
    accountId: id,
    name,
    action: 'action' in payload && typeof payload.action === 'string' ? payload.action : null,
    payload: Buffer.from(JSON.stringify(payload)),
    repositoryId: null,
    organizationId: null,
    senderId: sender.id,
  }
}
