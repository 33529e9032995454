// Where something happened and who did it: the end of every payload.
import type { Account } from '../../account.ts'
import type { Repository } from '../../repository.ts'
import type { Links } from '../links.ts'
import { organizationOf, repositoryJson } from '../repository.ts'
import { organizationJson, simpleUserJson } from '../user.ts'

export type Scene = { readonly repository: Repository; readonly sender: Account }

/** `organization` is there only when the repository belongs to one. */
export function sceneJson({ repository, sender }: Scene, links: Links) {
  const organization = organizationOf(repository)
  return {
    repository: repositoryJson(repository, links),
    ...(organization && { organization: organizationJson(organization, links) }),
    sender: simpleUserJson(sender, links),
  }
}
