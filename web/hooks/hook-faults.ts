// To which field of the form a fault belongs that the API tells of. GitHub tells of a URL that is missing
// or cannot be read, and of events, without naming the field.
import type { ErrorItem } from '../api.ts'

const FIELDS: readonly string[] = [
  'url',
  'content_type',
  'secret',
  'insecure_ssl',
  'events',
  'overlap_seconds',
]

const WITHOUT_FIELD: readonly (readonly [RegExp, string])[] = [
  [/^Config must contain URL|^The URL you've entered/, 'url'],
  [/^These events are not allowed|event cannot have more than/, 'events'],
]

export function hookFieldOf({ field, message = '' }: ErrorItem): string | undefined {
  if (field !== undefined) return FIELDS.includes(field) ? field : undefined
  return WITHOUT_FIELD.find(([pattern]) => pattern.test(message))?.[1]
}
