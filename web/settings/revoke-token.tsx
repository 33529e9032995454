// Asks before a token is revoked, and revokes it.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { remove } from '../api.ts'
import { catalogue, useWords } from '../language.tsx'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { TOKENS_KEY, type UsedToken } from './token.ts'

const WORDS = catalogue(
  {
    title: 'Revoke this token?',
    what: 'Programs that use it are refused from now on, and who signed in with it is signed out.',
    confirm: 'Yes, revoke it',
    failed: 'The token could not be revoked:',
  },
  {
    title: 'Révoquer ce jeton ?',
    what: 'Les programmes qui l’utilisent seront refusés dès maintenant, et les sessions qu’il a ouvertes seront fermées.',
    confirm: 'Oui, le révoquer',
    failed: 'Le jeton n’a pas pu être révoqué :',
  },
)

export type RevokeTokenDialogProps = { readonly token: UsedToken; close(): void }

export function RevokeTokenDialog({ token, close }: RevokeTokenDialogProps) {
  const words = useWords(WORDS)
  const queries = useQueryClient()
  const revocation = useMutation({
    mutationFn: () => remove(`/user/tokens/${token.id}`),
    onSuccess: async () => {
      close()
      await queries.invalidateQueries({ queryKey: TOKENS_KEY })
      // It may have been the one that this session was opened with.
      await queries.invalidateQueries({ queryKey: ['user'] })
    },
  })
  return (
    <ConfirmDialog
      title={words.title}
      confirm={words.confirm}
      doing={revocation}
      failed={words.failed}
      close={close}
    >
      <strong>
        <bdi>{token.note}</bdi>
      </strong>
      <br />
      {words.what}
    </ConfirmDialog>
  )
}
