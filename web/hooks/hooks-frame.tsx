// The frame of the pages of webhooks, wherever these hang.
import type { ReactNode } from 'react'
import { catalogue, useWords } from '../language.tsx'
import { Frame, type Step } from '../parts/frame.tsx'
import { appsPage, type Place } from './place.ts'

import './hooks.css'

const WORDS = catalogue(
  { webhooks: 'Webhooks', site: 'Site', apps: 'GitHub Apps' },
  { webhooks: 'Webhooks', site: 'Site', apps: 'Apps GitHub' },
)

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
  const isInList = isBelow && place.kind !== 'app'
  return (
    <Frame trail={[...ownersOf(place, words), ...(isInList ? [list] : [])]} title={title} action={action}>
      {children}
    </Frame>
  )
}

/** `octo` and `widgets`, or `octo-org`, or the site, or the Apps and one of them. */
function ownersOf({ kind, name, owner, page }: Place, { site, apps }: (typeof WORDS)['en']): readonly Step[] {
  if (kind === 'site') return [{ to: '/site/users', label: site }]
  if (kind === 'app') {
    const of = owner === undefined ? [] : [{ to: `/${owner}`, label: owner }]
    return [...of, { to: appsPage(owner), label: apps }, { to: page, label: name }]
  }
  const logins = name.split('/')
  return logins.map((label, index) => ({ to: `/${logins.slice(0, index + 1).join('/')}`, label }))
}

/** Where the focus goes when that which had it is gone. */
export function focusHeading(): void {
  document.querySelector<HTMLElement>('main h1')?.focus()
}
