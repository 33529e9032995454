// One exchange opened: what was sent, what was answered, what is known of both, and the ways to send it again.
import { ArrowLeftIcon, PencilIcon, SyncIcon } from '@primer/octicons-react'
import { Button, Heading } from '@primer/react'
import { UnderlinePanels } from '@primer/react/experimental'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { send } from '../api.ts'
import { withMarks } from '../deliveries/text.ts'
import { useWords } from '../language.tsx'
import { CopyButton } from '../parts/copy-button.tsx'
import { FaultLine } from '../parts/fault-line.tsx'
import { Loading } from '../parts/loading.tsx'
import { Away } from './away.tsx'
import { BodyView } from './body-view.tsx'
import { curlOf } from './curl.ts'
import { EditForm } from './edit-form.tsx'
import type { Exchange, HeaderList } from './exchange.ts'
import { bodyQuery, exchangeQuery, SETTINGS_QUERY } from './exchange-queries.ts'
import { Facts } from './facts.tsx'
import { StatusLabel } from './marks.tsx'
import { WORDS } from './words.ts'

export type RequestDetailProps = { readonly id: number | undefined; open(id: number | undefined): void }

export function RequestDetail({ id, open }: RequestDetailProps) {
  const words = useWords(WORDS)
  if (id === undefined) return <p className="inspector-detail inspector-pick">{words.pick}</p>
  return (
    <div className="inspector-detail">
      <div className="inspector-back">
        <Button
          size="small"
          variant="invisible"
          leadingVisual={ArrowLeftIcon}
          onClick={() => open(undefined)}
        >
          {words.back}
        </Button>
      </div>
      <Opened id={id} open={open} />
    </div>
  )
}

function Opened({ id, open }: { readonly id: number; open(id: number): void }) {
  const { data, error, refetch } = useQuery(exchangeQuery(id))
  const [isEditing, setEditing] = useState(false)
  // What was there is shown for as long as one looks, even when newer ones have taken its place.
  if (!data) return error ? <Away error={error} retry={refetch} /> : <Loading rows={6} />
  return (
    <>
      <Title exchange={data} />
      {isEditing ? (
        <EditForm exchange={data} open={open} close={() => setEditing(false)} />
      ) : (
        <>
          <Actions exchange={data} open={open} edit={() => setEditing(true)} />
          <Facts exchange={data} open={open} />
          <Parts exchange={data} />
        </>
      )}
    </>
  )
}

function Title({ exchange }: { readonly exchange: Exchange }) {
  const words = useWords(WORDS)
  const { method, target } = exchange
  const heading = useRef<HTMLHeadingElement>(null)
  const text = words.details(withMarks(method), withMarks(target))
  useEffect(() => {
    document.title = `${text} · Hookline`
  }, [text])
  useEffect(() => heading.current?.focus(), [])
  return (
    <div className="inspector-head">
      <StatusLabel exchange={exchange} />
      <Heading as="h2" variant="medium" ref={heading} tabIndex={-1} className="inspector-heading" dir="ltr">
        {text}
      </Heading>
    </div>
  )
}

type ActionsProps = { readonly exchange: Exchange; open(id: number): void; edit(): void }

function Actions({ exchange, open, edit }: ActionsProps) {
  const words = useWords(WORDS)
  const queries = useQueryClient()
  const { data: settings } = useQuery(SETTINGS_QUERY)
  const { data: body } = useQuery(bodyQuery(exchange.request.body))
  const replaying = useMutation({
    mutationFn: () => send<Exchange>('POST', `/api/requests/${exchange.id}/replays`, {}),
    onSuccess: made => {
      queries.setQueryData(exchangeQuery(made.id).queryKey, made)
      open(made.id)
    },
  })
  const isOver = exchange.end !== null && exchange.end !== 'upgraded'
  const { isCut } = exchange.request.body
  return (
    <>
      <div className="inspector-bar">
        <Button
          variant="primary"
          leadingVisual={SyncIcon}
          disabled={!isOver || isCut}
          loading={replaying.isPending}
          onClick={() => replaying.mutate()}
        >
          {words.replay}
        </Button>
        <Button leadingVisual={PencilIcon} disabled={!isOver} onClick={edit}>
          {words.editAndReplay}
        </Button>
        {settings && body && !isCut && (
          <CopyButton label={words.curl} text={() => curlOf(exchange, settings, body)} />
        )}
      </div>
      <FaultLine error={replaying.error} failed={words.replayFailed} />
    </>
  )
}

function Parts({ exchange }: { readonly exchange: Exchange }) {
  const words = useWords(WORDS)
  const { id, request, response } = exchange
  return (
    <UnderlinePanels aria-label={words.parts}>
      <UnderlinePanels.Tab>{words.request}</UnderlinePanels.Tab>
      <UnderlinePanels.Tab>{words.response}</UnderlinePanels.Tab>
      <UnderlinePanels.Panel>
        <Headers headers={request.headers} />
        <BodyView headers={request.headers} body={request.body} fileName={`${id}-request`} />
      </UnderlinePanels.Panel>
      <UnderlinePanels.Panel>
        {response ? (
          <>
            <p className="inspector-line" dir="ltr">
              {response.status} {withMarks(response.reason)}
            </p>
            <Headers headers={response.headers} />
            <BodyView headers={response.headers} body={response.body} fileName={`${id}-response`} />
          </>
        ) : (
          <p className="deliveries-note">{exchange.end === null ? words.waiting : words.noResponse}</p>
        )}
      </UnderlinePanels.Panel>
    </UnderlinePanels>
  )
}

function Headers({ headers }: { readonly headers: HeaderList }) {
  const words = useWords(WORDS)
  const text = () => headers.map(([name, value]) => `${name}: ${value}\n`).join('')
  return (
    <>
      <div className="inspector-bar inspector-part">
        <Heading as="h3" variant="small">
          {words.headers}
        </Heading>
        <CopyButton what={words.headers} text={text} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard. */}
      <section className="deliveries-headers" aria-label={words.headers} dir="ltr" tabIndex={0}>
        {headers.map(([name, value], index) => (
          <div key={index}>
            <strong>
              <bdi>{withMarks(name)}</bdi>:
            </strong>{' '}
            <bdi>{withMarks(value)}</bdi>
          </div>
        ))}
      </section>
    </>
  )
}
