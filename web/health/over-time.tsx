// How attempts went over the last hour, day or week: two charts, and their figures as a table.
import { SegmentedControl } from '@primer/react'
import { Blankslate } from '@primer/react/experimental'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import type { Place } from '../hooks/place.ts'
import { useFormats, useLanguage, useWords } from '../language.tsx'
import { Failure } from '../parts/failure.tsx'
import { Loading } from '../parts/loading.tsx'
import { useDuration } from './duration.ts'
import { type HealthBucket, type HealthSeries, seriesQuery, WINDOWS, type WindowName } from './health.ts'
import { WORDS } from './health-words.ts'
import { type Line, Plot } from './plot.tsx'

type OverTimeProps = { readonly place: Place; readonly hookId: string }

export function OverTime({ place, hookId }: OverTimeProps) {
  const words = useWords(WORDS)
  const navigate = useNavigate()
  const { over } = useSearch({ strict: false }) as { over?: unknown }
  const window = WINDOWS.find(name => name === over) ?? 'day'
  const { data, error, refetch } = useQuery({
    ...seriesQuery(place, hookId, window),
    placeholderData: keepPreviousData,
  })
  const choose = (index: number) =>
    navigate({
      to: '.',
      search: (search: object) => ({ ...search, over: WINDOWS[index] }),
      resetScroll: false,
    } as never)
  return (
    <section className="frame-tab-section" aria-labelledby="health-over-time">
      <div className="health-head">
        <h2 id="health-over-time">{words.overTime}</h2>
        <SegmentedControl aria-label={words.windowLabel} size="small" onChange={choose}>
          {WINDOWS.map(name => (
            <SegmentedControl.Button key={name} selected={name === window}>
              {words.shortWindows[name]}
            </SegmentedControl.Button>
          ))}
        </SegmentedControl>
      </div>
      {data ? <Series series={data} /> : error ? <Failure error={error} retry={refetch} /> : <Loading />}
    </section>
  )
}

// Every bucket that has attempts is red from bottom to top; green is drawn over it, as high as the rate.
const RATE_LINES: readonly Line[] = [
  { colour: '--data-red-color-emphasis', as: 'bar' },
  { colour: '--data-green-color-emphasis', as: 'bar' },
]

const LATENCY_LINES: readonly Line[] = [
  { colour: '--data-purple-color-emphasis', as: 'dashes' },
  { colour: '--data-blue-color-emphasis', as: 'line' },
]

const HOUR_SECONDS = 3600
const HOURS = [60, 300, 600, 900, 1800, HOUR_SECONDS, 2 * HOUR_SECONDS, 4 * HOUR_SECONDS, 6 * HOUR_SECONDS]
// Each has its label once.
const DAYS = [24 * HOUR_SECONDS, 48 * HOUR_SECONDS, 96 * HOUR_SECONDS]

// A scale of less would make a millisecond look like a storm.
const LATENCY_SCALE_SECONDS = 0.05

function Series({ series }: { readonly series: HealthSeries }) {
  const words = useWords(WORDS)
  const formats = useFormats()
  const duration = useDuration()
  const axisTime = useAxisTime(series.window)
  const [pointed, setPointed] = useState<number | null>(null)
  const { rates, latencies, range } = useMemo(() => columnsOf(series), [series])
  const window = words.windows[series.window]
  const filled = series.buckets.filter(({ attempts }) => attempts > 0)
  if (filled.length === 0) {
    return (
      <Blankslate border>
        <Blankslate.Heading as="h3">{words.noAttempts}</Blankslate.Heading>
        <Blankslate.Description>{words.noAttemptsWhy}</Blankslate.Description>
      </Blankslate>
    )
  }
  const common = {
    range,
    time: axisTime,
    onPoint: setPointed,
    steps: series.window === 'week' ? DAYS : HOURS,
  }
  return (
    <>
      <figure className="health-chart">
        <figcaption>
          {words.rateChart} <Key kind="succeeded" text={words.succeeded} />{' '}
          <Key kind="failed" text={words.failed} />
        </figcaption>
        <Plot
          {...common}
          label={words.chartOf(words.rateChart, window)}
          data={rates}
          lines={RATE_LINES}
          scaleMin={1}
          scaleMax={1}
          value={formats.percent}
        />
      </figure>
      <figure className="health-chart">
        <figcaption>
          {words.latencyChart} <Key kind="p50" text={words.p50} /> <Key kind="p95" text={words.p95} />
        </figcaption>
        <Plot
          {...common}
          label={words.chartOf(words.latencyChart, window)}
          data={latencies}
          lines={LATENCY_LINES}
          scaleMin={LATENCY_SCALE_SECONDS}
          value={duration}
        />
      </figure>
      <p className="health-reading" aria-hidden="true">
        <Reading bucket={pointed === null ? undefined : series.buckets[pointed]} />
      </p>
      <Table buckets={filled} />
    </>
  )
}

function Key({ kind, text }: { readonly kind: string; readonly text: string }) {
  return (
    <span className="health-key" data-kind={kind}>
      {text}
    </span>
  )
}

function Reading({ bucket }: { readonly bucket: HealthBucket | undefined }) {
  const words = useWords(WORDS)
  const formats = useFormats()
  const duration = useDuration()
  if (!bucket || bucket.success_rate === null) return words.point
  const { p50, p95 } = bucket.duration
  const count = formats.number(bucket.attempts)
  return words.reading(
    formats.time(bucket.from),
    formats.percent(bucket.success_rate),
    bucket.complete ? words.attempts(count, bucket.attempts === 1) : words.latestAttempts(count),
    duration(p50),
    duration(p95),
  )
}

function Table({ buckets }: { readonly buckets: readonly HealthBucket[] }) {
  const words = useWords(WORDS)
  const formats = useFormats()
  const duration = useDuration()
  const attempts = useAttempts()
  return (
    <details className="health-table">
      <summary>{words.table}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard. */}
      <section aria-label={words.table} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{words.columns.from}</th>
              <th scope="col">{words.columns.attempts}</th>
              <th scope="col">{words.columns.rate}</th>
              <th scope="col">{words.columns.p50}</th>
              <th scope="col">{words.columns.p95}</th>
            </tr>
          </thead>
          <tbody>
            {buckets.toReversed().map(bucket => (
              <tr key={bucket.from}>
                <th scope="row">{formats.time(bucket.from)}</th>
                <td>{attempts(bucket)}</td>
                <td>{formats.percent(bucket.success_rate ?? 0)}</td>
                <td>{duration(bucket.duration.p50)}</td>
                <td>{duration(bucket.duration.p95)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  )
}

function useAttempts(): (bucket: HealthBucket) => string {
  const words = useWords(WORDS)
  const { number } = useFormats()
  return ({ attempts, complete }) => (complete ? number(attempts) : words.orMore(number(attempts)))
}

/** The day, when there are several. */
function useAxisTime(window: WindowName): (seconds: number) => string {
  const { language } = useLanguage()
  return useMemo(() => {
    const format = new Intl.DateTimeFormat(
      language,
      window === 'week' ? { weekday: 'short', day: 'numeric' } : { hour: 'numeric', minute: '2-digit' },
    )
    return seconds => format.format(seconds * 1000)
  }, [language, window])
}

function columnsOf({ buckets, bucket_seconds: length }: HealthSeries) {
  const starts = buckets.map(({ from }) => Date.parse(from) / 1000)
  const middles = starts.map(start => start + length / 2)
  const column = (read: (bucket: HealthBucket) => number | null) => buckets.map(read)
  return {
    rates: [
      middles,
      column(({ attempts }) => (attempts > 0 ? 1 : null)),
      column(({ success_rate }) => success_rate),
    ] as [number[], (number | null)[], (number | null)[]],
    latencies: [middles, column(({ duration }) => duration.p95), column(({ duration }) => duration.p50)] as [
      number[],
      (number | null)[],
      (number | null)[],
    ],
    range: [starts[0] ?? 0, (starts.at(-1) ?? 0) + length] as const,
  }
}
