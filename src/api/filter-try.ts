// Filters on trial: which of the latest events of a hook's target they would have let through. Only what
// the hook asks for is tried, unless an event is named. One payload is at hand at a time, and the bytes
// of all are bounded, since each is parsed where everybody else's requests are answered.
import type { Filters } from '../filter.ts'
import type { FilterTry } from '../github/filter.ts'
import { type CompiledFilters, compileFilters, firstRefusal, needsPayload } from '../github/filter-match.ts'
import { type Hook, WILDCARD } from '../hook.ts'
import { findPayload } from '../store/queue.ts'
import { listRecentEvents, type RecentEvent } from '../store/recent-events.ts'
import type { Db, Store } from '../store/store.ts'

// Parsing takes some 10 ms a megabyte.
const PAYLOAD_BYTES_MAX = 2 * 1024 * 1024
const BYTES_MAX = 16 * 1024 * 1024

// These reach the hook that they are about, whatever it filters.
const UNFILTERED = ['ping', 'meta']

export async function tryFilters(
  { read }: Store,
  hook: Hook,
  filters: Filters | null,
  { event, limit }: { readonly event: string | undefined; readonly limit: number },
): Promise<FilterTry[]> {
  const asked = hook.events.includes(WILDCARD) ? 'all' : hook.events
  const names = event === undefined ? asked : [event]
  const events = await listRecentEvents(read, hook.target, { names, except: UNFILTERED, limit })
  if (filters === null) return events.map(passed)

  const compiled = compileFilters(filters)
  if (!needsPayload(filters)) return events.map(it => tryOne(compiled, it, undefined))
  const tries: FilterTry[] = []
  let room = BYTES_MAX
  for (const it of events) {
    const tooLarge = it.payloadBytes > Math.min(PAYLOAD_BYTES_MAX, room)
    if (!tooLarge) room -= it.payloadBytes
    tries.push(
      tooLarge
        ? untried(it, `Its payload of ${it.payloadBytes} bytes is too much to be tried.`)
        : await tryPayload(read, compiled, it),
    )
  }
  return tries
}

async function tryPayload(db: Db, compiled: CompiledFilters, event: RecentEvent): Promise<FilterTry> {
  const payload = await findPayload(db, event.id)
  return payload === null
    ? untried(event, 'Its payload is no longer kept.')
    : tryOne(compiled, event, JSON.parse(Buffer.from(payload).toString()))
}

function tryOne(compiled: CompiledFilters, event: RecentEvent, payload: unknown): FilterTry {
  const faults: string[] = []
  const refusal = firstRefusal(
    compiled,
    { event: event.name, action: event.action, payload },
    (filter, reason) => faults.push(`${filter}: ${reason}`),
  )
  if (refusal) return { event, passes: false, refusedBy: refusal.filter, detail: refusal.detail }
  return { ...passed(event), detail: faults.length > 0 ? faults.join(' ') : null }
}

function passed(event: RecentEvent): FilterTry {
  return { event, passes: true, refusedBy: null, detail: null }
}

function untried(event: RecentEvent, detail: string): FilterTry {
  return { event, passes: null, refusedBy: null, detail }
}
