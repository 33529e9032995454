// A hook's recent deliveries, as they happen.

import { DotFillIcon } from '@primer/octicons-react'
import { Banner, Button, Heading, VisuallyHidden } from '@primer/react'
import { Blankslate } from '@primer/react/experimental'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type ReactNode, useMemo, useState } from 'react'
import { send } from '../api.ts'
import { hookQuery } from '../hooks/hook.ts'
import { hookAddress, hookPage, type Place } from '../hooks/place.ts'
import { useFormats, useWords } from '../language.tsx'
import { Failure } from '../parts/failure.tsx'
import { FaultLine } from '../parts/fault-line.tsx'
import { Loading } from '../parts/loading.tsx'
import { deliveryQuery, type Filters, WITHIN } from './delivery.ts'
import { DeliveryDetail } from './delivery-detail.tsx'
import { DeliveryList } from './delivery-list.tsx'
import { DeliveryRow } from './delivery-row.tsx'
import { FilterBar } from './filters.tsx'
import { type Row, rowsOf } from './rows.ts'
import type { StreamState } from './stream.ts'
import { useDeliveries } from './use-deliveries.ts'
import { WORDS } from './words.tsx'

import './deliveries.css'

// Further down than the heading and the filters are high.
const SCROLLED_PX = 160

export type DeliveriesTabProps = { readonly place: Place; readonly hookId: string }

export function DeliveriesTab({ place, hookId }: DeliveriesTabProps) {
  const search = useSearch({ strict: false }) as Readonly<Record<string, unknown>>
  const filters = useMemo(() => readFilters(search), [search])
  // With other filters it is another list.
  return (
    <Log
      key={JSON.stringify(filters)}
      place={place}
      hookId={hookId}
      filters={filters}
      openId={readOpenId(search)}
    />
  )
}

function readFilters({ status, event, within, since, until }: Readonly<Record<string, unknown>>): Filters {
  const range = within === 'custom' || (typeof within === 'string' && within in WITHIN) ? within : undefined
  return {
    ...((status === 'success' || status === 'failure') && { status }),
    ...(typeof event === 'string' && event !== '' && { event }),
    ...(range !== undefined && { within: range as NonNullable<Filters['within']> }),
    ...(range === 'custom' && isTime(since) && { since }),
    ...(range === 'custom' && isTime(until) && { until }),
  }
}

function isTime(value: unknown): value is string {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value))
}

function readOpenId({ delivery }: Readonly<Record<string, unknown>>): number | undefined {
  const id = Number(delivery ?? Number.NaN)
  return Number.isSafeInteger(id) ? id : undefined
}

type LogProps = DeliveriesTabProps & { readonly filters: Filters; readonly openId: number | undefined }

function Log({ place, hookId, filters: given, openId }: LogProps) {
  const words = useWords(WORDS)
  // Parents may be drawn again, with filters that are the same.
  const [filters] = useState(given)
  const navigate = useNavigate()
  const hook = useQuery(hookQuery(place, hookId))
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set())
  const isReading = () => openId !== undefined || window.scrollY > SCROLLED_PX
  const { state, list, items, arrivedCount, waitingCount, show, expectOwn, standingOf } = useDeliveries(
    place,
    hookId,
    filters,
    isReading,
  )
  const rows = useMemo(() => rowsOf(items, unfolded, openId), [items, unfolded, openId])

  const go = (search: Filters & { readonly delivery?: number | undefined }, replace: boolean) =>
    navigate({
      to: hookPage(place, hookId),
      search: { tab: 'deliveries', ...search },
      replace,
      resetScroll: false,
    })
  const open = (id: number | undefined) => go({ ...filters, delivery: id }, true)
  const change = (changed: Filters) => go(changed, false)

  const hookUrl = hook.data?.config.url ?? ''
  const detailOf = (id: number) => (
    <DeliveryDetail place={place} hookId={hookId} hookUrl={hookUrl} id={id} expect={expectOwn} open={open} />
  )
  const rowOf = ({ item, earlier, isUnfolded, isEarlier }: Row) => (
    <DeliveryRow
      item={item}
      earlierCount={earlier.length}
      isUnfolded={isUnfolded}
      standing={isEarlier ? undefined : standingOf(item.guid)}
      toggle={() => open(item.id === openId ? undefined : item.id)}
      unfold={() => setUnfolded(before => toggled(before, item.guid))}
    >
      {item.id === openId ? detailOf(item.id) : undefined}
    </DeliveryRow>
  )
  const isFiltered = Object.keys(filters).length > 0
  const isElsewhere =
    openId !== undefined && list.data !== undefined && !items.some(({ id }) => id === openId)
  return (
    <section className="deliveries" aria-labelledby="deliveries-title">
      <div className="deliveries-head">
        <Heading as="h2" variant="medium" id="deliveries-title">
          {words.title}
        </Heading>
        <LiveState state={state} />
        <span className="deliveries-gap" />
        <Ping place={place} hookId={hookId} expect={expectOwn} />
      </div>
      {hook.data?.active === false && (
        <Banner variant="info" title={words.inactive} description={words.inactiveText} />
      )}
      <FilterBar filters={filters} asked={hook.data?.events ?? []} seen={seenIn(items)} change={change} />
      {isElsewhere && (
        <Elsewhere place={place} hookId={hookId} id={openId} close={() => open(undefined)}>
          {detailOf(openId)}
        </Elsewhere>
      )}
      <Fresh count={waitingCount} show={show} />
      <Arrived count={arrivedCount} />
      {rows.length > 0 ? (
        <DeliveryList label={words.list} rows={rows} openId={openId} row={rowOf} />
      ) : list.data ? (
        <Nothing isFiltered={isFiltered} hasMore={list.hasNextPage} clear={() => change({})} />
      ) : list.error ? (
        <Failure error={list.error} retry={list.refetch} />
      ) : (
        <Loading rows={8} />
      )}
      {list.data && (rows.length > 0 || list.hasNextPage) && (
        <Older
          hasMore={list.hasNextPage}
          isLoading={list.isFetchingNextPage}
          hasFailed={list.isFetchNextPageError}
          load={() => list.fetchNextPage()}
        />
      )}
    </section>
  )
}

// Of the latest alone: it is but an offer.
const SEEN_MAX = 500

function seenIn(items: readonly { readonly event: string }[]): readonly string[] {
  return [...new Set(items.slice(0, SEEN_MAX).map(({ event }) => event))]
}

function toggled(set: ReadonlySet<string>, value: string): ReadonlySet<string> {
  const next = new Set(set)
  if (!next.delete(value)) next.add(value)
  return next
}

function LiveState({ state }: { readonly state: StreamState }) {
  const words = useWords(WORDS)
  return (
    <span role="status" className="deliveries-live" data-state={state}>
      <DotFillIcon /> {words[state]}
    </span>
  )
}

type PingProps = { readonly place: Place; readonly hookId: string; expect(): void }

function Ping({ place, hookId, expect }: PingProps) {
  const words = useWords(WORDS)
  const ping = useMutation({
    mutationFn: () => send('POST', `${hookAddress(place, hookId)}/pings`),
    onMutate: expect,
  })
  return (
    <>
      <span role="status" className="deliveries-note">
        {ping.isSuccess ? words.pinged : ''}
      </span>
      <FaultLine error={ping.error} failed={words.pingFailed} />
      <Button loading={ping.isPending} onClick={() => ping.mutate()}>
        {words.ping}
      </Button>
    </>
  )
}

function Fresh({ count, show }: { readonly count: number; show(): void }) {
  const words = useWords(WORDS)
  const formats = useFormats()
  const go = () => {
    show()
    window.scrollTo({ top: 0 })
  }
  return (
    <div role="status" className="deliveries-fresh">
      {count > 0 && (
        <Button size="small" variant="primary" onClick={go}>
          {words.fresh(formats.number(count), count === 1)}
        </Button>
      )}
    </div>
  )
}

/** What appears by itself, for who does not see it. */
function Arrived({ count }: { readonly count: number }) {
  const words = useWords(WORDS)
  const formats = useFormats()
  return (
    <VisuallyHidden role="status" className="deliveries-arrived">
      {count > 0 ? words.fresh(formats.number(count), count === 1) : ''}
    </VisuallyHidden>
  )
}

type ElsewhereProps = {
  readonly place: Place
  readonly hookId: string
  readonly id: number
  readonly children: ReactNode
  close(): void
}

/** A delivery that the address names, and that is not among those that are loaded. */
function Elsewhere({ place, hookId, id, children, close }: ElsewhereProps) {
  const words = useWords(WORDS)
  const { data, error } = useQuery(deliveryQuery(place, hookId, id))
  if (error) return <Banner variant="warning" title={words.noDetail} onDismiss={close} />
  if (!data) return <Loading rows={1} />
  return (
    <div className="deliveries-elsewhere">
      <DeliveryRow item={data} toggle={close}>
        {children}
      </DeliveryRow>
    </div>
  )
}

type NothingProps = { readonly isFiltered: boolean; readonly hasMore: boolean; clear(): void }

function Nothing({ isFiltered, hasMore, clear }: NothingProps) {
  const words = useWords(WORDS)
  return (
    <Blankslate border>
      <Blankslate.Heading as="h3">{isFiltered ? words.noMatch : words.never}</Blankslate.Heading>
      <Blankslate.Description>
        {isFiltered ? (hasMore ? words.noMatchFurther : '') : words.neverText}
      </Blankslate.Description>
      {isFiltered && <Blankslate.PrimaryAction onClick={clear}>{words.clear}</Blankslate.PrimaryAction>}
    </Blankslate>
  )
}

type OlderProps = {
  readonly hasMore: boolean
  readonly isLoading: boolean
  readonly hasFailed: boolean
  load(): void
}

function Older({ hasMore, isLoading, hasFailed, load }: OlderProps) {
  const words = useWords(WORDS)
  return (
    <div className="deliveries-older">
      {hasFailed && (
        <span role="alert" className="deliveries-refused">
          {words.olderFailed}
        </span>
      )}
      {hasMore ? (
        <Button loading={isLoading} loadingAnnouncement={words.loadingOlder} onClick={load}>
          {hasFailed ? words.again : words.older}
        </Button>
      ) : (
        <span className="deliveries-note">{words.end}</span>
      )}
    </div>
  )
}
