// What has just been done, told on the page that one is led to. It travels with the step in the history,
// and is taken out of it when it is shown: going back does not tell it again.
import { Banner } from '@primer/react'
import { useLocation, useRouter } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { catalogue, useWords } from '../language.tsx'
import { focusHeading } from './hooks-frame.tsx'

export type FlashKind = 'created' | 'updated' | 'deleted'

declare module '@tanstack/react-router' {
  interface HistoryState {
    readonly flash?: FlashKind | undefined
  }
}

const PING_GUIDE = 'https://docs.github.com/webhooks/#ping-event'

const WORDS = catalogue(
  {
    created:
      'Okay, that hook was successfully created. We sent a ping payload to test it out! Read more about it at ',
    updated: 'Okay, the hook was successfully updated.',
    deleted: 'Okay, that hook was successfully deleted.',
    done: 'Done',
  },
  {
    created:
      'Le webhook a bien été créé. Nous avons envoyé une charge utile « ping » pour le tester. Pour en savoir plus : ',
    updated: 'Le webhook a bien été mis à jour.',
    deleted: 'Le webhook a bien été supprimé.',
    done: 'C’est fait',
  },
)

export function Flash() {
  const router = useRouter()
  const { flash } = useLocation().state
  const [kind, setKind] = useState<FlashKind | null>(null)
  useEffect(() => {
    if (!flash) return
    setKind(flash)
    const { flash: _, ...state } = router.history.location.state
    router.history.replace(router.history.location.href, state)
  }, [flash, router])
  return <FlashBanner kind={kind} close={() => setKind(null)} />
}

export type FlashBannerProps = {
  readonly kind: FlashKind | null
  /** For what is told above, while one is at the end of a form. */
  readonly takesFocus?: boolean
  close(): void
}

export function FlashBanner({ kind, takesFocus = false, close }: FlashBannerProps) {
  const words = useWords(WORDS)
  const banner = useRef<HTMLElement>(null)
  useEffect(() => {
    if (kind && takesFocus) banner.current?.focus()
  }, [kind, takesFocus])
  const dismiss = () => {
    close()
    focusHeading()
  }
  return (
    <div role="status" className="hooks-flash">
      {kind && (
        <Banner ref={banner} variant="success" title={words.done} hideTitle tabIndex={-1} onDismiss={dismiss}>
          <Banner.Description>
            {words[kind]}
            {kind === 'created' && <a href={PING_GUIDE}>{PING_GUIDE}</a>}
          </Banner.Description>
        </Banner>
      )}
    </div>
  )
}
