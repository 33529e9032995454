// Asks before something is done that cannot be taken back, does it, and stays open to say why it failed.
import { ConfirmationDialog } from '@primer/react'
import type { ReactNode } from 'react'
import { catalogue, useWords } from '../language.tsx'
import { FaultLine } from './fault-line.tsx'

import './frame.css'

const WORDS = catalogue({ cancel: 'Cancel' }, { cancel: 'Annuler' })

export type ConfirmDialogProps = {
  readonly title: string
  /** Of the button that does it. */
  readonly confirm: string
  /** Instead of “Cancel”. */
  readonly refuse?: string
  /** What is sent again is nothing to be afraid of. */
  readonly isHarmless?: boolean
  /** As TanStack Query gives it. Whoever has made it closes the dialog when it succeeds. */
  readonly doing: { readonly isPending: boolean; readonly error: unknown; mutate(): void }
  /** Before the API's reason. */
  readonly failed?: string
  readonly children: ReactNode
  close(): void
}

export function ConfirmDialog(props: ConfirmDialogProps) {
  const words = useWords(WORDS)
  const { title, confirm, refuse = words.cancel, isHarmless, doing, failed, children, close } = props
  return (
    <ConfirmationDialog
      title={title}
      className="confirm"
      // Some of its buttons are long.
      width="large"
      confirmButtonContent={confirm}
      confirmButtonType={isHarmless ? 'primary' : 'danger'}
      confirmButtonLoading={doing.isPending}
      cancelButtonContent={refuse}
      onClose={gesture => (gesture === 'confirm' ? doing.mutate() : close())}
    >
      <p>{children}</p>
      <FaultLine error={doing.error} {...(failed !== undefined && { failed })} />
    </ConfirmationDialog>
  )
}
