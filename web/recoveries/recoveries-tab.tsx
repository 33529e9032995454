// Recoveries of a hook and of those beside it: a new one, those under way, and those that are over.
import { Blankslate } from '@primer/react/experimental'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { Place } from '../hooks/place.ts'
import { useWords } from '../language.tsx'
import { Failure } from '../parts/failure.tsx'
import { Loading } from '../parts/loading.tsx'
import { Pager, usePageSearch } from '../parts/pager.tsx'
import { recoveriesQuery } from './recovery.ts'
import { RecoveryForm } from './recovery-form.tsx'
import { RecoveryRow } from './recovery-row.tsx'
import { WORDS } from './recovery-words.ts'

import './recoveries.css'

export type RecoveriesTabProps = { readonly place: Place; readonly hookId: string }

export function RecoveriesTab({ place, hookId }: RecoveriesTabProps) {
  const words = useWords(WORDS)
  return (
    <div className="frame-tab">
      <section className="frame-tab-section" aria-labelledby="recoveries-new">
        <h2 id="recoveries-new">{words.form}</h2>
        <p className="recoveries-quiet">{words.intro}</p>
        <RecoveryForm place={place} hookId={hookId} />
      </section>
      <section className="frame-tab-section" aria-labelledby="recoveries-jobs">
        <h2 id="recoveries-jobs">{words.jobs}</h2>
        <Jobs place={place} />
      </section>
    </div>
  )
}

function Jobs({ place }: { readonly place: Place }) {
  const words = useWords(WORDS)
  const { page } = usePageSearch()
  const { data, error, refetch } = useQuery({
    ...recoveriesQuery(place, page),
    placeholderData: keepPreviousData,
  })
  if (!data) return error ? <Failure error={error} retry={refetch} /> : <Loading />
  return (
    <>
      <p role="status" className="frame-told frame-stale">
        {error && words.stale}
      </p>
      {data.items.length === 0 ? (
        <Blankslate border>
          <Blankslate.Heading as="h3">{words.none}</Blankslate.Heading>
          <Blankslate.Description>{words.noneWhy}</Blankslate.Description>
        </Blankslate>
      ) : (
        <ul className="recoveries-list" aria-labelledby="recoveries-jobs">
          {data.items.map(recovery => (
            <RecoveryRow key={recovery.id} place={place} recovery={recovery} />
          ))}
        </ul>
      )}
      <Pager list={data} />
    </>
  )
}
