// The way to the next and the previous page of a list, kept in the address: going back works.
import { useSearch } from '@tanstack/react-router'
import type { Page } from '../api.ts'
import { catalogue, useWords } from '../language.tsx'
import { LinkButton } from './link.tsx'

const WORDS = catalogue(
  { pages: 'Pages', previous: 'Previous', next: 'Next' },
  { pages: 'Pages', previous: 'Précédent', next: 'Suivant' },
)

export type Search = Readonly<Record<string, string | number | undefined>>

/** What the address asks for. `page` is 1 unless it says otherwise. */
export function usePageSearch(): { readonly search: Search; readonly page: number } {
  const search = useSearch({ strict: false }) as Search
  const { page } = search
  return { search, page: typeof page === 'number' && Number.isInteger(page) && page > 1 ? page : 1 }
}

export function Pager({ list }: { readonly list: Page<unknown> }) {
  const words = useWords(WORDS)
  const { search, page } = usePageSearch()
  if (!list.prev && !list.next) return null
  const to = (number: number) => ({ ...search, page: number > 1 ? number : undefined })
  return (
    <nav className="frame-pages" aria-label={words.pages}>
      {list.prev && (
        <LinkButton to="." search={to(page - 1)}>
          {words.previous}
        </LinkButton>
      )}
      {list.next && (
        <LinkButton to="." search={to(page + 1)}>
          {words.next}
        </LinkButton>
      )}
    </nav>
  )
}
