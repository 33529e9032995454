// Plays exchanges to an observer, as the tunnel's end on the laptop does.
import type { ExchangeEnd, ExchangeObserver, Observer, RawHeaders } from '../observer.ts'

export type Played = {
  readonly method?: string
  readonly target?: string
  readonly headers?: RawHeaders
  readonly body?: string | Uint8Array
  readonly status?: number | null
  readonly answerHeaders?: RawHeaders
  readonly answer?: string | Uint8Array
  readonly end?: ExchangeEnd | null
}

/** Gives the rest of it, for one that is not to end. */
export function play(observer: Observer, exchange: Played = {}): ExchangeObserver {
  const { method = 'POST', target = '/payload', headers = [], body = '', answerHeaders = [] } = exchange
  const { status = 200, answer = '', end = 'complete' } = exchange
  const playing = observer.begin({ method, target, headers, startedAtMs: Date.now() })
  if (body.length > 0) playing.requestBody(Buffer.from(body))
  if (status !== null) {
    playing.response({ status, reason: 'As It Is', headers: answerHeaders })
    if (answer.length > 0) playing.responseBody(Buffer.from(answer))
  }
  if (end !== null) playing.end(end)
  return playing
}
