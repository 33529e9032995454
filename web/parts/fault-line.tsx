// Why something that was asked for by a button did not happen, beside that button.
import { ApiError } from '../api.ts'
import { catalogue, useWords } from '../language.tsx'
import './frame.css'

const WORDS = catalogue(
  { failed: 'That did not work:', away: 'The server did not answer. Try again.' },
  { failed: 'L’opération a échoué :', away: 'Le serveur n’a pas répondu. Réessayez.' },
)

/** What the API has said, and for a server that says nothing our own words. */
export function useFaultText(): (error: unknown) => string {
  const { away } = useWords(WORDS)
  return error => {
    if (error instanceof ApiError && error.status === 0) return away
    return error instanceof Error ? error.message : String(error)
  }
}

type FaultLineProps = {
  readonly error: unknown
  /** Instead of the usual words. */
  readonly failed?: string
}

export function FaultLine({ error, failed }: FaultLineProps) {
  const words = useWords(WORDS)
  const textOf = useFaultText()
  if (!error) return null
  return (
    <p role="alert" className="frame-fault">
      {failed ?? words.failed} {textOf(error)}
    </p>
  )
}
