// One issue with its comments.
import { Heading } from '@primer/react'

export function IssuePage() {
  return <Heading as="h1">IssuePage</Heading>
}
