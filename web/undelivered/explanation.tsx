// "Why did this webhook not get an event?": asked with a GUID or a number, answered in sentences. What was
// asked is in the address, so that it can be passed on, and going back works.
import { Button, FormControl, Label, TextInput } from '@primer/react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { ApiError } from '../api.ts'
import type { Place } from '../hooks/place.ts'
import { useFormats, useWords } from '../language.tsx'
import { Loading } from '../parts/loading.tsx'
import { useReason } from './reason-words.ts'
import { nameOf, SendButton, type Sending } from './sending.tsx'
import { canBeSent, type Explanation, explanationQuery } from './undelivered.ts'
import { WORDS } from './undelivered-words.ts'

type AskProps = { readonly place: Place; readonly hookId: string; readonly sending: Sending }

export function AskWhy({ place, hookId, sending }: AskProps) {
  const words = useWords(WORDS)
  const navigate = useNavigate()
  const search = useSearch({ strict: false }) as { why?: unknown }
  const asked = search.why === undefined ? '' : String(search.why)
  const [text, setText] = useState(asked)
  const [isEmpty, setEmpty] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const { data, error, isFetching, refetch } = useQuery({
    ...explanationQuery(place, hookId, asked),
    enabled: asked !== '',
  })
  useEffect(() => setText(asked), [asked])
  useEffect(() => {
    if (error) input.current?.focus()
  }, [error])
  // When it is asked for here, and not as one comes with an address that asks.
  const answer = useRef<HTMLDivElement>(null)
  const shown = useRef(asked)
  const answered = data && !error ? asked : ''
  useEffect(() => {
    if (answered === '' || answered === shown.current) return
    shown.current = answered
    answer.current?.focus()
  }, [answered])

  const ask = (event: FormEvent) => {
    event.preventDefault()
    const wanted = text.trim()
    setEmpty(wanted === '')
    if (wanted === '') input.current?.focus()
    else if (wanted === asked) refetch()
    else
      navigate({
        to: '.',
        search: (before: object) => ({ ...before, why: wanted }),
        resetScroll: false,
      } as never)
  }
  const fault = isEmpty ? words.required : error && !isFetching ? faultOf(error, words) : undefined
  return (
    <section className="frame-tab-section" aria-labelledby="undelivered-ask">
      <h2 id="undelivered-ask">{words.ask}</h2>
      <form className="undelivered-ask" onSubmit={ask} noValidate>
        <FormControl>
          <FormControl.Label>{words.askLabel}</FormControl.Label>
          <TextInput
            ref={input}
            block
            monospace
            value={text}
            validationStatus={fault ? 'error' : undefined}
            onChange={({ target }) => setText(target.value)}
          />
          <FormControl.Caption>{words.askCaption}</FormControl.Caption>
          {fault && <FormControl.Validation variant="error">{fault}</FormControl.Validation>}
        </FormControl>
        <Button type="submit" loading={isFetching && asked !== ''}>
          {words.askButton}
        </Button>
      </form>
      <div ref={answer} tabIndex={-1} className="undelivered-focus">
        {asked !== '' && data && !error && <Answer explanation={data} sending={sending} />}
        {asked !== '' && !data && !error && <Loading rows={2} />}
      </div>
    </section>
  )
}

type AnswerProps = { readonly explanation: Explanation; readonly sending: Sending }

function Answer({ explanation, sending }: AnswerProps) {
  const words = useWords(WORDS)
  const formats = useFormats()
  const { why, todo } = useReason()(explanation)
  const { deliveries, state, guid, happened_at: happenedAt } = explanation
  return (
    <section className="undelivered-answer" aria-label={words.answer}>
      <p>
        <strong>{nameOf(explanation)}</strong> <Label>{words.allStates[state] ?? state}</Label>
      </p>
      <p className="undelivered-facts">
        <span>
          {words.happened} {formats.time(happenedAt)}
        </span>
        <code>{guid}</code>
      </p>
      <p>{why}</p>
      {todo && <p>{todo}</p>}
      <h3>{words.attemptsMade}</h3>
      {deliveries.length === 0 ? (
        <p>{words.noAttempts}</p>
      ) : (
        <ul className="undelivered-attempts">
          {deliveries.map(({ id, status, delivered_at: at }) => (
            <li key={id}>
              <time dateTime={at}>{formats.time(at)}</time> <span lang="en">{status}</span>
            </li>
          ))}
        </ul>
      )}
      {canBeSent(explanation) && <SendButton sending={sending} standing={explanation} />}
    </section>
  )
}

function faultOf(error: Error, words: (typeof WORDS)['en']): string {
  if (!(error instanceof ApiError)) return error.message
  if (error.status === 404) return words.unknown
  return error.status === 0 ? words.away : error.message
}
