// How a request ended and whether its signature is right, in a word and a colour.
import { ShieldCheckIcon, ShieldXIcon } from '@primer/octicons-react'
import { Label } from '@primer/react'
import { useWords } from '../language.tsx'
import type { Summary, Verdict } from './exchange.ts'
import { WORDS } from './words.ts'

export function StatusLabel({ exchange }: { readonly exchange: Summary }) {
  const words = useWords(WORDS)
  const { status, end } = exchange
  const says = end === null ? words.going : words.ends[end]
  return (
    <span className="inspector-status" title={says}>
      <Label variant={variantOf(exchange)}>{status ?? (end === null ? '…' : '×')}</Label>
      {(status === null || end !== 'complete') && <span className="inspector-unseen">{says}</span>}
    </span>
  )
}

function variantOf({ status, end }: Summary) {
  if (status === null) return end === null ? 'secondary' : 'danger'
  if (end !== null && end !== 'complete' && end !== 'upgraded') return 'danger'
  if (status >= 500) return 'danger'
  if (status >= 400) return 'attention'
  return status >= 300 ? 'accent' : 'success'
}

/** In the list: only what can be said for certain. */
export function VerdictMark({ verdict }: { readonly verdict: Verdict | null }) {
  const words = useWords(WORDS)
  if (verdict === 'valid')
    return <ShieldCheckIcon size={14} className="deliveries-good" aria-label={words.verdicts.valid} />
  if (verdict === 'invalid')
    return <ShieldXIcon size={14} className="deliveries-bad" aria-label={words.verdicts.invalid} />
  return null
}

export function VerdictLabel({ verdict }: { readonly verdict: Verdict }) {
  const words = useWords(WORDS)
  const variant = ({ valid: 'success', invalid: 'danger', missing: 'attention' } as const)[verdict as 'valid']
  return <Label variant={variant ?? 'secondary'}>{words.verdicts[verdict]}</Label>
}
