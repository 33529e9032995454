// Asks before a webhook is deleted, and deletes it.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { remove } from '../api.ts'
import { catalogue, useWords } from '../language.tsx'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { type Hook, hookKey } from './hook.ts'
import { focusHeading } from './hooks-frame.tsx'
import { hookAddress, type Place } from './place.ts'

const WORDS = catalogue(
  {
    title: 'Delete webhook?',
    text: (url: ReactNode) => (
      <>
        Events will no longer be delivered to {url}. Its recent deliveries are deleted with it. This cannot be
        undone.
      </>
    ),
    confirm: 'Yes, delete webhook',
    failed: 'The webhook could not be deleted:',
  },
  {
    title: 'Supprimer le webhook ?',
    text: (url: ReactNode) => (
      <>
        Les événements ne seront plus livrés à {url}. Les livraisons récentes de ce webhook seront supprimées
        avec lui. Cette action est irréversible.
      </>
    ),
    confirm: 'Oui, supprimer le webhook',
    failed: 'Le webhook n’a pas pu être supprimé :',
  },
)

export type DeleteHookDialogProps = { readonly place: Place; readonly hook: Hook; close(): void }

export function DeleteHookDialog({ place, hook, close }: DeleteHookDialogProps) {
  const words = useWords(WORDS)
  const queries = useQueryClient()
  const { navigate } = useRouter()
  const deletion = useMutation({
    mutationFn: () => remove(hookAddress(place, hook.id)),
    onSuccess: async () => {
      close()
      await navigate({ to: place.page, state: { flash: 'deleted' } })
      await queries.invalidateQueries({ queryKey: hookKey(place) })
      focusHeading()
    },
  })
  return (
    <ConfirmDialog
      title={words.title}
      confirm={words.confirm}
      doing={deletion}
      failed={words.failed}
      close={close}
    >
      {words.text(<strong className="hooks-url">{hook.config.url}</strong>)}
    </ConfirmDialog>
  )
}
