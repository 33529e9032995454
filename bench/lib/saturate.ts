// The most that a site delivers, found by a closed loop, after a warm-up: other benches offer a part
// of it.
import { CONNECTIONS_PER_RECEIVER } from './bare.ts'
import { forSeconds, type Run, runClosedLoop } from './closed-loop.ts'
import { payloadOf } from './payload.ts'
import { draftFor, type Site } from './site.ts'

// As many events under way as the receivers' places and the next batch, so that the engine is never
// idle and its backlog stays at hand.
const WINDOW_MAX = 1_000
const BATCHES = 30

export type Saturation = {
  readonly template: Uint8Array
  readonly receiverCount: number
  /** Whether another one begins, of which so many have begun. */
  more(begun: number): boolean
}

export function windowFor(receiverCount: number): number {
  return Math.min(WINDOW_MAX, receiverCount * CONNECTIONS_PER_RECEIVER * BATCHES)
}

/** Their repositories are numbered from 1 on. */
export function saturate(site: Site, { template, receiverCount, more }: Saturation): Promise<Run> {
  return runClosedLoop({
    window: windowFor(receiverCount),
    stored: site.stored,
    more,
    accept: index => site.engine.publish([draftFor((index % receiverCount) + 1, payloadOf(template))]),
  })
}

/** Half of the saturating load, in events a second. */
export async function halfOfMost(
  site: Site,
  { template, receiverCount, seconds }: Omit<Saturation, 'more'> & { readonly seconds: number },
): Promise<number> {
  // As long again before, for the compiler.
  await saturate(site, { template, receiverCount, more: forSeconds(seconds) })
  const { perSecond } = await saturate(site, { template, receiverCount, more: forSeconds(seconds) })
  return Math.round(perSecond / 2)
}
