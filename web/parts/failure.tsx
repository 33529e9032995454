// What a page shows instead of itself when its data could not be had: what happened, and what to do.

import { AlertIcon, SearchIcon } from '@primer/octicons-react'
import { Blankslate } from '@primer/react/experimental'
import { ApiError } from '../api.ts'
import { catalogue, useWords } from '../language.tsx'
import { signInAddress, useUser } from '../session.ts'

const WORDS = catalogue(
  {
    missing: 'Nothing here that you may see',
    missingWhy: 'It may have been deleted or renamed, or you may not have the rights to it.',
    signIn: 'Sign in',
    signInWhy: 'Sign in to see it, if you may.',
    failed: 'This could not be loaded',
    away: 'The server does not answer. It may be starting anew.',
    again: 'Try again',
  },
  {
    missing: 'Rien ici que vous puissiez voir',
    missingWhy: 'La page a pu être supprimée ou renommée, ou vous n’en avez pas les droits.',
    signIn: 'Se connecter',
    signInWhy: 'Connectez-vous pour la voir, si vous en avez les droits.',
    failed: 'Impossible de charger cette page',
    away: 'Le serveur ne répond pas. Il redémarre peut-être.',
    again: 'Réessayer',
  },
)

export type FailureProps = { readonly error: unknown; readonly retry?: () => void }

export function Failure({ error, retry }: FailureProps) {
  const words = useWords(WORDS)
  const user = useUser()
  const status = error instanceof ApiError ? error.status : null
  if (status === 404 || status === 401 || status === 403) {
    return (
      <Blankslate border>
        <Blankslate.Visual>
          <SearchIcon size="medium" />
        </Blankslate.Visual>
        <Blankslate.Heading>{words.missing}</Blankslate.Heading>
        <Blankslate.Description>{user === null ? words.signInWhy : words.missingWhy}</Blankslate.Description>
        {user === null && (
          <Blankslate.PrimaryAction href={signInAddress()}>{words.signIn}</Blankslate.PrimaryAction>
        )}
      </Blankslate>
    )
  }
  return (
    <Blankslate border>
      <Blankslate.Visual>
        <AlertIcon size="medium" />
      </Blankslate.Visual>
      <Blankslate.Heading>{words.failed}</Blankslate.Heading>
      <Blankslate.Description>{status === 0 ? words.away : messageOf(error)}</Blankslate.Description>
      {retry && <Blankslate.PrimaryAction onClick={retry}>{words.again}</Blankslate.PrimaryAction>}
    </Blankslate>
  )
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
