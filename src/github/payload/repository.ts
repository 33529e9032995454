// `repository`: what happened to a repository as a whole.
import type { Links } from '../links.ts'
import type { Webhook } from '../openapi.ts'
import { type Scene, sceneJson } from './scene.ts'

type RepositoryChanges = {
  readonly description?: string | null
  readonly homepage?: string | null
  readonly defaultBranch?: string
  readonly topics?: readonly string[]
}

/** The scene's repository is as it is afterwards; `changes` and `was` hold what was there before. */
export type RepositoryEvent =
  | { readonly action: 'created' | 'archived' | 'unarchived' | 'deleted' | 'privatized' | 'publicized' }
  | { readonly action: 'edited'; readonly changes: RepositoryChanges }
  | { readonly action: 'renamed'; readonly was: string }

type Bare = Webhook[`webhook-repository-${Exclude<RepositoryEvent['action'], 'edited' | 'renamed'>}`]

export function repositoryPayload(event: RepositoryEvent, scene: Scene, links: Links) {
  const rest = sceneJson(scene, links)

  switch (event.action) {
    case 'edited':
      return {
        action: event.action,
        changes: changesJson(event.changes),
        ...rest,
      } satisfies Webhook['webhook-repository-edited']
    case 'renamed':
      return {
        action: event.action,
        changes: { repository: { name: { from: event.was } } },
        ...rest,
      } satisfies Webhook['webhook-repository-renamed']
    default:
      return { action: event.action, ...rest } satisfies Bare
  }
}

function changesJson({ description, homepage, defaultBranch, topics }: RepositoryChanges) {
  return {
    ...(description !== undefined && { description: { from: description } }),
    ...(homepage !== undefined && { homepage: { from: homepage } }),
    ...(defaultBranch !== undefined && { default_branch: { from: defaultBranch } }),
    ...(topics !== undefined && { topics: { from: [...topics] } }),
  }
}
