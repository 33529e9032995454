// Asks before a user or an organization is deleted, and deletes it.
import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query'
import { remove } from '../api.ts'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'

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
  const queries = useQueryClient()
  const deletion = useMutation({
    mutationFn: () => remove(path),
    onSuccess: () => {
      close()
      return queries.invalidateQueries({ queryKey: listKey })
    },
  })
  return (
    <ConfirmDialog title={title} confirm={confirm} doing={deletion} close={close}>
      {what}
    </ConfirmDialog>
  )
}
