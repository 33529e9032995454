// While a page waits for its data: the shape of what is to come, and a word for who cannot see it.
import { SkeletonBox } from '@primer/react/experimental'
import { catalogue, useWords } from '../language.tsx'

const WORDS = catalogue({ loading: 'Loading' }, { loading: 'Chargement' })

export function Loading({ rows = 4 }: { readonly rows?: number }) {
  const { loading } = useWords(WORDS)
  return (
    <div role="status" aria-label={loading} className="loading">
      {Array.from({ length: rows }, (_, index) => (
        <SkeletonBox key={index} height="2.5rem" />
      ))}
    </div>
  )
}
