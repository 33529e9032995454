// Open an issue.
import { Heading } from '@primer/react'

export function NewIssuePage() {
  return <Heading as="h1">NewIssuePage</Heading>
}
