// What several resources check about a text, in GitHub's words.
import { AppError, type ErrorItem } from '../errors.ts'

/** A number in a path. What is none, or could be no row's, leads nowhere. */
export const NUMBER = { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER } as const

export function isBlank(text: string): boolean {
  return text.trim() === ''
}

/** No item, or one that says by how much a text may not be longer. Counts characters, not UTF-16 units. */
export function tooLong(
  resource: string,
  field: string,
  text: string | null | undefined,
  max: number,
): ErrorItem[] {
  if (!text || text.length <= max || [...text].length <= max) return []
  const message = `${field} is too long (maximum is ${max} characters)`
  return [{ resource, code: 'custom', field, message }]
}

export function refuse(items: readonly ErrorItem[]): void {
  if (items.length > 0) throw new AppError('validation_failed', 'Validation Failed', { items })
}

/** A time of a query. One that cannot be read is refused, rather than giving everything. */
export function readSince(since: string | undefined, resource: string): number | undefined {
  if (since === undefined || since === '') return undefined
  const timeMs = Date.parse(since)
  if (Number.isNaN(timeMs)) refuse([{ resource, code: 'invalid', field: 'since' }])
  return timeMs
}
