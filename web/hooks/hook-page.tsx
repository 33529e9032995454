// Manage webhook: its settings, its deliveries, its health, in tabs.
import { Heading } from '@primer/react'

export function HookPage() {
  return <Heading as="h1">HookPage</Heading>
}
