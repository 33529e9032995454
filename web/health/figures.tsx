// A hook's figures of this moment.
import type { ReactNode } from 'react'
import { hookPage, type Place } from '../hooks/place.ts'
import { useFormats, useWords } from '../language.tsx'
import { Link } from '../parts/link.tsx'
import { useDuration } from './duration.ts'
import type { Health, HealthWindow } from './health.ts'
import { WORDS } from './health-words.ts'

type FiguresProps = { readonly place: Place; readonly hookId: string; readonly health: Health }

export function Figures({ place, hookId, health }: FiguresProps) {
  const words = useWords(WORDS)
  const formats = useFormats()
  const { counts, breaker, oldest_due_at: oldest, next_attempt_at: next } = health
  const list = (state: string, count: number) => (
    <Link to={hookPage(place, hookId)} search={{ tab: 'undelivered', state }}>
      {count < counts.limit ? formats.number(count) : words.orMore(formats.number(counts.limit))}
    </Link>
  )
  return (
    <dl className="health-figures">
      <Rate label={words.successHour} window={health.last_hour} />
      <Rate label={words.successDay} window={health.last_day} />
      <Latency label={words.latency} window={health.last_hour} />
      <Latency label={words.latencyDay} window={health.last_day} />
      <Figure label={words.pending}>{list('pending', counts.pending)}</Figure>
      <Figure label={words.heldCount}>{list('held', counts.held)}</Figure>
      <Figure label={words.exhausted}>{list('exhausted', counts.exhausted)}</Figure>
      <Figure label={words.oldest} isText>
        {oldest === null ? words.nothingDue : formats.time(oldest)}
      </Figure>
      <Figure label={breaker.state === 'open' ? words.nextProbe : words.next} isText>
        {next === null ? words.noNext : formats.time(next)}
      </Figure>
    </dl>
  )
}

type OfWindowProps = { readonly label: string; readonly window: HealthWindow }

function Rate({ label, window }: OfWindowProps) {
  const words = useWords(WORDS)
  const formats = useFormats()
  const { attempts, complete, success_rate: rate } = window
  if (rate === null) {
    return (
      <Figure label={label} isText>
        {words.never}
      </Figure>
    )
  }
  const count = formats.number(attempts)
  const note = complete ? words.attempts(count, attempts === 1) : words.latestAttempts(count)
  return (
    <Figure label={label} note={note}>
      {formats.percent(rate)}
    </Figure>
  )
}

function Latency({ label, window }: OfWindowProps) {
  const words = useWords(WORDS)
  const duration = useDuration()
  const { p50, p95 } = window.duration
  if (p50 === null) {
    return (
      <Figure label={label} isText>
        {words.never}
      </Figure>
    )
  }
  return (
    <Figure label={label} isText>
      <span>{`${words.median} ${duration(p50)}`}</span>
      <br />
      <span>{`${words.tail} ${duration(p95)}`}</span>
    </Figure>
  )
}

type FigureProps = {
  readonly label: string
  readonly note?: string
  /** And no number, which is shown large. */
  readonly isText?: boolean
  readonly children: ReactNode
}

function Figure({ label, note, isText = false, children }: FigureProps) {
  return (
    <div>
      <dt>{label}</dt>
      <dd className={isText ? 'health-text' : 'health-number'}>{children}</dd>
      {note && <dd className="health-note">{note}</dd>}
    </div>
  )
}
