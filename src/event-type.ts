// A team's own kind of event: a name that GitHub will never have, and what its payloads must be. It is
// an account's, and may be published and subscribed to in the account's repositories and organization.

export type EventType = {
  readonly accountId: number
  readonly name: string
  readonly description: string | null
  /** Null for any, and none. */
  readonly actions: readonly string[] | null
  /** A JSON Schema, as text; null for any object. */
  readonly schema: string | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** An account's. With each hook that is changed their names are read. */
export const EVENT_TYPES_MAX = 200

export const EVENT_TYPE_NAME_LENGTH_MAX = 100

// GitHub's names have no dot.
const NAME = /^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$/

/** Whether it could be a team's own: `acme.invoice_paid`. */
export function isEventTypeName(name: string): boolean {
  return name.length <= EVENT_TYPE_NAME_LENGTH_MAX && NAME.test(name)
}
