// Text to be taken elsewhere, such as a command or a token, with a button that copies it.
import { CopyButton } from './copy-button.tsx'

import './frame.css'

export function Code({ text }: { readonly text: string }) {
  return (
    <div className="code">
      <pre>
        <code>{text}</code>
      </pre>
      <span className="code-copy">
        <CopyButton isIcon text={() => text} />
      </span>
    </div>
  )
}
