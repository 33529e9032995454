// What stands where something would be that could not be had.
import { AlertIcon, SearchIcon } from '@primer/octicons-react'
import { Button } from '@primer/react'
import { ApiError } from '../api.ts'
import { useWords } from '../language.tsx'
import { Nothing } from '../parts/nothing.tsx'
import { WORDS } from './words.ts'

export function Away({ error, retry }: { readonly error: unknown; retry(): void }) {
  const words = useWords(WORDS)
  const status = error instanceof ApiError ? error.status : null
  if (status === 404) return <Nothing icon={SearchIcon} heading={words.gone} why={words.goneText} />
  const why = status === 0 ? words.away : error instanceof Error ? error.message : String(error)
  return (
    <Nothing icon={AlertIcon} heading={words.failed} why={why}>
      <Button onClick={retry}>{words.again}</Button>
    </Nothing>
  )
}
