// The requests, newest first: what was asked, how it was answered, and how long that took.
import { InboxIcon, SyncIcon } from '@primer/octicons-react'
import { Button, Select, TextInput } from '@primer/react'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { type KeyboardEvent, type MouseEvent, useEffect, useState } from 'react'
import { send } from '../api.ts'
import { withMarks } from '../deliveries/text.ts'
import { useLanguage, useWords } from '../language.tsx'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { Loading } from '../parts/loading.tsx'
import { Nothing } from '../parts/nothing.tsx'
import type { Address } from './address.ts'
import { Away } from './away.tsx'
import type { Filters, Summary } from './exchange.ts'
import { listQuery } from './exchange-queries.ts'
import { StatusLabel, VerdictMark } from './marks.tsx'
import { useTook } from './took.ts'
import { WORDS } from './words.ts'

const NO_FILTERS: Filters = { method: '', status: '', path: '' }
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']

export function RequestList({ address }: { readonly address: Address }) {
  const words = useWords(WORDS)
  const { filters } = address
  const list = useInfiniteQuery(listQuery(filters))
  const requests = list.data?.pages.flatMap(page => page.requests) ?? []
  const isFiltered = Object.values(filters).some(value => value !== '')
  return (
    <section className="inspector-list" aria-label={words.list}>
      <FilterBar filters={filters} change={address.filter} canForget={requests.length > 0} />
      <Latest request={requests[0]} />
      {!list.data ? (
        list.error ? (
          <Away error={list.error} retry={() => list.refetch()} />
        ) : (
          <Loading rows={8} />
        )
      ) : requests.length > 0 ? (
        <ul className="inspector-rows" onKeyDown={stepByArrows}>
          {requests.map(request => (
            <Row key={request.id} request={request} address={address} />
          ))}
        </ul>
      ) : isFiltered ? (
        <Nothing heading={words.noMatch}>
          <Button onClick={() => address.filter(NO_FILTERS)}>{words.clearFilters}</Button>
        </Nothing>
      ) : (
        <Nothing icon={InboxIcon} heading={words.none} why={words.noneText} />
      )}
      {list.isFetchNextPageError && (
        <p role="alert" className="frame-fault">
          {words.olderFailed}
        </p>
      )}
      {list.hasNextPage && (
        <Button block loading={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
          {words.older}
        </Button>
      )}
    </section>
  )
}

/** What appears by itself, for who does not see it. */
function Latest({ request }: { readonly request: Summary | undefined }) {
  const words = useWords(WORDS)
  const [first, setFirst] = useState<number>()
  useEffect(() => setFirst(known => known ?? request?.id), [request?.id])
  const isNew = request !== undefined && first !== undefined && request.id > first
  return (
    <span role="status" className="inspector-unseen">
      {isNew && words.latest(withMarks(request.method), withMarks(request.target))}
    </span>
  )
}

/** From row to row, beside the tab key. */
function stepByArrows(event: KeyboardEvent<HTMLUListElement>): void {
  const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
  if (by === 0) return
  const links: readonly Element[] = [...event.currentTarget.querySelectorAll('a')]
  const focused = document.activeElement
  const at = focused ? links.indexOf(focused) : -1
  const next = links[at + by]
  if (at < 0 || !(next instanceof HTMLElement)) return
  event.preventDefault()
  next.focus()
}

type RowProps = { readonly request: Summary; readonly address: Address }

function Row({ request, address }: RowProps) {
  const words = useWords(WORDS)
  const { language } = useLanguage()
  const tookOf = useTook()
  const { id, method, target, startedAt, tookMs, webhook, replay, signature } = request
  const isOpen = address.openId === id
  const open = (event: MouseEvent) => {
    // Into another tab, as the browser does it.
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    address.open(id)
  }
  return (
    <li>
      <a
        href={address.at(id)}
        className="inspector-row"
        aria-current={isOpen || undefined}
        data-request={id}
        onClick={open}
      >
        <StatusLabel exchange={request} />
        <span className="inspector-what">
          <span className="inspector-target" dir="ltr">
            <strong>{withMarks(method)}</strong> {withMarks(target)}
          </span>
          {(webhook || replay || signature === 'invalid' || signature === 'valid') && (
            <span className="inspector-notes">
              {webhook?.event && <bdi>{withMarks(webhook.event)}</bdi>}
              <VerdictMark verdict={signature} />
              {replay && (
                <span>
                  <SyncIcon size={12} /> {words.replayMark(String(replay.of))}
                </span>
              )}
            </span>
          )}
        </span>
        <span className="inspector-when">
          <time dateTime={startedAt}>{new Date(startedAt).toLocaleTimeString(language)}</time>
          <span>{tookOf(tookMs)}</span>
        </span>
      </a>
    </li>
  )
}

type FilterBarProps = {
  readonly filters: Filters
  readonly canForget: boolean
  change(filters: Filters): void
}

function FilterBar({ filters, canForget, change }: FilterBarProps) {
  const words = useWords(WORDS)
  const statuses = [
    ['', words.anyStatus],
    ['2xx', words.success],
    ['3xx', words.redirect],
    ['4xx', words.callerFault],
    ['5xx', words.serverFault],
    ['none', words.unanswered],
  ]
  return (
    <div className="inspector-filters">
      <TextInput
        type="search"
        className="inspector-path"
        aria-label={words.path}
        placeholder={words.path}
        value={filters.path}
        maxLength={200}
        onChange={event => change({ ...filters, path: event.target.value })}
      />
      <Select
        aria-label={words.method}
        value={filters.method}
        onChange={event => change({ ...filters, method: event.target.value })}
      >
        <Select.Option value="">{words.anyMethod}</Select.Option>
        {METHODS.map(method => (
          <Select.Option key={method} value={method}>
            {method}
          </Select.Option>
        ))}
      </Select>
      <Select
        aria-label={words.status}
        value={filters.status}
        onChange={event => change({ ...filters, status: event.target.value })}
      >
        {statuses.map(([value, label]) => (
          <Select.Option key={value} value={value ?? ''}>
            {label}
          </Select.Option>
        ))}
      </Select>
      <Forget isDisabled={!canForget} />
    </div>
  )
}

function Forget({ isDisabled }: { readonly isDisabled: boolean }) {
  const words = useWords(WORDS)
  const queries = useQueryClient()
  const [isAsking, setAsking] = useState(false)
  const forgetting = useMutation({
    mutationFn: () => send('DELETE', '/api/requests', {}),
    onSuccess: () => {
      setAsking(false)
      return queries.invalidateQueries({ queryKey: ['requests'] })
    },
  })
  return (
    <>
      <Button disabled={isDisabled} onClick={() => setAsking(true)}>
        {words.forget}
      </Button>
      {isAsking && (
        <ConfirmDialog
          title={words.forgetTitle}
          confirm={words.forget}
          doing={forgetting}
          close={() => setAsking(false)}
        >
          {words.forgetText}
        </ConfirmDialog>
      )}
    </>
  )
}
