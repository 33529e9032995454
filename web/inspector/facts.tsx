// What is known of an exchange beside its bytes: the webhook that it was, its signature, its time, its origin.
import { Button } from '@primer/react'
import type { ReactNode } from 'react'
import { withMarks } from '../deliveries/text.ts'
import { useFormats, useWords } from '../language.tsx'
import { CopyButton } from '../parts/copy-button.tsx'
import type { Exchange } from './exchange.ts'
import { VerdictLabel } from './marks.tsx'
import { useTook } from './took.ts'
import { WORDS } from './words.ts'

export type FactsProps = { readonly exchange: Exchange; open(id: number): void }

export function Facts({ exchange, open }: FactsProps) {
  const words = useWords(WORDS)
  const formats = useFormats()
  const { webhook, signature, replay, startedAt } = exchange
  return (
    <dl className="inspector-facts">
      {webhook?.event && (
        <Fact label={words.event}>
          <bdi>{withMarks(webhook.event)}</bdi>
        </Fact>
      )}
      {webhook?.delivery && (
        <Fact label={words.delivery}>
          <code>{withMarks(webhook.delivery)}</code>
          <CopyButton isIcon what={words.delivery} text={() => webhook.delivery ?? ''} />
        </Fact>
      )}
      {signature && (
        <Fact label="X-Hub-Signature-256">
          <VerdictLabel verdict={signature} />
          <span className="deliveries-note">{words.verdictHints[signature]}</span>
        </Fact>
      )}
      {replay && (
        <Fact label={words.replayOf}>
          <Button variant="link" onClick={() => open(replay.of)}>
            #{replay.of}
          </Button>
          {replay.isEdited && <span>({words.edited})</span>}
          {replay.signature && (
            <span className="deliveries-note">{words.replaySignatures[replay.signature]}</span>
          )}
        </Fact>
      )}
      <Fact label={words.received}>{formats.time(startedAt)}</Fact>
      <Fact label={words.timing}>
        <Timing exchange={exchange} />
      </Fact>
    </dl>
  )
}

function Timing({ exchange: { waitMs, tookMs, end } }: { readonly exchange: Exchange }) {
  const words = useWords(WORDS)
  const tookOf = useTook()
  const parts = [
    ...(waitMs === null ? [] : [words.firstByte(tookOf(waitMs))]),
    ...(tookMs === null ? [words.going] : [words.inAll(tookOf(tookMs))]),
    ...(end === null || end === 'complete' ? [] : [words.ends[end]]),
  ]
  return parts.join(' · ')
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}
