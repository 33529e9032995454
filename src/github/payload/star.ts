// `star`, and `watch`, its older twin: a `watch` that started means that somebody starred. GitHub
// sends both for a new star, and none of the second when it is taken back.
import { type Links, timestamp } from '../links.ts'
import type { Webhook } from '../openapi.ts'
import { type Scene, sceneJson } from './scene.ts'

export type StarEvent =
  | { readonly action: 'created'; readonly starredAt: Date }
  | { readonly action: 'deleted' }

export function starPayload(event: StarEvent, scene: Scene, links: Links) {
  const rest = sceneJson(scene, links)

  switch (event.action) {
    case 'created':
      return {
        action: event.action,
        starred_at: timestamp(event.starredAt),
        ...rest,
      } satisfies Webhook['webhook-star-created']
    case 'deleted':
      return { action: event.action, starred_at: null, ...rest } satisfies Webhook['webhook-star-deleted']
  }
}

export function watchStartedPayload(scene: Scene, links: Links) {
  return { action: 'started' as const, ...sceneJson(scene, links) } satisfies Webhook['webhook-watch-started']
}
