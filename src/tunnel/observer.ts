// What the client's end of a tunnel tells of the requests that pass through it, while they pass. An observer
// must return at once and must copy what it keeps: the bytes are the connection's own.

/** Names as they were written, in their order. */
export type RawHeaders = readonly (readonly [name: string, value: string])[]

export type RequestHead = {
  readonly method: string
  /** Path and query, as they were sent. */
  readonly target: string
  readonly headers: RawHeaders
  readonly startedAtMs: number
}

export type ResponseHead = { readonly status: number; readonly reason: string; readonly headers: RawHeaders }

/**
 * complete   the whole answer went through
 * upgraded   it became a connection of its own, such as a WebSocket's; what goes over that is not told
 * refused    nobody listens at the local port: the client has answered 502 itself
 * timed_out  the local server did not begin its answer in time: the client has answered 504 itself
 * aborted    the caller went away
 * broken     the local server broke off in the middle
 */
export type ExchangeEnd = 'complete' | 'upgraded' | 'refused' | 'timed_out' | 'aborted' | 'broken'

export type ExchangeObserver = {
  /** Bytes of the body, without its chunked encoding. */
  requestBody(bytes: Uint8Array): void
  response(head: ResponseHead): void
  responseBody(bytes: Uint8Array): void
  /** Called once, last. */
  end(how: ExchangeEnd): void
}

export type Observer = { begin(head: RequestHead): ExchangeObserver }
