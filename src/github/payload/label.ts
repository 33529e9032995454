// `label`: what happened to a label of a repository.
import type { Label } from '../../issue.ts'
import { webhookLabelJson } from '../issue.ts'
import type { Links } from '../links.ts'
import type { Webhook } from '../openapi.ts'
import { type Scene, sceneJson } from './scene.ts'

type LabelChanges = { readonly name?: string; readonly color?: string; readonly description?: string | null }

/** `label` is as it is afterwards; `changes` holds what was there before, of what changed. */
export type LabelEvent = { readonly label: Label } & (
  | { readonly action: 'created' | 'deleted' }
  | { readonly action: 'edited'; readonly changes: LabelChanges }
)

export function labelPayload(event: LabelEvent, scene: Scene, links: Links) {
  const label = webhookLabelJson(event.label, scene.repository, links)
  const rest = sceneJson(scene, links)

  switch (event.action) {
    case 'created':
      return { action: event.action, label, ...rest } satisfies Webhook['webhook-label-created']
    case 'deleted':
      return { action: event.action, label, ...rest } satisfies Webhook['webhook-label-deleted']
    case 'edited':
      return {
        action: event.action,
        label,
        changes: changesJson(event.changes),
        ...rest,
      } satisfies Webhook['webhook-label-edited']
  }
}

// `from` is a string in GitHub's description: no description is told as empty text.
function changesJson({ name, color, description }: LabelChanges) {
  return {
    ...(name !== undefined && { name: { from: name } }),
    ...(color !== undefined && { color: { from: color } }),
    ...(description !== undefined && { description: { from: description ?? '' } }),
  }
}
