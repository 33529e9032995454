// One attempt opened: what was sent and what came back, what to do when nothing did, and the other attempts of
// the same delivery.
import { AlertFillIcon, CheckIcon } from '@primer/octicons-react'
import { Banner, Button, Heading } from '@primer/react'
import { UnderlinePanels } from '@primer/react/experimental'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Place } from '../hooks/place.ts'
import { useFormats, useWords } from '../language.tsx'
import { CopyButton } from '../parts/copy-button.tsx'
import { Failure } from '../parts/failure.tsx'
import { Loading } from '../parts/loading.tsx'
import { ADVICE, adviceFor } from './advice.ts'
import { curlOf, isSigned } from './curl.ts'
import {
  type Delivery,
  type DeliveryItem,
  deliveryQuery,
  explanationQuery,
  type HeaderMap,
  succeeded,
} from './delivery.ts'
import { Redeliver } from './redeliver.tsx'
import { StandingLine } from './standing-line.tsx'
import { prettyJson } from './text.ts'
import { TextView } from './text-view.tsx'
import { WORDS } from './words.tsx'

export type DeliveryDetailProps = {
  readonly place: Place
  readonly hookId: string
  readonly hookUrl: string
  readonly id: number
  expect(): void
  open(id: number): void
}

export function DeliveryDetail({ place, hookId, hookUrl, id, expect, open }: DeliveryDetailProps) {
  const words = useWords(WORDS)
  const formats = useFormats()
  const { data, error, refetch } = useQuery(deliveryQuery(place, hookId, id))
  if (!data) return error ? <Failure error={error} retry={refetch} /> : <Loading rows={6} />
  const hasPayload = data.request.payload !== null
  return (
    <div className="deliveries-detail">
      {!succeeded(data) && <WhatToDo status={data.status} />}
      <div className="deliveries-bar">
        <span className="deliveries-note">{words.completed(formats.seconds(data.duration))}</span>
        <span className="deliveries-gap" />
        {hasPayload && (
          <>
            <CopyButton
              label={words.curl}
              hint={isSigned(data) ? words.curlHint : undefined}
              text={() => curlOf(data)}
            />
            <Redeliver place={place} hookId={hookId} hookUrl={hookUrl} deliveryId={data.id} expect={expect} />
          </>
        )}
      </div>
      <Parts delivery={data} />
      <Attempts place={place} hookId={hookId} current={data} open={open} />
    </div>
  )
}

function WhatToDo({ status }: { readonly status: string }) {
  const words = useWords(WORDS)
  const advice = useWords(ADVICE)
  return (
    <Banner variant="critical" aria-label={words.couldNot}>
      <Banner.Title as="h3">
        {words.couldNot} <bdi className="deliveries-status">{status}</bdi>
      </Banner.Title>
      <Banner.Description>{advice[adviceFor(status)]}</Banner.Description>
    </Banner>
  )
}

function Parts({ delivery }: { readonly delivery: Delivery }) {
  const words = useWords(WORDS)
  const { response } = delivery
  if (response.headers === null) return <RequestPart delivery={delivery} />
  return (
    <UnderlinePanels aria-label={words.parts}>
      <UnderlinePanels.Tab>{words.request}</UnderlinePanels.Tab>
      <UnderlinePanels.Tab counter={`${delivery.status_code}`}>{words.response}</UnderlinePanels.Tab>
      <UnderlinePanels.Panel>
        <RequestPart delivery={delivery} />
      </UnderlinePanels.Panel>
      <UnderlinePanels.Panel>
        <ResponsePart delivery={delivery} headers={response.headers} />
      </UnderlinePanels.Panel>
    </UnderlinePanels>
  )
}

function RequestPart({ delivery }: { readonly delivery: Delivery }) {
  const words = useWords(WORDS)
  const { url, request, guid } = delivery
  const text = useMemo(() => prettyJson(request.payload), [request.payload])
  const first = [
    [words.requestUrl, url],
    [words.requestMethod, 'POST'],
  ] as const
  return (
    <>
      <Headers headers={request.headers ?? {}} first={first} />
      <PartHeading text={words.payload} />
      {request.payload === null || text === undefined ? (
        <p className="deliveries-note">{request.payload === null ? words.dropped : words.tooDeep}</p>
      ) : (
        <TextView label={words.payload} text={text} fileName={`${guid}.json`} />
      )}
    </>
  )
}

function ResponsePart({ delivery, headers }: { readonly delivery: Delivery; readonly headers: HeaderMap }) {
  const words = useWords(WORDS)
  const body = delivery.response.payload
  return (
    <>
      <Headers headers={headers} />
      <PartHeading text={words.body} />
      {body ? (
        <TextView label={words.body} text={body} fileName={`${delivery.guid}-response.txt`} />
      ) : (
        <p className="deliveries-note">{body === '' ? words.noBody : words.dropped}</p>
      )}
    </>
  )
}

type HeadersProps = {
  readonly headers: HeaderMap
  readonly first?: readonly (readonly [name: string, value: string])[]
}

function Headers({ headers, first = [] }: HeadersProps) {
  const words = useWords(WORDS)
  const all = [...first, ...Object.entries(headers)]
  return (
    <>
      <PartHeading text={words.headers} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard. */}
      <section className="deliveries-headers" aria-label={words.headers} dir="ltr" tabIndex={0}>
        {all.map(([name, value]) => (
          <div key={name}>
            <strong>
              <bdi>{name}</bdi>:
            </strong>{' '}
            <bdi>{value}</bdi>
          </div>
        ))}
      </section>
    </>
  )
}

function PartHeading({ text }: { readonly text: string }) {
  return (
    <Heading as="h3" variant="small" className="deliveries-part">
      {text}
    </Heading>
  )
}

type AttemptsProps = {
  readonly place: Place
  readonly hookId: string
  readonly current: DeliveryItem
  open(id: number): void
}

// An event is found by the time in its GUID; one that is not found leaves this out.
function Attempts({ place, hookId, current, open }: AttemptsProps) {
  const words = useWords(WORDS)
  const formats = useFormats()
  const { data } = useQuery(explanationQuery(place, hookId, current.guid))
  if (!data || (data.deliveries.length < 2 && data.next_attempt_at === null)) return null
  return (
    <>
      <PartHeading text={words.attempts} />
      <ul className="deliveries-attempts">
        {data.deliveries.map(attempt => (
          <li key={attempt.id}>
            {succeeded(attempt) ? (
              <CheckIcon className="deliveries-good" aria-label={words.good} />
            ) : (
              <AlertFillIcon className="deliveries-bad" aria-label={words.failed(attempt.status)} />
            )}
            {attempt.id === current.id ? (
              <span>
                {formats.time(attempt.delivered_at)} ({words.thisOne})
              </span>
            ) : (
              <Button variant="link" onClick={() => open(attempt.id)}>
                {formats.time(attempt.delivered_at)}
              </Button>
            )}
            <bdi className="deliveries-status">{attempt.status}</bdi>
          </li>
        ))}
      </ul>
      <StandingLine standing={data} />
    </>
  )
}
