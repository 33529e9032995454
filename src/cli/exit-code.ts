// What the program ends with. Scripts may rely on these; docs/commands.md has the same table.
import { AppError, type ErrorCode } from '../errors.ts'
import { UsageError } from './arguments.ts'

export const DONE = 0
const FAILED = 1
const USAGE = 2
// As GitHub's own command line has it: who you are is the trouble.
const NOT_ALLOWED = 4
// EX_TEMPFAIL of sysexits.h: the same again, later, may do.
const LATER = 75

export const EXIT_CODES: Readonly<Record<ErrorCode, number>> = {
  bad_request: FAILED,
  bad_json: FAILED,
  not_an_object: FAILED,
  invalid_request: FAILED,
  validation_failed: FAILED,
  unauthorized: NOT_ALLOWED,
  bad_credentials: NOT_ALLOWED,
  forbidden: NOT_ALLOWED,
  not_found: FAILED,
  conflict: FAILED,
  gone: FAILED,
  too_large: FAILED,
  rate_limited: LATER,
  quota_exceeded: LATER,
  unsupported: FAILED,
  unavailable: LATER,
  misconfigured: FAILED,
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return USAGE
  return error instanceof AppError ? EXIT_CODES[error.code] : FAILED
}
