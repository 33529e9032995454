// Tunnels as their owner sees them; what the API may ask of whoever keeps them.

export type OpenTunnel = {
  readonly name: string
  /** Where callers find it, without a slash at the end. */
  readonly url: string
  readonly openedAt: Date
  /** Requests that are being answered through it now. */
  readonly requests: number
}

export type OpenTunnels = {
  find(name: string): OpenTunnel | undefined
  /** Ends it: its command is told that the name is no longer its own. */
  release(name: string): void
}
