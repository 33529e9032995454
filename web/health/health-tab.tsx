// How a hook is doing: whether anything is sent to it, its figures, how it went over time, and what changed.
import { useQuery } from '@tanstack/react-query'
import type { Place } from '../hooks/place.ts'
import { useFormats, useLanguage, useWords } from '../language.tsx'
import { Failure } from '../parts/failure.tsx'
import { Loading } from '../parts/loading.tsx'
import { BreakerState } from './breaker-state.tsx'
import { changeReason } from './change-words.ts'
import { Figures } from './figures.tsx'
import { type HookChange, healthQuery } from './health.ts'
import { WORDS } from './health-words.ts'
import { OverTime } from './over-time.tsx'

import './health.css'

export type HealthTabProps = { readonly place: Place; readonly hookId: string }

export function HealthTab({ place, hookId }: HealthTabProps) {
  const words = useWords(WORDS)
  const formats = useFormats()
  const { data: health, error, refetch, dataUpdatedAt } = useQuery(healthQuery(place, hookId))
  if (!health) return error ? <Failure error={error} retry={refetch} /> : <Loading />
  return (
    <div className="frame-tab">
      <p role="status" className="frame-told frame-stale">
        {error && words.stale(formats.time(new Date(dataUpdatedAt).toISOString()))}
      </p>
      <section className="frame-tab-section" aria-label={words.state}>
        <BreakerState place={place} hookId={hookId} health={health} />
      </section>
      <section className="frame-tab-section" aria-label={words.figures}>
        <Figures place={place} hookId={hookId} health={health} />
      </section>
      <OverTime place={place} hookId={hookId} />
      <section className="frame-tab-section" aria-labelledby="health-changes">
        <h2 id="health-changes">{words.changes}</h2>
        <Changes changes={health.changes} />
      </section>
    </div>
  )
}

function Changes({ changes }: { readonly changes: readonly HookChange[] }) {
  const words = useWords(WORDS)
  const formats = useFormats()
  const { language } = useLanguage()
  if (changes.length === 0) return <p className="health-quiet">{words.noChanges}</p>
  return (
    <ul className="health-changes">
      {changes.map(({ at, change, reason }) => (
        <li key={`${at} ${change}`}>
          <strong>{words.change[change] ?? change}</strong>
          <time dateTime={at}>{formats.time(at)}</time>
          <span>{changeReason(reason, language)}</span>
        </li>
      ))}
    </ul>
  )
}
