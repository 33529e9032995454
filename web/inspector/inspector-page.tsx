// The inspector's page: the requests as they come, and the one that is open beside them, or instead of them where
// there is no room for both.
import { DotFillIcon, WebhookIcon } from '@primer/octicons-react'
import { BaseStyles } from '@primer/react'
import { useEffect, useRef } from 'react'
import { useWords } from '../language.tsx'
import { LanguageSwitch, ThemeSwitch } from '../parts/switches.tsx'
import { useAddress } from './address.ts'
import { type LiveState, useLive } from './live.ts'
import { RequestDetail } from './request-detail.tsx'
import { RequestList } from './request-list.tsx'
import { SecretForm } from './secret-form.tsx'
import { WORDS } from './words.ts'

import '../deliveries/deliveries.css'
import '../parts/frame.css'
import './inspector.css'

export function InspectorPage() {
  const words = useWords(WORDS)
  const address = useAddress()
  const live = useLive()
  const { openId } = address
  const isOpen = openId !== undefined
  const before = useRef(openId)
  // Back in the list, one is where one was.
  useEffect(() => {
    if (openId === undefined && before.current !== undefined)
      document.querySelector<HTMLElement>(`[data-request="${before.current}"]`)?.focus()
    before.current = openId
  }, [openId])
  useEffect(() => {
    if (!isOpen) document.title = `${words.title} · Hookline`
  }, [isOpen, words])
  return (
    <BaseStyles>
      <a className="skip" href="#main">
        {words.skip}
      </a>
      <header className="top">
        <span className="brand">
          <WebhookIcon />
          <span>
            Hookline <h1 className="inspector-title">{words.title}</h1>
          </span>
        </span>
        <LiveMark state={live} />
        <span className="gap" />
        <LanguageSwitch />
        <ThemeSwitch />
      </header>
      <main id="main" tabIndex={-1} className="inspector" data-open={isOpen || undefined}>
        <div className="inspector-side">
          <SecretForm />
          <RequestList address={address} />
        </div>
        <RequestDetail key={openId} id={openId} open={address.open} />
      </main>
    </BaseStyles>
  )
}

function LiveMark({ state }: { readonly state: LiveState }) {
  const words = useWords(WORDS)
  return (
    <span role="status" className="deliveries-live" data-state={state}>
      <DotFillIcon /> {words[state]}
    </span>
  )
}
