// `milestone`: what happened to a milestone of a repository.
import type { Milestone } from '../../milestone.ts'
import { type Links, timestamp } from '../links.ts'
import { milestoneJson } from '../milestone.ts'
import type { Webhook } from '../openapi.ts'
import { type Scene, sceneJson } from './scene.ts'

type MilestoneChanges = {
  readonly title?: string
  readonly description?: string | null
  readonly dueOn?: Date | null
}

/** `milestone` is as it is afterwards; `changes` holds what was there before, of what changed. */
export type MilestoneEvent = { readonly milestone: Milestone } & (
  | { readonly action: 'created' | 'closed' | 'opened' | 'deleted' }
  | { readonly action: 'edited'; readonly changes: MilestoneChanges }
)

export function milestonePayload(event: MilestoneEvent, scene: Scene, links: Links) {
  const milestone = milestoneJson(event.milestone, scene.repository, links)
  const rest = sceneJson(scene, links)

  switch (event.action) {
    case 'created':
    case 'opened': {
      const open = { ...milestone, state: 'open' as const, closed_at: null }
      return { action: event.action, milestone: open, ...rest } satisfies
        | Webhook['webhook-milestone-created']
        | Webhook['webhook-milestone-opened']
    }
    case 'closed': {
      // GitHub's description has no null for it; only one that is open has none.
      const closedAt = milestone.closed_at ?? milestone.updated_at
      const closed = { ...milestone, state: 'closed' as const, closed_at: closedAt }
      return {
        action: event.action,
        milestone: closed,
        ...rest,
      } satisfies Webhook['webhook-milestone-closed']
    }
    case 'deleted':
      return { action: event.action, milestone, ...rest } satisfies Webhook['webhook-milestone-deleted']
    case 'edited':
      return {
        action: event.action,
        milestone,
        changes: changesJson(event.changes),
        ...rest,
      } satisfies Webhook['webhook-milestone-edited']
  }
}

// `from` is a string in GitHub's description: what was not there is told as empty text.
function changesJson({ title, description, dueOn }: MilestoneChanges) {
  return {
    ...(title !== undefined && { title: { from: title } }),
    ...(description !== undefined && { description: { from: description ?? '' } }),
    ...(dueOn !== undefined && { due_on: { from: dueOn ? timestamp(dueOn) : '' } }),
  }
}
