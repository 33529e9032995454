// `repository_dispatch`: somebody asks those who listen to a repository to do something. Its action is
// the asker's own word.
import type { Links } from '../links.ts'
import type { Webhook } from '../openapi.ts'
import { type Scene, sceneJson } from './scene.ts'

export type Dispatch = {
  readonly eventType: string
  readonly clientPayload: Readonly<Record<string, unknown>>
}

// GitHub gives it to Apps alone, and so with their `installation`.
type Described = Omit<Webhook['webhook-repository-dispatch-sample'], 'installation'>

export function repositoryDispatchPayload(
  { eventType, clientPayload }: Dispatch,
  scene: Scene,
  links: Links,
) {
  return {
    action: eventType,
    branch: scene.repository.defaultBranch,
    client_payload: { ...clientPayload },
    ...sceneJson(scene, links),
  } satisfies Described
}
