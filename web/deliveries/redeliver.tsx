// Sends a payload again, once it is confirmed.
import { SyncIcon } from '@primer/octicons-react'
import { Button } from '@primer/react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { send } from '../api.ts'
import { hookAddress, type Place } from '../hooks/place.ts'
import { useWords } from '../language.tsx'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { WORDS } from './words.tsx'

export type RedeliverProps = {
  readonly place: Place
  readonly hookId: string
  /** Of the webhook as it is now. */
  readonly hookUrl: string
  readonly deliveryId: number
  /** It is about to be sent: what comes of it may come before the answer. */
  expect(): void
}

export function Redeliver({ place, hookId, hookUrl, deliveryId, expect }: RedeliverProps) {
  const words = useWords(WORDS)
  const [isAsking, setAsking] = useState(false)
  const sending = useMutation({
    mutationFn: () => send('POST', `${hookAddress(place, hookId)}/deliveries/${deliveryId}/attempts`),
    onMutate: expect,
    onSuccess: () => setAsking(false),
  })
  const ask = () => {
    sending.reset()
    setAsking(true)
  }
  return (
    <>
      <Button size="small" leadingVisual={SyncIcon} onClick={ask}>
        {words.redeliver}
      </Button>
      <span role="status" className="deliveries-note">
        {sending.isSuccess ? words.redelivered : ''}
      </span>
      {isAsking && (
        <ConfirmDialog
          title={words.redeliverTitle}
          confirm={words.redeliverYes}
          isHarmless
          doing={sending}
          failed={words.redeliverFailed}
          close={() => setAsking(false)}
        >
          {words.redeliverText(<strong className="deliveries-url">{hookUrl}</strong>)}
        </ConfirmDialog>
      )}
    </>
  )
}
