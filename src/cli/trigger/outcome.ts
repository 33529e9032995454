// What becomes of an event that was triggered: for each webhook a line as soon as its first attempt is over, or as
// soon as it is known why there will be none.
import { styleText } from 'node:util'
import { pause } from '../../base/pause.ts'
import type { ApiClient } from '../api-client.ts'
import type { Place } from './payload.ts'

/** `left` are those of which nothing was known in time. */
export type Outcomes = { readonly shown: readonly Shown[]; readonly left: number }

export type Shown = {
  readonly hook_id: number
  readonly url: string | null
  readonly state: string
  readonly status: string | null
  readonly status_code: number | null
  /** Seconds. */
  readonly duration: number | null
  readonly explanation: string
}

type Standing = { readonly hook_id: number; readonly state: string; readonly attempts: number }

type Explanation = Standing & {
  readonly explanation: string
  readonly deliveries: readonly {
    readonly status: string
    readonly status_code: number
    readonly duration: number
  }[]
}

type HookItem = { readonly id: number; readonly config: { readonly url?: string } }

type Watching = {
  readonly api: ApiClient
  readonly place: Place
  readonly waitMs: number
  readonly signal: AbortSignal
}

// Soon enough to feel live, and little work.
const POLL_EVERY_MS = 200

/** Calls `show` for each as it comes. */
export async function watchOutcomes(
  eventId: number,
  { api, place, waitMs, signal }: Watching,
  show: (shown: Shown) => void,
): Promise<Outcomes> {
  const hooks = new Map(
    ((await api.get(`${place.path}/hooks?per_page=100`)) as HookItem[]).map(({ id, config }) => [
      id,
      config.url ?? null,
    ]),
  )
  const path = `${place.path}/events/${eventId}/deliveries?per_page=100`
  const shown = new Map<number, Shown>()
  for (const endMs = performance.now() + waitMs; ; await pause(POLL_EVERY_MS, signal)) {
    const standings = ((await api.get(path)) as Standing[]).filter(({ state }) => state !== 'not_subscribed')
    for (const { hook_id, ...standing } of standings) {
      if (shown.has(hook_id) || !isOver(standing)) continue
      const found = (await api.get(`${place.path}/hooks/${hook_id}/explanations/${eventId}`)) as Explanation
      const outcome = shownOf(found, hooks.get(hook_id) ?? null)
      shown.set(hook_id, outcome)
      show(outcome)
    }
    const left = standings.length - shown.size
    if (left === 0 || signal.aborted || performance.now() >= endMs)
      return { shown: [...shown.values()], left }
  }
}

/** In one line. */
export function lineOf({ hook_id, url, state, status, status_code, duration, explanation }: Shown): string {
  const hook = `webhook ${hook_id}${url ? `  ${styleText('dim', url)}` : ''}`
  if (status_code === null || duration === null)
    return `${hook}  ${styleText('yellow', state)}: ${explanation}`
  const took = duration < 0.01 ? '<10 ms' : `${Math.round(duration * 1000)} ms`
  return state === 'delivered'
    ? `${hook}  ${styleText('green', `delivered ${status_code} in ${took}`)}`
    : `${hook}  ${styleText('red', `failed ${status_code} in ${took}: ${status}`)}  ${explanation}`
}

// A first attempt that failed is worth telling: the next may be hours away.
function isOver({ state, attempts }: Omit<Standing, 'hook_id'>): boolean {
  return attempts > 0 || !['pending', 'under_way', 'leased'].includes(state)
}

function shownOf({ hook_id, state, explanation, deliveries }: Explanation, url: string | null): Shown {
  const [attempt] = deliveries
  return {
    hook_id,
    url,
    state,
    status: attempt?.status ?? null,
    status_code: attempt?.status_code ?? null,
    duration: attempt?.duration ?? null,
    explanation,
  }
}
