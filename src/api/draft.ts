// An event that happened in a repository, ready to be accepted: its bytes are made here, once.
import type { EventDraft } from '../event.ts'
import type { Scene } from '../github/payload/scene.ts'
import { organizationOf } from '../github/repository.ts'

/** The payload's own `action`, if it has one, is the event's. */
export function repositoryDraft(name: string, payload: object, { repository, sender }: Scene): EventDraft {
  return {
    accountId: repository.owner.id,
    name,
    action: 'action' in payload && typeof payload.action === 'string' ? payload.action : null,
    payload: Buffer.from(JSON.stringify(payload)),
    repositoryId: repository.id,
    organizationId: organizationOf(repository)?.id ?? null,
    senderId: sender.id,
  }
}
