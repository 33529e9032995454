// Make a repository.
import { Heading } from '@primer/react'

export function NewRepositoryPage() {
  return <Heading as="h1">NewRepositoryPage</Heading>
}
