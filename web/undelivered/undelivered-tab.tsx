// What a hook did not get: what waits, is held, was given up or was skipped, each with its reason and what
// to do about it.
import { Label, SegmentedControl } from '@primer/react'
import { Blankslate } from '@primer/react/experimental'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { Page } from '../api.ts'
import { type Health, healthQuery } from '../health/health.ts'
import type { Place } from '../hooks/place.ts'
import { useFormats, useWords } from '../language.tsx'
import { Failure } from '../parts/failure.tsx'
import { LinkButton } from '../parts/link.tsx'
import { Loading } from '../parts/loading.tsx'
import { AskWhy } from './explanation.tsx'
import { useReason } from './reason-words.ts'
import { nameOf, SendButton, type Sending, SendOutcome, useSending } from './sending.tsx'
import { canBeSent, type ListState, STATES, type Standing, undeliveredQuery } from './undelivered.ts'
import { WORDS } from './undelivered-words.ts'

import './undelivered.css'

export type UndeliveredTabProps = { readonly place: Place; readonly hookId: string }

type Search = { readonly state?: unknown; readonly cursor?: unknown }

export function UndeliveredTab({ place, hookId }: UndeliveredTabProps) {
  const words = useWords(WORDS)
  const navigate = useNavigate()
  const search = useSearch({ strict: false }) as Search
  const state = STATES.find(name => name === search.state) ?? 'exhausted'
  const cursor = typeof search.cursor === 'string' ? search.cursor : undefined
  const sending = useSending(place, hookId)
  const health = useQuery(healthQuery(place, hookId)).data
  const { data, error, refetch } = useQuery({
    ...undeliveredQuery(place, hookId, state, cursor),
    placeholderData: (before, query) => (query?.queryKey[3] === state ? keepPreviousData(before) : undefined),
  })
  const choose = (index: number) =>
    navigate({
      to: '.',
      search: (before: object) => ({ ...before, state: STATES[index], cursor: undefined }),
      resetScroll: false,
    } as never)
  return (
    <div className="frame-tab">
      <section className="frame-tab-section" aria-labelledby="undelivered-list">
        <div className="undelivered-head">
          <h2 id="undelivered-list">{words.heading}</h2>
          <SegmentedControl
            aria-label={words.statesLabel}
            size="small"
            variant={{ narrow: 'dropdown', regular: 'default' }}
            onChange={choose}
          >
            {STATES.map(name => (
              <SegmentedControl.Button
                key={name}
                selected={name === state}
                count={health && name !== 'skipped' ? countOf(health, name) : undefined}
              >
                {words.states[name]}
              </SegmentedControl.Button>
            ))}
          </SegmentedControl>
        </div>
        <p className="undelivered-quiet">{words.intros[state]}</p>
        <SendOutcome sending={sending} />
        <p role="status" className="frame-told frame-stale">
          {error && data && words.stale}
        </p>
        {data ? (
          <List page={data} state={state} cursor={cursor} sending={sending} />
        ) : error ? (
          <Failure error={error} retry={refetch} />
        ) : (
          <Loading />
        )}
      </section>
      <AskWhy place={place} hookId={hookId} sending={sending} />
    </div>
  )
}

function countOf({ counts }: Health, name: Exclude<ListState, 'skipped'>): string {
  return counts[name] < counts.limit ? `${counts[name]}` : `${counts.limit}+`
}

type ListProps = {
  readonly page: Page<Standing>
  readonly state: ListState
  readonly cursor: string | undefined
  readonly sending: Sending
}

function List({ page, state, cursor, sending }: ListProps) {
  const words = useWords(WORDS)
  return (
    <>
      {page.items.length === 0 ? (
        <Blankslate border>
          <Blankslate.Heading as="h3">{words.none[state]}</Blankslate.Heading>
          <Blankslate.Description>{words.noneWhy}</Blankslate.Description>
        </Blankslate>
      ) : (
        <ul className="undelivered-list" aria-label={words.states[state]}>
          {page.items.map(standing => (
            <Row key={`${standing.event_id} ${standing.redelivery}`} standing={standing} sending={sending} />
          ))}
        </ul>
      )}
      <Pages next={page.next} cursor={cursor} />
    </>
  )
}

type RowProps = { readonly standing: Standing; readonly sending: Sending }

function Row({ standing, sending }: RowProps) {
  const words = useWords(WORDS)
  const formats = useFormats()
  const { why, todo } = useReason()(standing)
  const { guid, attempts, redelivery, happened_at: happenedAt, next_attempt_at: nextAt } = standing
  const name = nameOf(standing)
  return (
    <li className="undelivered-row">
      <div className="undelivered-text">
        <p>
          <strong>{name}</strong> {redelivery && <Label>{words.redelivery}</Label>}
        </p>
        <p>{why}</p>
        {todo && <p className="undelivered-quiet">{todo}</p>}
        <p className="undelivered-facts">
          <span>
            {words.happened} <time dateTime={happenedAt}>{formats.time(happenedAt)}</time>
          </span>
          {nextAt !== null && (
            <span>
              {words.next} <time dateTime={nextAt}>{formats.time(nextAt)}</time>
            </span>
          )}
          {attempts > 0 && <span>{words.attempts(formats.number(attempts), attempts === 1)}</span>}
          <code>{guid}</code>
        </p>
      </div>
      <div className="undelivered-actions">
        {attempts > 0 && (
          <LinkButton
            to="."
            search={(before: object) => ({ ...before, why: guid })}
            resetScroll={false}
            size="small"
            variant="invisible"
            aria-label={words.of(words.why, name, guid)}
          >
            {words.why}
          </LinkButton>
        )}
        {canBeSent(standing) && <SendButton sending={sending} standing={standing} />}
      </div>
    </li>
  )
}

type PagesProps = { readonly next: string | null; readonly cursor: string | undefined }

// The API's lists go one way: back is the browser's, or the beginning.
function Pages({ next, cursor }: PagesProps) {
  const words = useWords(WORDS)
  const nextCursor = next === null ? null : new URL(next, location.href).searchParams.get('cursor')
  if (nextCursor === null && cursor === undefined) return null
  const at = (place: string | undefined) => (before: object) => ({ ...before, cursor: place })
  return (
    <nav className="undelivered-pages" aria-label={words.pages}>
      {cursor !== undefined && (
        <LinkButton to="." search={at(undefined)}>
          {words.first}
        </LinkButton>
      )}
      {nextCursor !== null && (
        <LinkButton to="." search={at(nextCursor)}>
          {words.nextPage}
        </LinkButton>
      )}
    </nav>
  )
}
