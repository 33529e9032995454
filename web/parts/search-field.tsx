// A search whose text is kept in the address.
import { SearchIcon } from '@primer/octicons-react'
import { Button, TextInput } from '@primer/react'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useEffect, useState } from 'react'
import { catalogue, useWords } from '../language.tsx'
import { usePageSearch } from './pager.tsx'

const WORDS = catalogue({ search: 'Search' }, { search: 'Chercher' })

const LENGTH_MAX = 100

/** What is searched for by the address; empty for everything. */
export function useSearchText(): string {
  const { q } = usePageSearch().search
  return q === undefined ? '' : String(q)
}

export function SearchField({ label }: { readonly label: string }) {
  const words = useWords(WORDS)
  const text = useSearchText()
  const navigate = useNavigate()
  const [typed, setTyped] = useState(text)
  // Going back changes it from without.
  useEffect(() => setTyped(text), [text])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    navigate({ to: '.', search: typed === '' ? {} : { q: typed } })
  }
  return (
    <search>
      <form className="frame-search" onSubmit={submit}>
        <TextInput
          type="search"
          leadingVisual={SearchIcon}
          aria-label={label}
          placeholder={label}
          value={typed}
          maxLength={LENGTH_MAX}
          onChange={event => setTyped(event.target.value)}
        />
        <Button type="submit">{words.search}</Button>
      </form>
    </search>
  )
}
