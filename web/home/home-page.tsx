// What one can see: one's repositories, and those of one's organizations.
import { Heading } from '@primer/react'
import { catalogue, useWords } from '../language.tsx'

const WORDS = catalogue({ repositories: 'Repositories' }, { repositories: 'Dépôts' })

export function HomePage() {
  const words = useWords(WORDS)
  return <Heading as="h1">{words.repositories}</Heading>
}
