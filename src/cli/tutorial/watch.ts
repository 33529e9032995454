// What happens to the webhook, a line each: read from the delivery log of the public API, and from
// the receiver's figures, so that a line shows what anybody could have asked for.
import { styleText } from 'node:util'
import { pause } from '../../base/pause.ts'
import type { ApiClient } from '../api-client.ts'
import { timeOf } from '../time.ts'
import { REPOSITORY } from './setup.ts'

export type Watched = { readonly api: ApiClient; readonly hookId: number; readonly receiver: string }

// Soon enough to feel live, and little work.
const POLL_EVERY_MS = 400
const PAGE = 100
const WHAT_WIDTH = 40
const TOOK_WIDTH = '<10 ms'.length

type DeliveryItem = {
  readonly id: number
  readonly delivered_at: string
  readonly redelivery: boolean
  /** Seconds. */
  readonly duration: number
  readonly status: string
  readonly status_code: number
  readonly event: string
  readonly action: string | null
}

/** The latest deliveries: what is not among them later is new. */
export async function latestDeliveries({ api, hookId }: Watched): Promise<ReadonlySet<number>> {
  const { body } = await api.expect([200], 'GET', deliveriesPath(hookId))
  return idsOf(body as DeliveryItem[])
}

/** Says each delivery that was not known, until the signal aborts or the webhook is gone. */
export async function watch(
  watched: Watched,
  known: ReadonlySet<number>,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  let seen = known
  for (; !signal.aborted; await pause(POLL_EVERY_MS, signal)) {
    const { status, body } = await watched.api.expect([200, 404], 'GET', deliveriesPath(watched.hookId))
    if (status === 404) {
      say(styleText('yellow', 'The webhook was deleted. The tutorial’s next start makes another.'))
      return
    }
    // Not by comparing numbers: a slow attempt is logged after a quick one that began later.
    const fresh = (body as DeliveryItem[]).filter(({ id }) => !seen.has(id))
    if (fresh.length === PAGE) say('… more at once than are shown here')
    await sayAll(fresh, watched, say)
    seen = idsOf(body as DeliveryItem[])
  }
}

async function sayAll(
  fresh: readonly DeliveryItem[],
  watched: Watched,
  say: (line: string) => void,
): Promise<void> {
  const lastCounted = fresh.find(isCounted)
  for (const item of fresh.toReversed()) {
    const count = item === lastCounted ? `  ${await tellCount(watched)}` : ''
    say((await lineOf(item, watched)) + count)
  }
}

function idsOf(items: readonly DeliveryItem[]): ReadonlySet<number> {
  return new Set(items.map(({ id }) => id))
}

async function lineOf(item: DeliveryItem, watched: Watched): Promise<string> {
  const what = fit(item.event === 'issues' ? await tellIssue(item, watched) : wordsOf(item), WHAT_WIDTH)
  // GitHub's durations have two decimals: what is below tells no more.
  const took = item.duration < 0.01 ? '<10 ms' : `${Math.round(item.duration * 1000)} ms`
  const outcome = hasArrived(item)
    ? styleText('green', `delivered ${item.status_code} in ${took.padEnd(TOOK_WIDTH)}`)
    : styleText('red', `failed ${item.status_code}: ${printable(item.status)}`)
  return `${styleText('dim', timeOf(new Date(item.delivered_at)))}  ${what}  ${outcome}`
}

function hasArrived({ status_code }: DeliveryItem): boolean {
  return status_code >= 200 && status_code <= 299
}

function isCounted(item: DeliveryItem): boolean {
  return item.event === 'issues' && hasArrived(item)
}

async function tellIssue(item: DeliveryItem, { api, hookId }: Watched): Promise<string> {
  const { body } = await api.ask('GET', `${hookPath(hookId)}/deliveries/${item.id}`)
  const { issue } = (body as { request?: { payload?: Payload | null } }).request?.payload ?? {}
  if (!issue) return wordsOf(item)
  return `issue #${issue.number} ${item.action}${item.redelivery ? ' again' : ''}: ${issue.title}`
}

type Payload = { readonly issue?: { readonly number: number; readonly title: string } }

async function tellCount({ receiver }: Watched): Promise<string> {
  const query = new URLSearchParams({
    days: '1',
    time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  })
  const response = await fetch(`${receiver}/popularity.json?${query}`)
  const rows = (await response.json()) as { repository: string; total: number }[]
  const today = rows.find(({ repository }) => repository === REPOSITORY)?.total ?? 0
  return `${today} ${today === 1 ? 'issue' : 'issues'} today`
}

function wordsOf({ event, action, redelivery }: DeliveryItem): string {
  return [event, action, redelivery ? 'again' : null].filter(word => word !== null).join(' ')
}

/** A column: what is too long ends with an ellipsis. */
function fit(text: string, width: number): string {
  const letters = [...printable(text)]
  if (letters.length > width) return `${letters.slice(0, width - 1).join('')}…`
  return letters.join('') + ' '.repeat(width - letters.length)
}

/** Without control characters: a title comes from whoever opens an issue, and could steer the terminal. */
function printable(text: string): string {
  return text.replace(/\p{C}/gu, '')
}

function deliveriesPath(hookId: number): string {
  return `${hookPath(hookId)}/deliveries?per_page=${PAGE}`
}

function hookPath(hookId: number): string {
  return `/repos/${REPOSITORY}/hooks/${hookId}`
}
