// One attempt in the list: how it went, which event it was, when; and its details when it is opened.
import { AlertFillIcon, CheckIcon, KebabHorizontalIcon } from '@primer/octicons-react'
import { Button, IconButton, Label } from '@primer/react'
import type { ReactNode } from 'react'
import { useFormats, useWords } from '../language.tsx'
import { type DeliveryItem, eventOf, type Standing, succeeded } from './delivery.ts'
import { StandingLine } from './standing-line.tsx'
import { WORDS } from './words.tsx'

export type DeliveryRowProps = {
  readonly item: DeliveryItem
  readonly earlierCount?: number
  readonly isUnfolded?: boolean
  readonly standing?: Standing | undefined
  /** Given while it is open. */
  readonly children?: ReactNode
  toggle(): void
  unfold?(): void
}

export function DeliveryRow({ item, children, toggle, ...rest }: DeliveryRowProps) {
  const words = useWords(WORDS)
  const formats = useFormats()
  const isOpen = children !== undefined
  return (
    <>
      <div className="deliveries-row">
        {succeeded(item) ? (
          <CheckIcon className="deliveries-good" aria-label={words.good} />
        ) : (
          <AlertFillIcon className="deliveries-bad" aria-label={words.failed(item.status)} />
        )}
        <span className="deliveries-what">
          <Button variant="link" className="deliveries-guid" aria-expanded={isOpen} onClick={toggle}>
            {item.guid}
          </Button>
          {item.redelivery && <Label>{words.redelivery}</Label>}
          <bdi className="deliveries-event" title={eventOf(item)}>
            {eventOf(item)}
          </bdi>
          <RowState {...rest} />
        </span>
        <time className="deliveries-time" dateTime={item.delivered_at}>
          {formats.time(item.delivered_at)}
        </time>
        <IconButton
          size="small"
          variant="invisible"
          icon={KebabHorizontalIcon}
          aria-label={words.details(item.guid)}
          tooltipDirection="w"
          aria-expanded={isOpen}
          onClick={toggle}
        />
      </div>
      {children}
    </>
  )
}

type RowStateProps = Pick<DeliveryRowProps, 'earlierCount' | 'isUnfolded' | 'standing' | 'unfold'>

function RowState({ earlierCount = 0, isUnfolded, standing, unfold }: RowStateProps) {
  const words = useWords(WORDS)
  const formats = useFormats()
  return (
    <>
      {earlierCount > 0 && (
        <Button size="small" variant="invisible" aria-expanded={isUnfolded} onClick={unfold}>
          {words.earlier(formats.number(earlierCount), earlierCount === 1)}
        </Button>
      )}
      <StandingLine standing={standing} />
    </>
  )
}
