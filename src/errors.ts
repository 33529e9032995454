// The catalogue of what we answer when a request cannot be done. The core throws these; only
// `api/errors.ts` knows their HTTP status and only `cli/` their exit code. Faults of a
// destination are not here: they are outcomes (see delivery.ts), values that are never thrown.

export type ErrorCode =
  | 'bad_json' // The body is not JSON.
  | 'not_an_object' // The body is JSON, but no object.
  | 'bad_request' // No HTTP that can be read: its Host, its headers, its form.
  | 'invalid_request' // A parameter is missing or of the wrong type: `faults` has a line each.
  | 'validation_failed' // Well-formed, yet refused by a rule: `items` names each.
  | 'unauthorized' // No token where one is needed.
  | 'bad_credentials' // A token that is not one of ours.
  | 'forbidden' // Known to exist, yet not allowed.
  | 'not_found' // Not there, or not yours: the two look the same from outside.
  | 'conflict' // The state of the thing does not allow it.
  | 'gone' // Switched off where it belongs: issues of a repository that has none.
  | 'too_large' // Over a ceiling in bytes.
  | 'rate_limited' // Too much of one thing at once.
  | 'quota_exceeded' // More requests within an hour than one may make.
  | 'unsupported' // An API version or a media type that we do not speak.
  | 'unavailable' // Not now: stopping, disk full, database away. Retry later.
  | 'misconfigured' // The command line: a flag, a variable or a folder that cannot be used.

/** One refusal of `validation_failed`, in GitHub's words. `field` is absent for the thing as a whole. */
export type ErrorItem = {
  readonly resource: string
  readonly code: 'missing' | 'missing_field' | 'invalid' | 'already_exists' | 'unprocessable' | 'custom'
  readonly field?: string
  readonly message?: string
}

type Details = {
  readonly items?: readonly ErrorItem[]
  readonly faults?: readonly string[]
  readonly retryAfterSeconds?: number
  readonly cause?: unknown
}

export class AppError extends Error {
  readonly code: ErrorCode
  readonly items: readonly ErrorItem[]
  readonly faults: readonly string[]
  readonly retryAfterSeconds: number | undefined

  constructor(code: ErrorCode, message: string, details: Details = {}) {
    super(message, { cause: details.cause })
    this.name = 'AppError'
    this.code = code
    this.items = details.items ?? []
    this.faults = details.faults ?? []
    this.retryAfterSeconds = details.retryAfterSeconds
  }
}

/** A refusal in our own words, as GitHub gives most of its own. */
export function customItem(resource: string, message: string, field?: string): ErrorItem {
  return { resource, code: 'custom', ...(field !== undefined && { field }), message }
}

/** A 422 of one or several items, as GitHub gives them. */
export function validationFailed(...items: ErrorItem[]): AppError {
  return new AppError('validation_failed', 'Validation Failed', { items })
}

/** Throws a 422 with these items, if there are any. */
export function refuse(items: readonly ErrorItem[]): void {
  if (items.length > 0) throw validationFailed(...items)
}

export function notFound(): AppError {
  return new AppError('not_found', 'Not Found')
}
