// The hook's deliveries as they happen. A page that nobody sees lets go of its stream, since a browser opens
// six connections to a server at most, and goes on from where it was when somebody looks again.
import { BASE } from '../base.ts'
import type { DeliveryItem, Standing } from './delivery.ts'

export type StreamState = 'connecting' | 'live' | 'lost'

export type Listener = {
  delivery(item: DeliveryItem): void
  standing(standing: Standing): void
  /** More was missed than is told again. */
  reset(): void
  state(state: StreamState): void
}

// Refused, as when there are too many, or the server is away for long: asked again after this.
const RETRY_MS = 10_000

/** Gives the way to end it. */
export function follow(address: string, listener: Listener): () => void {
  let source: EventSource | undefined
  let lastId = ''
  let retry: ReturnType<typeof setTimeout> | undefined

  const open = () => {
    close()
    const query = lastId === '' ? '' : `?last_event_id=${lastId}`
    source = new EventSource(`${BASE}${address}${query}`)
    source.onopen = () => listener.state('live')
    source.onerror = () => {
      listener.state('lost')
      if (source?.readyState === EventSource.CLOSED) retry = setTimeout(open, RETRY_MS)
    }
    const on = (name: string, take: (data: unknown) => void) =>
      source?.addEventListener(name, ({ data, lastEventId }) => {
        if (lastEventId !== '') lastId = lastEventId
        take(JSON.parse(data))
      })
    on('ready', () => {})
    on('delivery', data => listener.delivery(data as DeliveryItem))
    on('standing', data => listener.standing(data as Standing))
    on('reset', () => listener.reset())
  }
  const close = () => {
    clearTimeout(retry)
    source?.close()
    source = undefined
  }
  const look = () => {
    if (document.hidden) close()
    else if (!source) open()
  }
  document.addEventListener('visibilitychange', look)
  look()
  return () => {
    document.removeEventListener('visibilitychange', look)
    close()
  }
}
