// The words of the product.
//
//   event      happened once, and has one GUID for ever
//   delivery   that event, bound for one hook: the queue's row, with a state
//   attempt    one POST of a delivery. GitHub's API calls an attempt a "delivery"; only
//              `github/` and `api/` translate
//   redelivery a new delivery of an old event, under the same GUID
//   outcome    what came of one attempt: a value, never an exception
//   verdict    what the retry schedule makes of an outcome (retry.ts)
//   due        pending, and its time has come
//   lease      who is at work on a delivery, and until when; lapsed means due again
//   skip       a hook that asked for the event and does not get it, with the reason
//
// This file holds the nouns and pure questions about them. It sends and stores nothing.

/**
 * pending    waits for its time, or is due
 * leased     somebody is at work on it until the lease ends
 * held       kept, not burnt, until released: its hook is inactive
 * delivered  answered with 2xx
 * exhausted  given up: listed, and redeliverable
 * cancelled  its hook was deleted, or a redelivery took its place after it was given up
 */
export type DeliveryState = 'pending' | 'leased' | 'held' | 'delivered' | 'exhausted' | 'cancelled'

export type Delivery = {
  readonly accountId: number
  readonly id: number
  readonly hookId: number
  readonly eventId: number
  readonly guid: string
  /** Attempts that were made so far. */
  readonly attempts: number
  /** Made by hand from an earlier delivery of the same event. */
  readonly redelivery: boolean
  /** Stands in a line with others of its hook, whose head alone may be attempted. */
  readonly inOrder: boolean
  /** The installation of an App that hears of it; null for every other hook. */
  readonly installationId: number | null
}

/** A delivery at hand with all that an attempt needs to know of its event. */
export type ReadyDelivery = Delivery & {
  readonly event: string
  readonly action: string | null
  readonly repositoryId: number | null
  /** The exact bytes; null when retention has dropped them. */
  readonly payload: Uint8Array | null
}

export type HeaderList = readonly (readonly [name: string, value: string])[]

/** What came of one POST. Durations are milliseconds. Every kind but `answered` is a failure. */
export type Outcome =
  | {
      readonly kind: 'answered'
      readonly status: number
      readonly headers: HeaderList
      readonly body: Uint8Array
      /** The body went on beyond what we keep. */
      readonly truncated: boolean
      readonly tookMs: number
    }
  /** Our own guard did not let it out. `reason` is a sentence that tells the owner what to do. */
  | { readonly kind: 'refused'; readonly reason: string; readonly tookMs: number }
  /** No connection: the name does not resolve, or the port does not accept. `code` is the system's (ECONNREFUSED). */
  | { readonly kind: 'unreachable'; readonly code: string; readonly reason: string; readonly tookMs: number }
  | { readonly kind: 'tls_failed'; readonly code: string; readonly reason: string; readonly tookMs: number }
  | { readonly kind: 'timed_out'; readonly tookMs: number }
  /** Connected, and the connection ended before a whole response came. */
  | { readonly kind: 'broken'; readonly code: string; readonly reason: string; readonly tookMs: number }
  /** We gave it up ourselves, because we are stopping: it burns no attempt. */
  | { readonly kind: 'aborted'; readonly tookMs: number }

/** One POST, as it is remembered. */
export type Attempt = {
  readonly accountId: number
  readonly id: number
  readonly deliveryId: number
  readonly eventId: number
  readonly hookId: number
  readonly guid: string
  readonly event: string
  readonly action: string | null
  readonly repositoryId: number | null
  readonly installationId: number | null
  readonly redelivery: boolean
  readonly startedAt: Date
  readonly tookMs: number
  /** GitHub's free text: `OK`, `Invalid HTTP Response: 500`, `timed out`, … */
  readonly status: string
  readonly statusCode: number
  readonly request: AttemptRequest
  /** Null when nothing was answered. */
  readonly response: AttemptResponse | null
}

/** As lists show it: without what was sent and what came back, which may be 64 KB. */
export type AttemptSummary = Omit<Attempt, 'request' | 'response'>

export type AttemptRequest = {
  readonly url: string
  readonly contentType: 'json' | 'form'
  readonly headers: HeaderList
}

export type AttemptResponse = {
  readonly headers: HeaderList
  /** Null when retention has dropped it. */
  readonly body: Uint8Array | null
}

/** Any 2xx, and nothing else: a redirect is a failure. */
export function succeeded(outcome: Outcome): boolean {
  return outcome.kind === 'answered' && outcome.status >= 200 && outcome.status <= 299
}

/**
 * GitHub's status text and code of an outcome. GitHub's list filter presumes that each failure has
 * a code of 400 to 599, so what got no answer is told as a gateway would: 502, or 504 for time.
 */
export function statusOf(outcome: Outcome): { readonly text: string; readonly code: number } {
  switch (outcome.kind) {
    case 'answered':
      return {
        text: succeeded(outcome) ? 'OK' : `Invalid HTTP Response: ${outcome.status}`,
        code: outcome.status,
      }
    case 'unreachable':
      return { text: 'failed to connect to host', code: 502 }
    case 'timed_out':
      return { text: 'timed out', code: 504 }
    case 'refused':
    case 'tls_failed':
    case 'broken':
      return { text: outcome.reason, code: 502 }
    case 'aborted':
      return { text: 'cut short: Hookline was stopping', code: 502 }
  }
}
