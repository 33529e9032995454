// A dispatcher takes deliveries, posts them, and remembers what came of each: Hookline's engine, or a
// peer. Each runs in a process of its own, offered the same closed loop.
import type { Run, Stored } from './closed-loop.ts'

export type DispatcherOptions = {
  /** Tells its tables and queues from those of others. */
  readonly name: string
  /** In one statement what can be: rows of results, and jobs. */
  readonly batched: boolean
  readonly urls: readonly string[]
  readonly connectionsPerReceiver: number
  readonly secret: string
  readonly redisPort: number
  readonly postgresUrl: string
  /** To be told of each delivery whose result is stored. */
  readonly stored: Stored
}

export type Dispatcher = {
  /** So many under way at once keep it busiest. */
  window(receivers: number): number
  /** One delivery to the receiver of this number. Resolves when it is accepted. */
  accept(receiver: number, payload: Buffer): Promise<unknown>
  close(): Promise<void>
}

/** What the module of a dispatcher exports as `open`. */
export type OpenDispatcher = (options: DispatcherOptions) => Promise<Dispatcher>

/** What is asked of the process of a dispatcher; it answers with what came of it. */
export type Turn = {
  readonly seconds: number
  /** Only the first so many of them get something. */
  readonly receivers: number
}

export type TurnResult = Run
