// The webhooks of a repository, an organization, or the site.
import { Heading } from '@primer/react'

export function HookListPage() {
  return <Heading as="h1">HookListPage</Heading>
}
