// A body, as it was or in a form that is easier to read. Whatever is in it, it is shown as text.
import { DownloadIcon } from '@primer/octicons-react'
import { Button, Heading, SegmentedControl } from '@primer/react'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { TextView } from '../deliveries/text-view.tsx'
import { useLanguage, useWords } from '../language.tsx'
import { Loading } from '../parts/loading.tsx'
import { Away } from './away.tsx'
import { type BodyText, hexOf, readBody } from './body-text.ts'
import type { Body, HeaderList } from './exchange.ts'
import { bodyQuery } from './exchange-queries.ts'
import { WORDS } from './words.ts'

export type BodyViewProps = {
  readonly headers: HeaderList
  readonly body: Body
  readonly fileName: string
}

export function BodyView({ headers, body, fileName }: BodyViewProps) {
  const words = useWords(WORDS)
  return (
    <>
      <Heading as="h3" variant="small" className="inspector-part">
        {words.body}
      </Heading>
      {body.size === 0 ? (
        <p className="deliveries-note">{words.noBody}</p>
      ) : (
        <Bytes headers={headers} body={body} fileName={fileName} />
      )}
    </>
  )
}

function Bytes({ headers, body, fileName }: BodyViewProps) {
  const { data, error, refetch } = useQuery(bodyQuery(body))
  const text = useBodyText(data, headers)
  if (!data || !text) return error ? <Away error={error} retry={refetch} /> : <Loading rows={3} />
  return <Shown bytes={data} text={text} body={body} fileName={fileName} />
}

function useBodyText(bytes: Uint8Array<ArrayBuffer> | undefined, headers: HeaderList): BodyText | undefined {
  const [text, setText] = useState<BodyText>()
  useEffect(() => {
    if (!bytes) return
    let isCurrent = true
    readBody(bytes, headers).then(read => isCurrent && setText(read))
    return () => {
      isCurrent = false
    }
  }, [bytes, headers])
  return text
}

type ShownProps = {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly text: BodyText
  readonly body: Body
  readonly fileName: string
}

function Shown({ bytes, text, body, fileName }: ShownProps) {
  const words = useWords(WORDS)
  const sizeOf = useSize()
  const [isRaw, setRaw] = useState(false)
  const { raw, pretty, unpacked } = text
  const shown = raw === null ? hexOf(bytes) : isRaw || pretty === null ? raw : pretty
  const size = sizeOf(body.size)
  const says = body.isCut ? words.cutBody(sizeOf(body.kept), size) : raw === null ? words.hex(size) : size
  return (
    <div className="inspector-body">
      <div className="inspector-bar">
        {pretty !== null && (
          <SegmentedControl size="small" aria-label={words.view} onChange={index => setRaw(index === 1)}>
            <SegmentedControl.Button selected={!isRaw}>{words.pretty}</SegmentedControl.Button>
            <SegmentedControl.Button selected={isRaw}>{words.raw}</SegmentedControl.Button>
          </SegmentedControl>
        )}
        <span className="deliveries-note">
          {says}
          {unpacked !== null && ` · ${words.unpacked(unpacked)}`}
        </span>
        <span className="deliveries-gap" />
        <Button as="a" href={body.url} size="small" variant="invisible" leadingVisual={DownloadIcon}>
          {words.download}
        </Button>
      </div>
      <TextView label={words.body} text={shown} fileName={`${fileName}.txt`} />
    </div>
  )
}

const KB = 1000

function useSize(): (bytes: number) => string {
  const { language } = useLanguage()
  return bytes => {
    const [value, unit] =
      bytes < KB
        ? [bytes, 'byte']
        : bytes < KB * KB
          ? [bytes / KB, 'kilobyte']
          : [bytes / KB / KB, 'megabyte']
    const format = {
      style: 'unit',
      unit: String(unit),
      unitDisplay: unit === 'byte' ? 'long' : 'short',
    } as const
    return new Intl.NumberFormat(language, { ...format, maximumFractionDigits: 1 }).format(Number(value))
  }
}
