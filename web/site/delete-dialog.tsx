// Asks before a user or an organization is deleted, and deletes it.

import { ConfirmationDialog } from '@primer/react'
import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query'
import { ApiError, send } from '../api.ts'
import { catalogue, useWords } from '../language.tsx'
import { FaultLine } from '../parts/fault-line.tsx'

const WORDS = catalogue({ cancel: 'Cancel' }, { cancel: 'Annuler' })

export type DeleteDialogProps = {
  readonly title: string
  readonly what: string
  readonly confirm: string
  /** In the API. */
  readonly path: string
  readonly listKey: QueryKey
  close(): void
}

export function DeleteDialog({ title, what, confirm, path, listKey, close }: DeleteDialogProps) {
  const words = useWords(WORDS)
  const queries = useQueryClient()
  const deletion = useMutation({
    mutationFn: async () => {
      try {
        await send('DELETE', path)
      } catch (error) {
        // Somebody else was faster: it is gone, which is what was wanted.
        if (!(error instanceof ApiError && error.status === 404)) throw error
      }
    },
    onSuccess: () => {
      close()
      return queries.invalidateQueries({ queryKey: listKey })
    },
  })
  return (
    <ConfirmationDialog
      title={title}
      confirmButtonContent={confirm}
      confirmButtonType="danger"
      confirmButtonLoading={deletion.isPending}
      cancelButtonContent={words.cancel}
      onClose={gesture => (gesture === 'confirm' ? deletion.mutate() : close())}
    >
      <p>{what}</p>
      <FaultLine error={deletion.error} />
    </ConfirmationDialog>
  )
}
