// What a hook wants to hear of within the events that it asked for. Every filter that is set must let
// an event through; the first that does not is the reason why it was skipped.

export type Filters = {
  /** The event's action is one of these. */
  readonly actions: readonly string[] | null
  /** Globs over the branch or tag. */
  readonly refs: readonly string[] | null
  /** Globs over the changed paths: one match is enough. */
  readonly paths: readonly string[] | null
  /** Full names or globs over them: for an organization's hook. */
  readonly repositories: readonly string[] | null
  /** Logins of senders. */
  readonly actors: readonly string[] | null
  /** An expression in CEL over `event`, `action` and `payload`, which must give true. */
  readonly expression: string | null
}
