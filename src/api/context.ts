// What every route has at hand.
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Guard } from '../egress/address.ts'
import type { Engine } from '../engine/engine.ts'
import type { Store } from '../store/store.ts'

export type ApiContext = {
  readonly store: Store
  readonly engine: Engine
  readonly guard: Guard
  readonly clock: Clock
  readonly log: Log
  /** Where clients find us, when that is not the address by which they come. */
  readonly baseUrl: string | null
  readonly version: string
}
