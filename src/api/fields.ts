// What several resources check about a text, in GitHub's words.
import { customItem, type ErrorItem, refuse } from '../errors.ts'

// An id or a number in a path. Not a whole number in plain digits: 404. Coercion alone would take 0x10,
// 1e3 and 7.0 as well.
export const NUMBER = {
  allOf: [
    { type: 'string', pattern: '^[1-9]\\d{0,15}$' },
    { type: 'integer', maximum: Number.MAX_SAFE_INTEGER },
  ],
} as const

/** For an id that no schema has checked. */
export function isId(text: string): boolean {
  return /^[1-9]\d{0,15}$/.test(text) && Number.isSafeInteger(Number(text))
}

export function isWebAddress(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text)
}

export function isBlank(text: string): boolean {
  return text.trim() === ''
}

/** One item when the text is too long, else none. Counts characters, not UTF-16 units. */
export function tooLong(
  resource: string,
  field: string,
  text: string | null | undefined,
  max: number,
): ErrorItem[] {
  if (!text || text.length <= max || [...text].length <= max) return []
  return [customItem(resource, `${field} is too long (maximum is ${max} characters)`, field)]
}

/** One item when a list is too long, else none. */
export function tooMany(resource: string, field: string, count: number, max: number): ErrorItem[] {
  return count <= max ? [] : [customItem(resource, `${field} is too long (maximum is ${max})`, field)]
}

/** One item when the text has control characters, which could steer a terminal, else none. */
export function controlFaults(resource: string, field: string, text: string | null | undefined): ErrorItem[] {
  if (!text || !/\p{Cc}/u.test(text)) return []
  return [customItem(resource, `${field} control characters are not allowed`, field)]
}

// A date, or a date and a time with its zone: without the zone each client would mean another time.
const ISO_8601 = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2}))?$/i

/** A time in a query. One that is not ISO 8601 is refused: ignored, it would list everything. */
export function readSince(since: string | undefined, resource: string): number | undefined {
  if (since === undefined || since === '') return undefined
  const timeMs = parseTime(since)
  if (Number.isNaN(timeMs)) refuse([{ resource, code: 'invalid', field: 'since' }])
  return timeMs
}

/** Milliseconds, or NaN for what is not ISO 8601. */
export function parseTime(text: string): number {
  return ISO_8601.test(text) ? Date.parse(text) : Number.NaN
}
