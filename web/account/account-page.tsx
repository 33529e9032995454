// A user or an organization, and the repositories that one may see.
import { Heading } from '@primer/react'

export function AccountPage() {
  return <Heading as="h1">AccountPage</Heading>
}
