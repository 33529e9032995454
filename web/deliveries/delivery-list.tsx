// The rows that can be seen, of a list that may be long. Nothing in it scrolls by itself: it is the page that does.
import { defaultRangeExtractor, type Range, useWindowVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useCallback, useLayoutEffect, useRef, useState } from 'react'
import type { Row } from './rows.ts'

const ROW_PX = 49
const OVERSCAN = 12

export type DeliveryListProps = {
  readonly label: string
  readonly rows: readonly Row[]
  readonly openId: number | undefined
  row(row: Row): ReactNode
}

export function DeliveryList({ label, rows, openId, row }: DeliveryListProps) {
  const list = useRef<HTMLUListElement>(null)
  const top = useTopOf(list)
  const focused = useRef<number | undefined>(undefined)
  // What is open or has the focus stays, wherever one scrolls.
  const rangeExtractor = useCallback(
    (range: Range) => {
      const kept = [openId, focused.current].map(id => rows.findIndex(({ item }) => item.id === id))
      const indexes = new Set([...defaultRangeExtractor(range), ...kept.filter(index => index >= 0)])
      return [...indexes].sort((a, b) => a - b)
    },
    [rows, openId],
  )
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
    scrollMargin: top,
    getItemKey: index => rows[index]?.item.id ?? index,
    rangeExtractor,
  })
  return (
    <ul ref={list} className="deliveries-list" aria-label={label} style={{ height: virtual.getTotalSize() }}>
      {virtual.getVirtualItems().map(({ index, key, start }) => {
        const shown = rows[index]
        if (!shown) return null
        const { id } = shown.item
        return (
          <li
            key={key}
            ref={virtual.measureElement}
            data-index={index}
            data-earlier={shown.isEarlier || undefined}
            data-open={id === openId || undefined}
            aria-posinset={index + 1}
            aria-setsize={rows.length}
            style={{ transform: `translateY(${start - top}px)` }}
            onFocus={() => {
              focused.current = id
            }}
          >
            {row(shown)}
          </li>
        )
      })}
    </ul>
  )
}

/** Of the page, not of the window. What stands above it may grow. */
function useTopOf(element: { readonly current: HTMLElement | null }): number {
  const [top, setTop] = useState(0)
  useLayoutEffect(() => {
    const measure = () => {
      if (element.current) setTop(Math.round(element.current.getBoundingClientRect().top + window.scrollY))
    }
    measure()
    const watcher = new ResizeObserver(measure)
    watcher.observe(document.body)
    for (const above of element.current?.parentElement?.children ?? []) {
      if (above !== element.current) watcher.observe(above)
    }
    return () => watcher.disconnect()
  })
  return top
}
