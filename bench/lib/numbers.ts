// The table of docs/numbers.md, made of the last results: what was promised, what was measured, and
// whether it holds. Written anew with each result, so that the page cannot say what no run has shown.
import { readFileSync, writeFileSync } from 'node:fs'
import { type Spread, sayRatio } from './spread.ts'

const PAGE = new URL('../../docs/numbers.md', import.meta.url)
const BEGIN = '<!-- The table is written by bench/lib/numbers.ts. -->'
const END = '<!-- The end of the table. -->'

type Figure = { readonly says: string; readonly kept: boolean }

type Row<Result> = {
  readonly bench: string
  readonly what: string
  readonly promise: string
  figures(result: Result): readonly Figure[]
}

type Told = {
  readonly measured: string
  readonly machine: {
    readonly processor: string
    readonly cores: number
    readonly memoryGiB: number
    readonly node: string
  }
}

type Deliver = {
  readonly results: readonly {
    readonly receivers: number
    readonly perSecond: number
    readonly ratio: number
    readonly ratioMin: number
    readonly ratioMax: number
  }[]
}
type Dispatchers = {
  readonly results: readonly {
    readonly receivers: number
    readonly ratioToPlainBullmq: Spread
    readonly ratioToBest: Spread
  }[]
}
type Latencies = {
  readonly results: readonly {
    readonly receivers: number
    readonly perSecond: number
    readonly p50Ms: Spread
    readonly p99Ms: Spread
  }[]
}
type Ratio = { readonly ratio: Spread }
type Backlogs = { readonly results: readonly { readonly itsReceiver: string; readonly ratio: Spread }[] }
type Log = Ratio & { readonly attempts: number }
type Statements = {
  readonly loaded: { readonly perEvent: number }
  readonly single: { readonly perEvent: number }
}
type Lists = {
  readonly rows: number
  readonly results: readonly {
    readonly list: string
    readonly many: { readonly p50Ms: number; readonly p99Ms: number }
    readonly ratio: Spread
  }[]
}
type Memories = {
  readonly due: number
  readonly with: { readonly peakMiB: number }
  readonly without: { readonly peakMiB: number }
}
type Retentions = {
  readonly longestTransactionMs: Spread
  readonly maxMs: Spread
  readonly maxMsWithout: Spread
}
type Starts = { readonly newFolderMs: Spread; readonly knownFolderMs: Spread }

const ROWS = [
  row<Deliver>({
    bench: 'deliver',
    what: 'durable, signed, logged deliveries a second beside a bare undici loop that stores nothing',
    promise: 'at least 0.5 of it',
    figures: ({ results }) =>
      results.map(({ receivers, perSecond, ratio, ratioMin, ratioMax }) => ({
        says: `${receiversOf(receivers)}: ${sayRatio({ median: ratio, min: ratioMin, max: ratioMax })}, ${perSecond}/s`,
        kept: ratio >= 0.5,
      })),
  }),
  row<Dispatchers>({
    bench: 'dispatchers',
    what: 'the same beside a job a delivery on plain BullMQ',
    promise: 'at least 3 times',
    figures: ({ results }) =>
      results.map(({ receivers, ratioToPlainBullmq: ratio }) => ({
        says: `${receiversOf(receivers)}: ${sayRatio(ratio)}`,
        kept: ratio.median >= 3,
      })),
  }),
  row<Dispatchers>({
    bench: 'dispatchers',
    what: 'the same beside the best of BullMQ, pg-boss and graphile-worker, batched or not',
    promise: 'at least 2 times',
    figures: ({ results }) =>
      results.map(({ receivers, ratioToBest: ratio }) => ({
        says: `${receiversOf(receivers)}: ${sayRatio(ratio)}`,
        kept: ratio.median >= 2,
      })),
  }),
  row<Latencies>({
    bench: 'latency',
    what: 'publish to receipt at half of the saturating load',
    promise: 'p50 at most 5 ms, p99 at most 50 ms',
    figures: ({ results }) =>
      results.map(({ receivers, perSecond, p50Ms, p99Ms }) => ({
        says: `${receiversOf(receivers)} at ${perSecond}/s: p50 ${sayMs(p50Ms)}, p99 ${sayMs(p99Ms)}`,
        kept: p50Ms.median <= 5 && p99Ms.median <= 50,
      })),
  }),
  row<Ratio>({
    bench: 'hanging',
    what: 'healthy receivers’ p99 while a tenth of 200 hooks hang until their timeout',
    promise: 'at most 1.5 times',
    figures: ({ ratio }) => [{ says: sayRatio(ratio), kept: ratio.median <= 1.5 }],
  }),
  row<Backlogs>({
    bench: 'backlog',
    what: 'the others’ p99 beside a hook with a million due',
    promise: 'at most 1.2 times',
    figures: ({ results }) =>
      results.map(({ itsReceiver, ratio }) => ({
        says: `its receiver ${itsReceiver}: ${sayRatio(ratio)}`,
        kept: ratio.median <= 1.2,
      })),
  }),
  row<Retentions>({
    bench: 'retention',
    what: 'how long dropping what is old holds up a delivery, at half of the saturating load',
    promise: 'at most 100 ms',
    figures: ({ longestTransactionMs, maxMs, maxMsWithout }) => [
      { says: `longest transaction ${sayMs(longestTransactionMs)}`, kept: longestTransactionMs.max <= 100 },
      { says: `slowest delivery ${sayMs(maxMs)}, without ${sayMs(maxMsWithout)}`, kept: maxMs.max <= 100 },
    ],
  }),
  row<Log>({
    bench: 'log',
    what: 'the saturating throughput with ten million attempts in the log',
    promise: 'at least 0.9 of an empty log',
    figures: ({ ratio, attempts }) => [
      {
        says: `${sayRatio(ratio)} with ${attempts.toLocaleString('en')}`,
        kept: ratio.median >= 0.9 && attempts >= 10_000_000,
      },
    ],
  }),
  row<Statements>({
    bench: 'statements',
    what: 'SQL statements for each delivered event, a batch counted as its rows',
    promise: 'at most 6',
    figures: ({ loaded, single }) => [
      { says: `under load ${loaded.perEvent}`, kept: loaded.perEvent <= 6 },
      { says: `one by one ${single.perEvent}`, kept: single.perEvent <= 6 },
    ],
  }),
  row<Lists>({
    bench: 'lists',
    what: 'a page of hooks or deliveries through the API with a million rows of them, beside a thousand',
    promise: 'p50 at most 10 ms, at most 1.5 times',
    figures: ({ results, rows }) =>
      results.map(({ list, many, ratio }) => ({
        says: `${list}: p50 ${many.p50Ms} ms, p99 ${many.p99Ms} ms, ${sayRatio(ratio)}`,
        kept: many.p50Ms <= 10 && ratio.median <= 1.5 && rows >= 1_000_000,
      })),
  }),
  row<Memories>({
    bench: 'memory',
    what: 'resident memory of the server with a million deliveries due, at its peak',
    promise: 'at most 256 MiB',
    figures: ({ due, with: withBacklog, without }) => [
      {
        says: `${withBacklog.peakMiB} MiB with ${due.toLocaleString('en')}, ${without.peakMiB} MiB without`,
        kept: withBacklog.peakMiB <= 256 && due >= 1_000_000,
      },
    ],
  }),
  row<Starts>({
    bench: 'start',
    what: 'from the command to the answer to a first request',
    promise: 'at most 1 s',
    figures: ({ newFolderMs, knownFolderMs }) => [
      { says: `new folder ${sayMs(newFolderMs)}`, kept: newFolderMs.median <= 1_000 },
      { says: `known folder ${sayMs(knownFolderMs)}`, kept: knownFolderMs.median <= 1_000 },
    ],
  }),
]

/** Puts the last results into the page. */
export function updateNumbers(): void {
  const page = readFileSync(PAGE, 'utf8')
  const [begin, end] = placeIn(page)
  writeFileSync(PAGE, page.slice(0, begin) + numbersTable() + page.slice(end))
}

/** As the page has it. */
export function readNumbersTable(): string {
  const page = readFileSync(PAGE, 'utf8')
  return page.slice(...placeIn(page))
}

export function numbersTable(): string {
  const machines = new Set<string>()
  const lines = ROWS.map(({ bench, what, promise, figures }) => {
    const result = readResult(bench)
    if (result) machines.add(sayMachine(result.machine))
    const found = result ? figures(result) : []
    const measured = found.map(({ says, kept }) => (kept ? says : `**${says}**`)).join('<br>') || 'not yet'
    return `| ${what} | ${promise} | ${measured} | ${result?.measured ?? ''} | \`npm run bench -- ${bench}\` |`
  })
  const head = ['| what | promised | measured | on | command |', '|---|---|---|---|---|']
  return ['', ...head, ...lines, '', `Measured on ${[...machines].join('; ')}.`, ''].join('\n')
}

function placeIn(page: string): [begin: number, end: number] {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)]
  if (begin < 0 || end < begin) throw new Error('docs/numbers.md has no place for the table')
  return [begin + BEGIN.length, end]
}

/** Whatever a bench has written, its row knows how to read. */
function row<Result>({ figures, ...told }: Row<Result>): Row<Told> {
  return { ...told, figures: result => figures(result as Told & Result) }
}

function readResult(bench: string): Told | undefined {
  try {
    return JSON.parse(readFileSync(new URL(`../results/${bench}.json`, import.meta.url), 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return undefined
  }
}

function sayMachine({ processor, cores, memoryGiB, node }: Told['machine']): string {
  return `${processor}, ${cores} cores, ${memoryGiB} GiB, Node ${node}`
}

function receiversOf(count: number): string {
  return count === 1 ? '1 receiver' : `${count} receivers`
}

function sayMs({ median, min, max }: Spread): string {
  const say = (ms: number) => (ms < 10 ? ms.toFixed(1) : ms.toFixed(0))
  return `${say(median)} ms (${say(min)} to ${say(max)})`
}
