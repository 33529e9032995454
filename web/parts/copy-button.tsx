// Copies a text that is made when it is wanted, and says so.
import { CheckIcon, CopyIcon } from '@primer/octicons-react'
import { Button, IconButton } from '@primer/react'
import { useEffect, useState } from 'react'
import { catalogue, useWords } from '../language.tsx'

import './parts.css'

const WORDS = catalogue(
  {
    copy: 'Copy',
    copyOf: (what: string) => `Copy: ${what}`,
    copied: 'Copied',
    copiedThen: (hint: string) => `Copied. ${hint}`,
    failed: 'The browser did not let it be copied',
  },
  {
    copy: 'Copier',
    copyOf: (what: string) => `Copier : ${what}`,
    copied: 'Copié',
    copiedThen: (hint: string) => `Copié. ${hint}`,
    failed: 'Le navigateur n’a pas permis la copie',
  },
)

const SHOWN_MS = 2500
// Long enough to be read.
const HINT_MS = 15_000

export type CopyButtonProps = {
  readonly label?: string
  /** What it copies, for whoever does not see where the button stands. */
  readonly what?: string
  /** Where there is no room for a word. */
  readonly isIcon?: boolean
  /** What to do with it, told once it is copied. */
  readonly hint?: string | undefined
  text(): string
}

export function CopyButton({ label, what, isIcon = false, hint, text }: CopyButtonProps) {
  const words = useWords(WORDS)
  const [outcome, setOutcome] = useState<'copied' | 'failed' | null>(null)
  useEffect(() => {
    if (outcome === null) return
    const timer = setTimeout(() => setOutcome(null), hint === undefined ? SHOWN_MS : HINT_MS)
    return () => clearTimeout(timer)
  }, [outcome, hint])
  const copy = () => copyText(text()).then(done => setOutcome(done ? 'copied' : 'failed'))
  const icon = outcome === 'copied' ? CheckIcon : CopyIcon
  const name = what === undefined ? undefined : words.copyOf(what)
  const told = outcome === 'copied' && hint !== undefined ? words.copiedThen(hint) : outcome && words[outcome]
  return (
    <>
      {isIcon ? (
        <IconButton
          size="small"
          variant="invisible"
          icon={icon}
          aria-label={name ?? words.copy}
          onClick={copy}
        />
      ) : (
        <Button size="small" leadingVisual={icon} aria-label={name} onClick={copy}>
          {label ?? words.copy}
        </Button>
      )}
      <span role="status" className="copied">
        {told}
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
  area.className = 'copied-from'
  document.body.append(area)
  const before = document.activeElement
  area.select()
  const done = document.execCommand('copy')
  area.remove()
  if (before instanceof HTMLElement) before.focus()
  return done
}
