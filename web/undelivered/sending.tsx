// Sending one event to the hook once more, and what came of asking for it.
import { Banner, Button } from '@primer/react'
import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { ApiError } from '../api.ts'
import type { Place } from '../hooks/place.ts'
import { useWords } from '../language.tsx'
import { type Standing, sendOnce, undeliveredKey } from './undelivered.ts'
import { WORDS } from './undelivered-words.ts'

export type Sending = UseMutationResult<unknown, Error, Standing>

/** One for a page: the row that it is about may be gone when it has been sent. */
export function useSending(place: Place, hookId: string): Sending {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ event_id }: Standing) => sendOnce(place, hookId, event_id),
    onSuccess: () => queries.invalidateQueries({ queryKey: undeliveredKey(place.api, hookId) }),
  })
}

export function nameOf({ event, action }: Pick<Standing, 'event' | 'action'>): string {
  return action === null ? event : `${event}.${action}`
}

type SendButtonProps = { readonly sending: Sending; readonly standing: Standing }

export function SendButton({ sending, standing }: SendButtonProps) {
  const words = useWords(WORDS)
  const { isPending, variables, mutate } = sending
  const text = standing.state === 'pending' ? words.tryNow : words.send
  return (
    <Button
      size="small"
      aria-label={words.of(text, nameOf(standing), standing.guid)}
      loading={isPending && variables.event_id === standing.event_id}
      onClick={() => mutate(standing)}
    >
      {text}
    </Button>
  )
}

/** Takes the focus, since the button that was pressed may be gone. */
export function SendOutcome({ sending }: { readonly sending: Sending }) {
  const words = useWords(WORDS)
  const box = useRef<HTMLDivElement>(null)
  const { isSuccess, isError, submittedAt, error, variables, reset } = sending
  useEffect(() => {
    if ((isSuccess || isError) && submittedAt > 0) box.current?.focus()
  }, [isSuccess, isError, submittedAt])
  return (
    <div ref={box} tabIndex={-1} role="status" className="frame-told">
      {isSuccess && variables && (
        <Banner
          variant="success"
          title={words.sent}
          description={words.sentText(nameOf(variables))}
          onDismiss={reset}
        />
      )}
      {isError && (
        <Banner
          variant="critical"
          title={words.notSent}
          description={faultOf(error, words)}
          onDismiss={reset}
        />
      )}
    </div>
  )
}

function faultOf(error: Error, words: (typeof WORDS)['en']): string {
  if (!(error instanceof ApiError)) return error.message
  if (error.status === 404) return words.notKept
  return error.status === 0 ? words.away : error.message
}
