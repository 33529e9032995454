// Add webhook.
import { Heading } from '@primer/react'

export function NewHookPage() {
  return <Heading as="h1">NewHookPage</Heading>
}
