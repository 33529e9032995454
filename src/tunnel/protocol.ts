// What the two ends of a tunnel say to each other. A control connection carries one JSON message a line;
// beside it the client dials carriers, and over each of those the server speaks plain HTTP/1.1, one request
// at a time, which the client answers. Everything is dialled by the client, to the server's one public port,
// by HTTP Upgrade.
//
//   GET /tunnels                 Upgrade: hookline-tunnel/1    Authorization: Bearer <token>
//   GET /tunnels/{id}/carriers   Upgrade: hookline-carrier/1   Authorization: Bearer <key of `opened`>

export const CONTROL_PATH = '/tunnels'
export const CONTROL_UPGRADE = 'hookline-tunnel/1'
export const CARRIER_UPGRADE = 'hookline-carrier/1'

export function carrierPath(tunnelId: string): string {
  return `${CONTROL_PATH}/${tunnelId}/carriers`
}

/** A longer line is no message of ours: the connection ends. */
export const MESSAGE_BYTES_MAX = 64 * 1024

// A dead line has to be noticed within 15 s: two pings go unanswered, and there are 2 s to spare.
export const PING_PERIOD_MS = 4_000
export const SILENCE_MAX_MS = 12_000

/** What is asked of the server's end on each request, before it reaches anybody's laptop. */
export type Edge = {
  /** `user:password`, which callers have to know. */
  readonly basicAuth: string | null
  /** CIDRs that callers have to come from; an empty list is everybody. */
  readonly allowNetworks: readonly string[]
  /** POSTs have to carry a valid X-Hub-Signature-256 of this secret. */
  readonly secret: string | null
}

export type ClientMessage =
  | {
      readonly kind: 'open'
      /** Null asks for any that is free. */
      readonly name: string | null
      /** Random, of the running command: with it a command that comes back takes its name over from itself. */
      readonly instance: string
      readonly edge: Edge
    }
  | { readonly kind: 'ping' }
  | { readonly kind: 'pong' }
  /** The command ends: the name is free for its owner's next command at once. */
  | { readonly kind: 'bye' }

export type RefusalCode =
  | 'name_taken'
  | 'name_invalid'
  | 'name_in_use'
  | 'too_many_tunnels'
  | 'network_invalid'
  | 'malformed'
  | 'revoked'
  | 'unavailable'

export type ServerMessage =
  | {
      readonly kind: 'opened'
      /** For the paths of carriers. */
      readonly id: string
      /** Opens carriers of this tunnel, and nothing else. */
      readonly key: string
      readonly name: string
      /** Where callers find it, without a slash at the end. */
      readonly url: string
      /** Spare carriers to begin with. */
      readonly spare: number
    }
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly message: string }
  /** Dial so many carriers more, now. */
  | { readonly kind: 'dial'; readonly count: number }
  | { readonly kind: 'ping' }
  | { readonly kind: 'pong' }
  /** The server stops: come back after so long. */
  | { readonly kind: 'closing'; readonly retryAfterMs: number }

// `refused` with `unavailable` may do later; with any other code the same again would be refused again.
