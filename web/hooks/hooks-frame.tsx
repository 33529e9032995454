// The frame of the pages of webhooks, wherever these hang.
import type { ReactNode } from 'react'
import { catalogue, useWords } from '../language.tsx'
import { Frame, type Step } from '../parts/frame.tsx'
import type { Place } from './place.ts'

import './hooks.css'

const WORDS = catalogue({ webhooks: 'Webhooks', site: 'Site' }, { webhooks: 'Webhooks', site: 'Site' })

export type HooksFrameProps = {
  readonly place: Place
  readonly title: string
  /** Below the list of webhooks, which is then led to. */
  readonly isBelow?: boolean
  readonly action?: ReactNode
  readonly children: ReactNode
}

export function HooksFrame({ place, title, isBelow = false, action, children }: HooksFrameProps) {
  const words = useWords(WORDS)
  const list = { to: place.page, label: words.webhooks }
  return (
    <Frame trail={[...ownersOf(place, words.site), ...(isBelow ? [list] : [])]} title={title} action={action}>
      {children}
    </Frame>
  )
}

/** `octo` and `widgets`, or `octo-org`, or the site. */
function ownersOf({ kind, name }: Place, site: string): readonly Step[] {
  if (kind === 'site') return [{ to: '/site/users', label: site }]
  const logins = name.split('/')
  return logins.map((label, index) => ({ to: `/${logins.slice(0, index + 1).join('/')}`, label }))
}

/** Where the focus goes when that which had it is gone. */
export function focusHeading(): void {
  document.querySelector<HTMLElement>('main h1')?.focus()
}
