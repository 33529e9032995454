// Whether anything is sent to the hook: in words, with the reason, and what can be done about it.

import { CheckCircleFillIcon } from '@primer/octicons-react'
import { Banner, Button } from '@primer/react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useCallback, useEffect, useRef } from 'react'
import { hookPage, type Place } from '../hooks/place.ts'
import { useFormats, useLanguage, useWords } from '../language.tsx'
import { useFaultText } from '../parts/fault-line.tsx'
import { LinkButton } from '../parts/link.tsx'
import { undeliveredKey } from '../undelivered/undelivered.ts'
import { changeReason } from './change-words.ts'
import { type Health, healthKey, type Release, releaseHeld } from './health.ts'
import { WORDS } from './health-words.ts'

// That the breaker was closed is written down a moment after the answer.
const WRITTEN_MS = 700

type HookProps = { readonly place: Place; readonly hookId: string; readonly health: Health }

export function BreakerState(props: HookProps) {
  const { place, hookId, health } = props
  const words = useWords(WORDS)
  const formats = useFormats()
  const { held, limit } = health.counts
  return (
    <>
      <div aria-live="polite">
        {health.active ? (
          <Breaker {...props} />
        ) : (
          <Banner variant="warning" title={words.inactive}>
            <Banner.Description>{words.inactiveWhy}</Banner.Description>
          </Banner>
        )}
      </div>
      <Held {...props}>
        {held > 0 && (
          <>
            <span>{words.held(formats.number(held), held === 1, held >= limit)}</span>
            {!health.active && <LinkButton to={hookPage(place, hookId)}>{words.settings}</LinkButton>}
          </>
        )}
      </Held>
    </>
  )
}

function Breaker({ health: { breaker } }: HookProps) {
  const words = useWords(WORDS)
  const formats = useFormats()
  const { language } = useLanguage()
  const { since, next_probe_at: probeAt, failed_probes: failed, reason } = breaker
  if (breaker.state === 'closed' || since === null) {
    return (
      <p className="health-good">
        <CheckCircleFillIcon /> {words.closed}
      </p>
    )
  }
  return (
    <Banner variant="critical" title={words.open}>
      <Banner.Description>
        <p>{words.openWhy(formats.time(since), reason === null ? '' : changeReason(reason, language))}</p>
        <p>{words.openKept}</p>
        {probeAt !== null && <p>{words.probe(formats.time(probeAt))}</p>}
        {failed > 0 && <p>{words.failedProbes(formats.number(failed), failed === 1)}</p>}
      </Banner.Description>
    </Banner>
  )
}

/** The button goes when nothing is held any more; what came of it stays, and takes the focus. */
function Held({ place, hookId, health, children }: HookProps & { readonly children: ReactNode }) {
  const words = useWords(WORDS)
  const queries = useQueryClient()
  const outcome = useRef<HTMLDivElement>(null)
  const refresh = useCallback(
    () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: healthKey(place.api, hookId) }),
        queries.invalidateQueries({ queryKey: undeliveredKey(place.api, hookId) }),
      ]),
    [queries, place.api, hookId],
  )
  const release = useMutation({ mutationFn: () => releaseHeld(place, hookId), onSettled: refresh })
  useEffect(() => {
    if (release.data || release.error) outcome.current?.focus()
  }, [release.data, release.error])
  useEffect(() => {
    if (!release.data) return
    const later = setTimeout(refresh, WRITTEN_MS)
    return () => clearTimeout(later)
  }, [release.data, refresh])
  const canRelease = health.counts.held > 0 && health.active
  return (
    <>
      {children && (
        <div className="health-held">
          {children}
          {canRelease && (
            <Button variant="primary" loading={release.isPending} onClick={() => release.mutate()}>
              {words.release}
            </Button>
          )}
        </div>
      )}
      <div ref={outcome} tabIndex={-1} role="status" className="frame-told">
        <Outcome release={release.data} error={release.error} close={release.reset} />
      </div>
    </>
  )
}

type OutcomeProps = { readonly release: Release | undefined; readonly error: unknown; close(): void }

function Outcome({ release, error, close }: OutcomeProps) {
  const words = useWords(WORDS)
  const { number } = useFormats()
  const faultOf = useFaultText()
  if (error) {
    return (
      <Banner variant="critical" title={words.notReleased} description={faultOf(error)} onDismiss={close} />
    )
  }
  if (!release) return null
  const { released, limit } = release
  const text =
    released === 0
      ? words.releasedNone
      : words.releasedCount(number(released), released === 1, released >= limit)
  return <Banner variant="success" title={words.released} description={text} onDismiss={close} />
}
