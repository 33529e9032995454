// Errors in GitHub's envelope. The HTTP status is decided by whoever answers; here it is only
// repeated, as a string, which is GitHub's way.
import type { AppError, ErrorItem } from '../errors.ts'

export type ErrorBody = {
  readonly message: string
  readonly errors?: readonly ErrorItem[]
  readonly documentation_url: string
  readonly status: string
}

export function errorBody(error: AppError, status: number, documentationUrl: string): ErrorBody {
  return {
    message: messageOf(error),
    ...(error.items.length > 0 && { errors: error.items.map(itemJson) }),
    documentation_url: documentationUrl,
    status: String(status),
  }
}

// Faults of form are lines of the message and have no array; GitHub leaves an empty line between.
function messageOf(error: AppError): string {
  return error.code === 'invalid_request' ? `Invalid request.\n\n${error.faults.join('\n')}` : error.message
}

function itemJson({ resource, code, field, message }: ErrorItem): ErrorItem {
  return {
    resource,
    code,
    ...(field !== undefined && { field }),
    ...(message !== undefined && { message }),
  }
}
