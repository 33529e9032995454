// Asks before a webhook is deleted, and deletes it.

import { ConfirmationDialog } from '@primer/react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { ApiError } from '../api.ts'
import { catalogue, useWords } from '../language.tsx'
import { FaultLine } from '../parts/fault-line.tsx'
import { deleteHook, type Hook, hookKey } from './hook.ts'
import { focusHeading } from './hooks-frame.tsx'
import type { Place } from './place.ts'

const WORDS = catalogue(
  {
    title: 'Delete webhook?',
    text: 'Events will no longer be delivered to',
    rest: 'Its recent deliveries are deleted with it. This cannot be undone.',
    confirm: 'Yes, delete webhook',
    cancel: 'Cancel',
    failed: 'The webhook could not be deleted:',
  },
  {
    title: 'Supprimer le webhook ?',
    text: 'Les événements ne seront plus livrés à',
    rest: 'Ses livraisons récentes seront supprimées avec lui. Cette action est irréversible.',
    confirm: 'Oui, supprimer le webhook',
    cancel: 'Annuler',
    failed: 'Le webhook n’a pas pu être supprimé :',
  },
)

export type DeleteHookDialogProps = { readonly place: Place; readonly hook: Hook; close(): void }

export function DeleteHookDialog({ place, hook, close }: DeleteHookDialogProps) {
  const words = useWords(WORDS)
  const queries = useQueryClient()
  const { navigate } = useRouter()
  const deletion = useMutation({
    mutationFn: async () => {
      try {
        await deleteHook(place, hook.id)
      } catch (error) {
        // Somebody else was faster: it is gone, which is what was wanted.
        if (!(error instanceof ApiError && error.status === 404)) throw error
      }
    },
    onSuccess: async () => {
      close()
      await navigate({ to: place.page, state: { flash: 'deleted' } })
      await queries.invalidateQueries({ queryKey: hookKey(place) })
      focusHeading()
    },
  })
  return (
    <ConfirmationDialog
      title={words.title}
      className="hooks-dialog"
      confirmButtonContent={words.confirm}
      confirmButtonType="danger"
      confirmButtonLoading={deletion.isPending}
      cancelButtonContent={words.cancel}
      onClose={gesture => (gesture === 'confirm' ? deletion.mutate() : close())}
    >
      <p className="hooks-dialog-text">
        {words.text} <strong className="hooks-url">{hook.config.url}</strong>. {words.rest}
      </p>
      <FaultLine error={deletion.error} failed={words.failed} />
    </ConfirmationDialog>
  )
}
