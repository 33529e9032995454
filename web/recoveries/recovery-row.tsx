// One recovery: what it sends, how far it has come, what it waits for, and what can be done with it.

import { Button, FormControl, Label, ProgressBar, TextInput } from '@primer/react'
import { type UseMutationResult, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import type { Place } from '../hooks/place.ts'
import { useFormats, useWords } from '../language.tsx'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { FaultLine } from '../parts/fault-line.tsx'
import {
  changeRecovery,
  type Recovery,
  type RecoveryChange,
  recoveriesKey,
  recoveryQuery,
} from './recovery.ts'
import { rateOf } from './recovery-draft.ts'
import { WORDS } from './recovery-words.ts'

export type RecoveryRowProps = { readonly place: Place; readonly recovery: Recovery }

const LOOKS = { running: 'accent', paused: 'attention', cancelled: 'secondary', done: 'success' } as const

export function RecoveryRow({ place, recovery }: RecoveryRowProps) {
  const words = useWords(WORDS)
  const formats = useFormats()
  const { id, state, creator, created_at: createdAt, rate } = recovery
  const name = words.name(`${id}`)
  const isOpen = state === 'running' || state === 'paused'
  return (
    <li className="recoveries-row">
      <p>
        <strong>{name}</strong> <Label variant={LOOKS[state]}>{words.states[state]}</Label>{' '}
        <span className="recoveries-quiet">{words.by(creator?.login ?? '–', formats.time(createdAt))}</span>
      </p>
      <p>
        <CriteriaText place={place} recovery={recovery} />
        {' · '}
        {rate === null ? words.asFast : words.atRate(formats.number(rate))}
      </p>
      <Progress recovery={recovery} name={name} />
      {state === 'running' && <Waits place={place} id={id} />}
      {isOpen && <Actions place={place} recovery={recovery} name={name} />}
    </li>
  )
}

function CriteriaText({ place, recovery: { criteria } }: RecoveryRowProps) {
  const words = useWords(WORDS)
  const formats = useFormats()
  const { hook_id: hookId, event, action, status, reason, from, to } = criteria
  const parts = [
    place.kind !== 'app' && (hookId === null ? words.allWebhooks : words.webhook(hookId)),
    words.statuses[status],
    reason !== null && (words.reasons[reason] ?? reason),
    (event !== null || action !== null) && [event ?? '*', action].filter(Boolean).join('.'),
    from !== null && words.since(formats.time(from)),
    to !== null && words.until(formats.time(to)),
  ]
  return parts.filter(Boolean).join(' · ')
}

type ProgressProps = { readonly recovery: Recovery; readonly name: string }

function Progress({ recovery, name }: ProgressProps) {
  const words = useWords(WORDS)
  const { number } = useFormats()
  const { total, done, skipped } = recovery
  if (total === null) return <p className="recoveries-quiet">{words.counting}</p>
  const share = total === 0 ? 100 : Math.min(100, Math.round((100 * (done + skipped)) / total))
  return (
    <div className="recoveries-progress">
      <ProgressBar progress={share} aria-label={name} />
      <span>{words.progress(number(done), number(total))}</span>
      {skipped > 0 && <span>{words.unsent(number(skipped), skipped === 1)}</span>}
    </div>
  )
}

/** Why it stands still, hook by hook. */
function Waits({ place, id }: { readonly place: Place; readonly id: number }) {
  const words = useWords(WORDS)
  const { data } = useQuery(recoveryQuery(place, id))
  const waiting = data?.hooks.filter(({ waits_for }) => waits_for !== null) ?? []
  return (
    <div aria-live="polite">
      {waiting.map(({ hook_id: hookId, waits_for: wait }) => (
        <p key={hookId} className="recoveries-wait">
          {words.waits[wait ?? '']?.(hookId) ?? wait}
        </p>
      ))}
    </div>
  )
}

type ActionsProps = RecoveryRowProps & { readonly name: string }

type Changing = UseMutationResult<Recovery, Error, RecoveryChange>

function Actions({ place, recovery, name }: ActionsProps) {
  const words = useWords(WORDS)
  const queries = useQueryClient()
  const [isAsking, setAsking] = useState(false)
  const [isSlowing, setSlowing] = useState(false)
  const changing: Changing = useMutation({
    mutationFn: (change: RecoveryChange) => changeRecovery(place, recovery.id, change),
    onSettled: () => queries.invalidateQueries({ queryKey: recoveriesKey(place) }),
  })
  const cancelling = useMutation({
    mutationFn: () => changeRecovery(place, recovery.id, { state: 'cancelled' }),
    onSuccess: () => setAsking(false),
    onSettled: () => queries.invalidateQueries({ queryKey: recoveriesKey(place) }),
  })
  const toggled = recovery.state === 'running' ? 'paused' : 'running'
  const text = toggled === 'paused' ? words.pause : words.resume
  return (
    <>
      <div className="recoveries-buttons">
        <Button
          size="small"
          aria-label={words.of(text, name)}
          onClick={() => changing.mutate({ state: toggled })}
        >
          {text}
        </Button>
        <Button
          size="small"
          aria-expanded={isSlowing}
          aria-label={words.of(words.changeRate, name)}
          onClick={() => setSlowing(!isSlowing)}
        >
          {words.changeRate}
        </Button>
        <Button
          size="small"
          variant="danger"
          aria-label={words.of(words.cancel, name)}
          onClick={() => setAsking(true)}
        >
          {words.cancel}
        </Button>
      </div>
      {isSlowing && <RateForm recovery={recovery} changing={changing} />}
      <FaultLine error={changing.error} />
      {isAsking && (
        <ConfirmDialog
          title={words.cancelTitle}
          confirm={words.cancelYes}
          refuse={words.cancelNo}
          doing={cancelling}
          close={() => setAsking(false)}
        >
          {words.cancelText}
        </ConfirmDialog>
      )}
    </>
  )
}

type RateFormProps = { readonly recovery: Recovery; readonly changing: Changing }

function RateForm({ recovery, changing }: RateFormProps) {
  const words = useWords(WORDS)
  const [text, setText] = useState(`${recovery.rate ?? ''}`)
  const [isWrong, setWrong] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const rate = rateOf(text)
    setWrong(rate === undefined)
    if (rate === undefined) input.current?.focus()
    else changing.mutate({ rate })
  }
  return (
    <form className="recoveries-rate" onSubmit={submit} noValidate>
      <FormControl>
        <FormControl.Label>{words.rate}</FormControl.Label>
        <TextInput
          ref={input}
          inputMode="numeric"
          value={text}
          validationStatus={isWrong ? 'error' : undefined}
          onChange={({ target }) => setText(target.value)}
        />
        <FormControl.Caption>{words.rateCaption}</FormControl.Caption>
        {isWrong && <FormControl.Validation variant="error">{words.rateWrong}</FormControl.Validation>}
      </FormControl>
      <Button type="submit" loading={changing.isPending}>
        {words.saveRate}
      </Button>
    </form>
  )
}
