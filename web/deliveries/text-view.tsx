// A text of any size: only the lines that can be seen are drawn. It can be searched, copied and downloaded as a
// whole, which the browser's own search and selection could not do then.
import { ChevronDownIcon, ChevronUpIcon, DownloadIcon, SearchIcon } from '@primer/octicons-react'
import { Button, IconButton, TextInput } from '@primer/react'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { useFormats, useWords } from '../language.tsx'
import { CopyButton } from '../parts/copy-button.tsx'
import { type Line, lineAt, linesOf, type Match, matchesOf, withMarks } from './text.ts'
import { WORDS } from './words.tsx'

const LINE_PX = 20
// What is seen without being asked for.
const SHORT_LINES = 16

export type TextViewProps = {
  readonly label: string
  readonly text: string
  readonly fileName: string
}

export function TextView({ label, text, fileName }: TextViewProps) {
  const words = useWords(WORDS)
  const lines = useMemo(() => linesOf(text), [text])
  const [sought, setSought] = useState('')
  const [current, setCurrent] = useState(0)
  const [isOpen, setOpen] = useState(false)
  const matches = useMemo(() => matchesOf(text, sought), [text, sought])
  const box = useRef<HTMLDivElement>(null)
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => LINE_PX,
    overscan: 20,
  })
  const match = matches[current]
  useEffect(() => {
    if (!match) return
    rows.scrollToIndex(lineAt(lines, match.start), { align: 'center' })
    // Once it is drawn: a line may be longer than the box is wide.
    const frame = requestAnimationFrame(() =>
      box.current
        ?.querySelector('mark[data-current]')
        ?.scrollIntoView({ block: 'nearest', inline: 'center' }),
    )
    return () => cancelAnimationFrame(frame)
  }, [match, lines, rows])

  const step = (by: number) =>
    setCurrent(at => (matches.length === 0 ? 0 : (at + by + matches.length) % matches.length))
  const shown = rows.getVirtualItems()
  const [first, last] = [shown[0], shown.at(-1)]
  return (
    <div className="deliveries-text">
      <div className="deliveries-bar">
        <Search
          label={words.searchIn(label)}
          sought={sought}
          at={current}
          count={matches.length}
          seek={value => {
            setSought(value)
            setCurrent(0)
          }}
          step={step}
        />
        <span className="deliveries-gap" />
        <CopyButton what={label} text={() => text} />
        <Button
          size="small"
          leadingVisual={DownloadIcon}
          aria-label={words.downloadOf(label)}
          onClick={() => download(text, fileName)}
        >
          {words.download}
        </Button>
      </div>
      <section
        ref={box}
        className="deliveries-lines"
        data-open={isOpen || undefined}
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard.
        tabIndex={0}
      >
        <pre
          dir="ltr"
          style={{ paddingTop: first?.start ?? 0, paddingBottom: rows.getTotalSize() - (last?.end ?? 0) }}
        >
          {shown.map(({ index }) => {
            const line = lines[index]
            return line && <TextLine key={index} text={text} line={line} matches={matches} current={match} />
          })}
        </pre>
      </section>
      {lines.length > SHORT_LINES && (
        <Button size="small" variant="invisible" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? words.showLess : words.showAll}
        </Button>
      )}
    </div>
  )
}

type SearchProps = {
  readonly label: string
  readonly sought: string
  readonly at: number
  readonly count: number
  seek(sought: string): void
  step(by: number): void
}

function Search({ label, sought, at, count, seek, step }: SearchProps) {
  const words = useWords(WORDS)
  const { number } = useFormats()
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return
    event.preventDefault()
    step(event.shiftKey ? -1 : 1)
  }
  return (
    <>
      <TextInput
        size="small"
        type="search"
        className="deliveries-search"
        leadingVisual={SearchIcon}
        aria-label={label}
        placeholder={words.search}
        value={sought}
        onChange={event => seek(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <span role="status" className="deliveries-note">
        {sought !== '' && (count === 0 ? words.foundNone : words.found(number(at + 1), number(count)))}
      </span>
      {count > 1 && (
        <>
          <IconButton
            size="small"
            variant="invisible"
            icon={ChevronUpIcon}
            aria-label={words.previous}
            onClick={() => step(-1)}
          />
          <IconButton
            size="small"
            variant="invisible"
            icon={ChevronDownIcon}
            aria-label={words.following}
            onClick={() => step(1)}
          />
        </>
      )}
    </>
  )
}

type TextLineProps = {
  readonly text: string
  readonly line: Line
  readonly matches: readonly Match[]
  readonly current: Match | undefined
}

function TextLine({ text, line, matches, current }: TextLineProps) {
  return (
    <div className="deliveries-line" data-number={line.number ?? '↪'}>
      <span>{marked(text, line, matches, current)}</span>
      {'\n'}
    </div>
  )
}

function marked(text: string, { start, end }: Line, matches: readonly Match[], current: Match | undefined) {
  const parts: ReactNode[] = []
  let from = start
  for (const match of matchesWithin(matches, start, end)) {
    const [a, b] = [Math.max(match.start, from), Math.min(match.end, end)]
    parts.push(withMarks(text.slice(from, a)))
    parts.push(
      <mark key={a} data-current={match === current || undefined}>
        {withMarks(text.slice(a, b))}
      </mark>,
    )
    from = b
  }
  parts.push(withMarks(text.slice(from, end)))
  return parts
}

/** They are in order, and may be ten thousand: the first is found by halves. */
function matchesWithin(matches: readonly Match[], start: number, end: number): readonly Match[] {
  let [low, high] = [0, matches.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((matches[middle]?.end ?? 0) <= start) low = middle + 1
    else high = middle
  }
  let to = low
  while (to < matches.length && (matches[to]?.start ?? end) < end) to++
  return matches.slice(low, to)
}

function download(text: string, fileName: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'application/octet-stream' }))
  const link = document.createElement('a')
  link.href = address
  link.download = fileName
  link.click()
  URL.revokeObjectURL(address)
}
