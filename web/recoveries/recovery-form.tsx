// A new recovery: which events, and how fast. They are counted before anything is sent.
import { Banner, Button, FormControl, Radio, RadioGroup, Select, TextInput } from '@primer/react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { EVENT_WORDS } from '../hooks/event-words.ts'
import type { Place } from '../hooks/place.ts'
import { useFormats, useWords } from '../language.tsx'
import { FaultBanner, type Faults, useFaultFocus, useFaults } from '../parts/faults.tsx'
import { fieldAmong, TextField } from '../parts/form.tsx'
import {
  type Counted,
  countRecovery,
  REASONS,
  type Recovery,
  type RecoveryStatus,
  recoveriesKey,
  STATUSES,
  startRecovery,
} from './recovery.ts'
import { criteriaOf, NEW_DRAFT, type RecoveryDraft, rateOf } from './recovery-draft.ts'
import { WORDS } from './recovery-words.ts'

export type RecoveryFormProps = { readonly place: Place; readonly hookId: string }

const fieldOf = fieldAmong('event', 'action', 'repository', 'status', 'reason', 'from', 'to')

/** What was counted, and for which criteria. */
type Count = { readonly criteria: string; readonly counted: Counted }

export function RecoveryForm({ place, hookId }: RecoveryFormProps) {
  const words = useWords(WORDS)
  const queries = useQueryClient()
  const form = useRef<HTMLFormElement>(null)
  const [draft, setDraft] = useState<RecoveryDraft>(NEW_DRAFT)
  const [isRateWrong, setRateWrong] = useState(false)
  const criteria = JSON.stringify(criteriaOf(draft, hookId))

  const start = useMutation({
    mutationFn: (rate: number | null) => startRecovery(place, { ...JSON.parse(criteria), rate }),
    onSuccess: () => queries.invalidateQueries({ queryKey: recoveriesKey(place) }),
  })
  const count = useMutation({
    mutationFn: async (): Promise<Count> => ({
      criteria,
      counted: await countRecovery(place, JSON.parse(criteria)),
    }),
    onMutate: () => start.reset(),
  })
  const error = start.error ?? count.error
  const faults = useFaults(error, fieldOf)
  useFaultFocus(form, error)

  const change = (changed: Partial<RecoveryDraft>) => setDraft(before => ({ ...before, ...changed }))
  const begin = () => {
    const rate = rateOf(draft.rate)
    setRateWrong(rate === undefined)
    if (rate !== undefined) start.mutate(rate, { onSuccess: () => count.reset() })
    else form.current?.querySelector<HTMLInputElement>('#recovery-rate')?.focus()
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    count.mutate()
  }
  return (
    <form ref={form} className="recoveries-form" onSubmit={submit} noValidate>
      <FaultBanner faults={faults} />
      <Fields place={place} draft={draft} faults={faults} change={change} />
      <FormControl id="recovery-rate">
        <FormControl.Label>{words.rate}</FormControl.Label>
        <TextInput
          inputMode="numeric"
          value={draft.rate}
          validationStatus={isRateWrong ? 'error' : undefined}
          onChange={({ target }) => change({ rate: target.value })}
        />
        <FormControl.Caption>{words.rateCaption}</FormControl.Caption>
        {isRateWrong && <FormControl.Validation variant="error">{words.rateWrong}</FormControl.Validation>}
      </FormControl>
      <div className="recoveries-buttons">
        <Button type="submit" loading={count.isPending}>
          {words.count}
        </Button>
        <Start count={count.data} criteria={criteria} isStarting={start.isPending} begin={begin} />
      </div>
      <Started recovery={start.data} close={start.reset} />
    </form>
  )
}

type FieldsProps = {
  readonly place: Place
  readonly draft: RecoveryDraft
  readonly faults: Faults
  change(changed: Partial<RecoveryDraft>): void
}

function Fields({ place, draft, faults, change }: FieldsProps) {
  const words = useWords(WORDS)
  const reasons = REASONS[draft.status] ?? []
  const text = (field: 'event' | 'action' | 'repository' | 'from' | 'to') => ({
    field,
    value: draft[field],
    faults,
    change: (value: string) => change({ [field]: value }),
  })
  return (
    <>
      {place.kind !== 'app' && (
        <RadioGroup name="recovery-scope">
          <RadioGroup.Label>{words.scope}</RadioGroup.Label>
          {(['this', 'all'] as const).map(scope => (
            <FormControl key={scope}>
              <Radio value={scope} checked={draft.scope === scope} onChange={() => change({ scope })} />
              <FormControl.Label>{words.scopes[scope]}</FormControl.Label>
            </FormControl>
          ))}
        </RadioGroup>
      )}
      <div className="recoveries-fields">
        <FormControl>
          <FormControl.Label>{words.status}</FormControl.Label>
          <Select
            block
            value={draft.status}
            onChange={({ target }) => change({ status: target.value as RecoveryStatus })}
          >
            {STATUSES.map(status => (
              <Select.Option key={status} value={status}>
                {words.statuses[status]}
              </Select.Option>
            ))}
          </Select>
        </FormControl>
        {reasons.length > 0 && (
          <FormControl>
            <FormControl.Label>{words.reason}</FormControl.Label>
            <Select block value={draft.reason} onChange={({ target }) => change({ reason: target.value })}>
              <Select.Option value="">{words.anyReason}</Select.Option>
              {reasons.map(reason => (
                <Select.Option key={reason} value={reason}>
                  {words.reasons[reason] ?? reason}
                </Select.Option>
              ))}
            </Select>
          </FormControl>
        )}
        <TextField
          {...text('event')}
          label={words.event}
          caption={words.eventCaption}
          list="recovery-events"
        />
        <datalist id="recovery-events">
          {[...EVENT_WORDS.keys()].map(name => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <TextField {...text('action')} label={words.action} caption={words.actionCaption} />
        {place.kind !== 'repository' && (
          <TextField {...text('repository')} label={words.repository} caption={words.repositoryCaption} />
        )}
        <TextField {...text('from')} label={words.from} type="datetime-local" />
        <TextField {...text('to')} label={words.to} type="datetime-local" />
      </div>
    </>
  )
}

type StartProps = {
  readonly count: Count | undefined
  readonly criteria: string
  readonly isStarting: boolean
  begin(): void
}

/** Nothing can be started before it was counted. */
function Start({ count, criteria, isStarting, begin }: StartProps) {
  const words = useWords(WORDS)
  const { number } = useFormats()
  const isCurrent = count?.criteria === criteria
  const { total = 0, complete = true } = count?.counted ?? {}
  const told = total === 0 ? words.countedNone : words.counted(number(total), total === 1, complete)
  return (
    <>
      <span role="status">{count && (isCurrent ? told : words.countedAgain)}</span>
      {count && isCurrent && total > 0 && (
        <Button variant="primary" loading={isStarting} onClick={begin}>
          {words.start}
        </Button>
      )}
    </>
  )
}

/** Takes the focus from the button, which is gone. */
function Started({ recovery, close }: { readonly recovery: Recovery | undefined; close(): void }) {
  const words = useWords(WORDS)
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (recovery) box.current?.focus()
  }, [recovery])
  return (
    <div ref={box} tabIndex={-1} role="status" className="frame-told">
      {recovery && (
        <Banner
          variant="success"
          title={words.started}
          description={words.startedText(`${recovery.id}`)}
          onDismiss={close}
        />
      )}
    </div>
  )
}
