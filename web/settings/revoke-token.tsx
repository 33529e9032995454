// Asks before a token is revoked, and revokes it.

import { ConfirmationDialog } from '@primer/react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ApiError, send } from '../api.ts'
import { catalogue, useWords } from '../language.tsx'
import { FaultLine } from '../parts/fault-line.tsx'
import { TOKENS_KEY, type UsedToken } from './token.ts'

const WORDS = catalogue(
  {
    title: 'Revoke this token?',
    what: 'Programs that use it are refused from now on, and who signed in with it is signed out.',
    confirm: 'Yes, revoke it',
    cancel: 'Cancel',
    failed: 'The token could not be revoked:',
  },
  {
    title: 'Révoquer ce jeton ?',
    what: 'Les programmes qui l’utilisent seront refusés dès maintenant, et les sessions qu’il a ouvertes seront fermées.',
    confirm: 'Oui, le révoquer',
    cancel: 'Annuler',
    failed: 'Le jeton n’a pas pu être révoqué :',
  },
)

export type RevokeTokenDialogProps = { readonly token: UsedToken; close(): void }

export function RevokeTokenDialog({ token, close }: RevokeTokenDialogProps) {
  const words = useWords(WORDS)
  const queries = useQueryClient()
  const revocation = useMutation({
    mutationFn: async () => {
      try {
        await send('DELETE', `/user/tokens/${token.id}`)
      } catch (error) {
        // In another tab: it is gone, which is what was wanted.
        if (!(error instanceof ApiError && error.status === 404)) throw error
      }
    },
    onSuccess: async () => {
      close()
      await queries.invalidateQueries({ queryKey: TOKENS_KEY })
      // It may have been the one that this session was opened with.
      await queries.invalidateQueries({ queryKey: ['user'] })
    },
  })
  return (
    <ConfirmationDialog
      title={words.title}
      confirmButtonContent={words.confirm}
      confirmButtonType="danger"
      confirmButtonLoading={revocation.isPending}
      cancelButtonContent={words.cancel}
      onClose={gesture => (gesture === 'confirm' ? revocation.mutate() : close())}
    >
      <p>
        <strong>
          <bdi>{token.note}</bdi>
        </strong>
        <br />
        {words.what}
      </p>
      <FaultLine error={revocation.error} failed={words.failed} />
    </ConfirmationDialog>
  )
}
