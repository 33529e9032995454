// Text to be taken elsewhere, such as a command or a token, with a button that copies it.
import { CheckIcon, CopyIcon } from '@primer/octicons-react'
import { IconButton } from '@primer/react'
import { useEffect, useState } from 'react'
import { catalogue, useWords } from '../language.tsx'

import './frame.css'

const WORDS = catalogue({ copy: 'Copy', copied: 'Copied' }, { copy: 'Copier', copied: 'Copié' })

const COPIED_MS = 2000

export function Code({ text }: { readonly text: string }) {
  const words = useWords(WORDS)
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), COPIED_MS)
    return () => clearTimeout(timer)
  }, [copied])
  // Browsers allow it on loopback and by https alone; elsewhere it is selected by hand.
  const copy = () => navigator.clipboard?.writeText(text).then(() => setCopied(true))
  return (
    <div className="code">
      <pre>
        <code>{text}</code>
      </pre>
      <IconButton
        size="small"
        variant="invisible"
        icon={copied ? CheckIcon : CopyIcon}
        aria-label={copied ? words.copied : words.copy}
        onClick={copy}
      />
    </div>
  )
}
