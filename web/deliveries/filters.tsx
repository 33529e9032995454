// Which deliveries are listed: by status, event and time. The choice stands in the page's address.
import { FormControl, Select, TextInput } from '@primer/react'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { get } from '../api.ts'
import { useWords } from '../language.tsx'
import { type Filters, WITHIN } from './delivery.ts'
import { WORDS } from './words.tsx'

export type FilterBarProps = {
  readonly filters: Filters
  /** What the webhook asks for; `*` is everything. */
  readonly asked: readonly string[]
  /** What has been seen. */
  readonly seen: readonly string[]
  change(filters: Filters): void
}

export function FilterBar({ filters, asked, seen, change }: FilterBarProps) {
  const words = useWords(WORDS)
  const events = useEvents(asked, seen, filters.event)
  const set = (more: Partial<Record<keyof Filters, string | undefined>>) =>
    change({ ...filters, ...more } as Filters)
  return (
    <div className="deliveries-filters">
      <Choice label={words.status} value={filters.status} choose={status => set({ status })}>
        <Select.Option value="">{words.anyStatus}</Select.Option>
        <Select.Option value="success">{words.success}</Select.Option>
        <Select.Option value="failure">{words.failure}</Select.Option>
      </Choice>
      <Choice label={words.event} value={filters.event} choose={event => set({ event })}>
        <Select.Option value="">{words.anyEvent}</Select.Option>
        {events.map(name => (
          <Select.Option key={name} value={name}>
            {name}
          </Select.Option>
        ))}
      </Choice>
      <Choice
        label={words.time}
        value={filters.within}
        choose={within => set({ within, since: undefined, until: undefined })}
      >
        <Select.Option value="">{words.anyTime}</Select.Option>
        {(Object.keys(WITHIN) as (keyof typeof WITHIN)[]).map(within => (
          <Select.Option key={within} value={within}>
            {words[within]}
          </Select.Option>
        ))}
        <Select.Option value="custom">{words.custom}</Select.Option>
      </Choice>
      {filters.within === 'custom' && (
        <>
          <Moment label={words.since} value={filters.since} choose={since => set({ since })} />
          <Moment label={words.until} value={filters.until} choose={until => set({ until })} />
        </>
      )}
    </div>
  )
}

/** Of a webhook that hears of everything, GitHub's whole catalogue. */
function useEvents(asked: readonly string[], seen: readonly string[], chosen: string | undefined) {
  const isAll = asked.includes('*')
  const { data } = useQuery({
    queryKey: ['webhook-events'],
    queryFn: ({ signal }) => get<readonly { readonly name: string }[]>('/webhook-events', signal),
    staleTime: Number.POSITIVE_INFINITY,
    enabled: isAll,
  })
  const catalogued = isAll ? (data ?? []).map(({ name }) => name) : asked
  const names = new Set(['ping', ...catalogued, ...seen, ...(chosen === undefined ? [] : [chosen])])
  return [...names].sort()
}

type ChoiceProps = {
  readonly label: string
  readonly value: string | undefined
  readonly children: ReactNode
  choose(value: string | undefined): void
}

function Choice({ label, value = '', children, choose }: ChoiceProps) {
  return (
    <FormControl>
      <FormControl.Label>{label}</FormControl.Label>
      <Select block value={value} onChange={event => choose(event.target.value || undefined)}>
        {children}
      </Select>
    </FormControl>
  )
}

type MomentProps = {
  readonly label: string
  readonly value: string | undefined
  choose(value: string | undefined): void
}

function Moment({ label, value, choose }: MomentProps) {
  const take = (text: string) => choose(text === '' ? undefined : new Date(text).toISOString())
  return (
    <FormControl>
      <FormControl.Label>{label}</FormControl.Label>
      <TextInput
        block
        type="datetime-local"
        value={value === undefined ? '' : localTime(value)}
        onChange={event => take(event.target.value)}
      />
    </FormControl>
  )
}

/** As the input wants it: in the browser's zone, without naming it. */
function localTime(iso: string): string {
  const time = new Date(iso)
  if (Number.isNaN(time.getTime())) return ''
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}
