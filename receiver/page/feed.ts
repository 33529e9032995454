// The line to the receiver: figures are fetched, and fetched again whenever it says that something
// changed. The line is closed while the page is hidden, because browsers allow six connections to
// a host and a seventh forgotten tab would hang; it is opened again when the page is looked at.

export type Day = { readonly date: string; readonly opened: number }
export type Popularity = {
  readonly repository: string
  readonly total: number
  readonly days: readonly Day[]
}
export type Delivery = {
  readonly guid: string
  readonly event: string
  readonly action: string | null
  readonly repository: string | null
  readonly received_at: string
}
export type Setup = { readonly path: string; readonly signed: boolean }
export type Line = 'opening' | 'live' | 'lost'

/** The receiver answered, and said why it does not give what was asked for. */
export class Refused extends Error {}

// The browser dials again by itself after a broken line, but not after an answer other than 200.
const DIAL_AGAIN_AFTER_MS = 3000
const FETCH_TIMEOUT_MS = 15_000

export async function fetchJson<Shape>(path: string): Promise<Shape> {
  const response = await fetch(path, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) })
  const body = await response.json()
  if (!response.ok) throw new Refused(String(body.message ?? response.status))
  return body
}

export function listen(onChanged: () => void, onLine: (line: Line) => void): void {
  let source: EventSource | undefined

  function dial(): void {
    source?.close()
    source = undefined
    if (document.hidden) return
    const dialled = new EventSource('events')
    source = dialled
    dialled.addEventListener('changed', onChanged)
    dialled.addEventListener('open', () => {
      onLine('live')
      // What happened while there was no line was told to nobody.
      onChanged()
    })
    dialled.addEventListener('error', () => {
      onLine('lost')
      if (dialled.readyState === EventSource.CLOSED)
        setTimeout(() => source === dialled && dial(), DIAL_AGAIN_AFTER_MS)
    })
  }

  document.addEventListener('visibilitychange', dial)
  dial()
}
