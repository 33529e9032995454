// Copies a text that is made when it is wanted, and says so.
import { CheckIcon, CopyIcon } from '@primer/octicons-react'
import { Button } from '@primer/react'
import { useEffect, useState } from 'react'
import { useWords } from '../language.tsx'
import { WORDS } from './words.ts'

const SHOWN_MS = 2500
// Long enough to be read.
const HINT_MS = 15_000

export type CopyButtonProps = {
  readonly label?: string
  /** What it copies, for whoever does not see where the button stands. */
  readonly what?: string
  /** What to do with it, told once it is copied. */
  readonly hint?: string | undefined
  text(): string
}

export function CopyButton({ label, what, hint, text }: CopyButtonProps) {
  const words = useWords(WORDS)
  const [outcome, setOutcome] = useState<'copied' | 'copyFailed' | null>(null)
  useEffect(() => {
    if (outcome === null) return
    const timer = setTimeout(() => setOutcome(null), hint === undefined ? SHOWN_MS : HINT_MS)
    return () => clearTimeout(timer)
  }, [outcome, hint])
  const copy = () => copyText(text()).then(done => setOutcome(done ? 'copied' : 'copyFailed'))
  const shown = label ?? words.copy
  return (
    <>
      <Button
        size="small"
        leadingVisual={outcome === 'copied' ? CheckIcon : CopyIcon}
        aria-label={what === undefined ? undefined : `${shown}: ${what}`}
        onClick={copy}
      >
        {shown}
      </Button>
      <span role="status" className="deliveries-note">
        {outcome === null ? '' : words[outcome]}
        {outcome === 'copied' && hint !== undefined && `. ${hint}`}
      </span>
    </>
  )
}

async function copyText(text: string): Promise<boolean> {
  try {
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(text)
      return true
    }
  } catch {
    // Not allowed: the old way may be.
  }
  return copyBySelection(text)
}

/** Browsers have no clipboard for pages that came without TLS from another machine. */
function copyBySelection(text: string): boolean {
  const area = document.createElement('textarea')
  area.value = text
  area.className = 'deliveries-offscreen'
  document.body.append(area)
  const before = document.activeElement
  area.select()
  const done = document.execCommand('copy')
  area.remove()
  if (before instanceof HTMLElement) before.focus()
  return done
}
