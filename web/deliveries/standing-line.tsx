// What comes next for a delivery that has not arrived.
import { ClockIcon } from '@primer/octicons-react'
import { useFormats, useWords } from '../language.tsx'
import type { Standing } from './delivery.ts'
import { WORDS } from './words.tsx'

export function StandingLine({ standing }: { readonly standing: Standing | undefined }) {
  const words = useWords(WORDS)
  const formats = useFormats()
  if (!standing) return null
  const { state, reason, next_attempt_at: next } = standing
  const at = next === null ? '' : formats.time(next)
  const text =
    state === 'pending' && next !== null
      ? words.next(at)
      : state === 'held'
        ? reason === 'breaker'
          ? words.probe(at)
          : words.held
        : state === 'exhausted'
          ? words.exhausted
          : null
  if (text === null) return null
  return (
    <span className="deliveries-note deliveries-standing">
      <ClockIcon size={12} /> {text}
    </span>
  )
}
