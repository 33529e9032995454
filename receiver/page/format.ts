// Numbers and dates as the reader's language writes them. A day comes as 2026-03-29, already
// counted in the reader's time zone, so it is written as it stands and never shifted again.
import { type Language, WORDS, type Words } from './words.ts'

export type Format = {
  readonly words: Words
  readonly count: (value: number) => string
  readonly average: (value: number) => string
  readonly issues: (count: number) => string
  /** 29 Mar */
  readonly shortDay: (date: string) => string
  /** Sun 29 */
  readonly weekday: (date: string) => string
  /** Sun 29 Mar */
  readonly tipDay: (date: string) => string
  /** Sunday 29 March 2026 */
  readonly fullDay: (date: string) => string
  readonly moment: (instant: Date) => string
  readonly fullMoment: (instant: Date) => string
}

export function formatIn(language: Language): Format {
  const words = WORDS[language]
  // The browser may know better which English or French its reader writes: en-GB, fr-CA.
  const locale = navigator.languages.find(tag => tag.startsWith(language)) ?? language
  const counts = new Intl.NumberFormat(locale)
  const averages = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 })
  // One issue in thirty days is little, and not none.
  const smallAverages = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 })
  const day = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' })
    return (date: string) => format.format(new Date(date))
  }
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'medium' })
  const dateAndTime = new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'short',
    hour: 'numeric',
    minute: '2-digit',
  })
  const full = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'long' })
  return {
    words,
    count: value => counts.format(value),
    average: value => (value < 1 ? smallAverages : averages).format(value),
    issues: value => words.issues(value, counts.format(value)),
    shortDay: day({ day: 'numeric', month: 'short' }),
    weekday: day({ weekday: 'short', day: 'numeric' }),
    tipDay: day({ weekday: 'short', day: 'numeric', month: 'short' }),
    fullDay: day({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }),
    moment: instant => (isToday(instant) ? time : dateAndTime).format(instant),
    fullMoment: instant => full.format(instant),
  }
}

function isToday(instant: Date): boolean {
  return instant.toDateString() === new Date().toDateString()
}
