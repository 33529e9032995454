// A repository: its issues, its stars, the way to its settings.
import { Heading } from '@primer/react'

export function RepositoryPage() {
  return <Heading as="h1">RepositoryPage</Heading>
}
