// A list in numbered pages, from the asking to the last row: while it waits, when it cannot be had, and when
// it is empty. A page that is behind the last one leads back to the first.
import type { ReactNode } from 'react'
import type { Page } from '../api.ts'
import { catalogue, useWords } from '../language.tsx'
import { Failure } from './failure.tsx'
import { LinkButton } from './link.tsx'
import { Loading } from './loading.tsx'
import { Nothing } from './nothing.tsx'
import { Pager, usePageSearch } from './pager.tsx'

import './frame.css'

const WORDS = catalogue(
  { past: 'Nothing is left on this page', first: 'Go to the first page' },
  { past: 'Il n’y a plus rien sur cette page', first: 'Aller à la première page' },
)

export type ListProps<Item> = {
  readonly label: string
  /** As TanStack Query gives it. */
  readonly query: {
    readonly data: Page<Item> | undefined
    readonly error: unknown
    refetch(): unknown
  }
  /** Instead of a list of none. */
  readonly empty: ReactNode
  /** A `<li>`. */
  row(item: Item): ReactNode
}

export function List<Item>({ label, query: { data, error, refetch }, empty, row }: ListProps<Item>) {
  const { page } = usePageSearch()
  if (!data) return error ? <Failure error={error} retry={() => refetch()} /> : <Loading />
  if (data.items.length === 0) return page > 1 ? <PastTheEnd /> : empty
  return (
    <>
      <ul className="frame-rows" aria-label={label}>
        {data.items.map(row)}
      </ul>
      <Pager list={data} />
    </>
  )
}

function PastTheEnd() {
  const words = useWords(WORDS)
  const { search } = usePageSearch()
  return (
    <Nothing heading={words.past}>
      <LinkButton to="." search={{ ...search, page: undefined }}>
        {words.first}
      </LinkButton>
    </Nothing>
  )
}
