// The list as it grows at both ends: older pages when they are asked for, and new attempts by the stream. What
// comes while one reads further down waits until it is wanted, so that nothing moves.
import { type InfiniteData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { Page } from '../api.ts'
import { hookAddress, type Place } from '../hooks/place.ts'
import {
  type DeliveryItem,
  deliveriesKey,
  deliveriesQuery,
  type Filters,
  isWanted,
  type Standing,
  standingsQuery,
} from './delivery.ts'
import { follow, type StreamState } from './stream.ts'

// Beyond this the list is read anew rather than kept: a busy hook makes thousands a second.
const ARRIVED_MAX = 2000
const WAITING_MAX = 500
const STANDINGS_MAX = 5000

// What one's own click brings is shown wherever one is.
const OWN_MS = 15_000

type Arrivals = {
  readonly shown: readonly DeliveryItem[]
  readonly waiting: readonly DeliveryItem[]
  readonly waitingCount: number
}

const NONE: Arrivals = { shown: [], waiting: [], waitingCount: 0 }

/** `isReading` tells whether what is new must not be put above what one looks at. */
export function useDeliveries(place: Place, hookId: string, filters: Filters, isReading: () => boolean) {
  const queries = useQueryClient()
  const [state, setState] = useState<StreamState>('connecting')
  const [arrivals, setArrivals] = useState<Arrivals>(NONE)
  const [told, setTold] = useState<ReadonlyMap<string, Standing>>(new Map())
  const ownUntil = useRef(0)
  const reading = useRef(isReading)
  reading.current = isReading

  // The stream comes first: what happens between the two is then told by it.
  const list = useInfiniteQuery({
    ...deliveriesQuery(place, hookId, filters),
    enabled: state !== 'connecting',
  })
  const standings = useQuery({ ...standingsQuery(place, hookId), enabled: state !== 'connecting' })

  const readAnew = useCallback(async () => {
    const { queryKey } = deliveriesQuery(place, hookId, filters)
    // The first page alone.
    queries.setQueryData<InfiniteData<Page<DeliveryItem>, string | null>>(
      queryKey,
      data => data && { pages: data.pages.slice(0, 1), pageParams: data.pageParams.slice(0, 1) },
    )
    await queries.refetchQueries({ queryKey })
    setArrivals(NONE)
    await queries.invalidateQueries({ queryKey: standingsQuery(place, hookId).queryKey })
  }, [queries, place, hookId, filters])

  const show = useCallback(() => {
    setArrivals(({ shown, waiting, waitingCount }) => {
      if (waitingCount > waiting.length || shown.length + waiting.length > ARRIVED_MAX) {
        void readAnew()
        return { shown, waiting: [], waitingCount: 0 }
      }
      return { shown: [...waiting, ...shown], waiting: [], waitingCount: 0 }
    })
  }, [readAnew])

  useEffect(() => {
    let items: DeliveryItem[] = []
    let stands: Standing[] = []
    let frame = 0
    const flush = () => {
      frame = 0
      const [came, stood] = [items.reverse(), stands]
      items = []
      stands = []
      if (came.length > 0) {
        const mayShow = Date.now() < ownUntil.current || !reading.current()
        setArrivals(before => arrived(before, came, mayShow))
      }
      if (stood.length > 0) {
        setTold(before => latest(before, stood))
        for (const { guid } of stood) {
          void queries.invalidateQueries({ queryKey: [...deliveriesKey(place, hookId), 'explanation', guid] })
        }
      }
    }
    const soon = () => {
      frame ||= requestAnimationFrame(flush)
    }
    const end = follow(`${hookAddress(place, hookId)}/deliveries/stream`, {
      delivery(item) {
        if (!isWanted(item, filters)) return
        // More than this within a frame are not looked at one by one.
        if (items.length < ARRIVED_MAX) items.push(item)
        soon()
      },
      standing(standing) {
        if (stands.length < STANDINGS_MAX) stands.push(standing)
        soon()
      },
      reset: () => void readAnew(),
      state: setState,
    })
    return () => {
      end()
      cancelAnimationFrame(frame)
    }
  }, [queries, place, hookId, filters, readAnew])

  const items = useMemo(
    () => unique([...arrivals.shown, ...(list.data?.pages.flatMap(page => page.items) ?? [])]),
    [arrivals.shown, list.data],
  )
  return {
    state,
    list,
    items,
    /** Since the page was opened. */
    arrivedCount: arrivals.shown.length,
    waitingCount: arrivals.waitingCount,
    show,
    /** To be called when one has asked for a delivery oneself. */
    expectOwn: () => {
      ownUntil.current = Date.now() + OWN_MS
      show()
    },
    standingOf: (guid: string) => told.get(guid) ?? standings.data?.get(guid),
  }
}

function arrived(
  { shown, waiting, waitingCount }: Arrivals,
  came: readonly DeliveryItem[],
  mayShow: boolean,
) {
  if (mayShow && waitingCount === 0 && shown.length + came.length <= ARRIVED_MAX) {
    return { shown: [...came, ...shown], waiting, waitingCount }
  }
  const kept = waiting.length === waitingCount && waiting.length + came.length <= WAITING_MAX
  return { shown, waiting: kept ? [...came, ...waiting] : waiting, waitingCount: waitingCount + came.length }
}

function latest(before: ReadonlyMap<string, Standing>, stood: readonly Standing[]) {
  const entries = [...before, ...stood.map(standing => [standing.guid, standing] as const)]
  return new Map(entries.slice(-STANDINGS_MAX))
}

function unique(items: readonly DeliveryItem[]): readonly DeliveryItem[] {
  return [...new Map(items.map(item => [item.id, item])).values()]
}
