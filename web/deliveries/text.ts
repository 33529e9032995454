// Text that may be megabytes on one line, cut into lines that a browser draws quickly, and searched.

/** From `start` up to `end` of the whole; `number` is null where a line goes on. */
export type Line = { readonly start: number; readonly end: number; readonly number: number | null }

// A browser takes milliseconds for a line of a thousand characters, and minutes for one of a million.
const LINE_LENGTH_MAX = 1000

const MATCHES_MAX = 10_000

export function linesOf(text: string): readonly Line[] {
  const lines: Line[] = []
  let number = 1
  for (let start = 0; start <= text.length; number++) {
    const found = text.indexOf('\n', start)
    const end = found < 0 ? text.length : found
    addLine(lines, text, start, end, number)
    start = end + 1
  }
  return lines
}

function addLine(lines: Line[], text: string, start: number, end: number, number: number): void {
  let from = start
  let label: number | null = number
  while (end - from > LINE_LENGTH_MAX) {
    const to = from + LINE_LENGTH_MAX
    // Not between the two halves of one character.
    const cut = isHighSurrogate(text.charCodeAt(to - 1)) ? to - 1 : to
    lines.push({ start: from, end: cut, number: label })
    from = cut
    label = null
  }
  lines.push({ start: from, end, number: label })
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff
}

export type Match = { readonly start: number; readonly end: number }

/** In whatever case; the first ten thousand. */
export function matchesOf(text: string, sought: string): readonly Match[] {
  if (sought === '') return []
  const pattern = new RegExp(escaped(sought), 'giu')
  const matches: Match[] = []
  for (const found of text.matchAll(pattern)) {
    matches.push({ start: found.index, end: found.index + found[0].length })
    if (matches.length >= MATCHES_MAX) break
  }
  return matches
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}

/** The index of the line in which the place lies. */
export function lineAt(lines: readonly Line[], place: number): number {
  let [low, high] = [0, lines.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((lines[middle]?.start ?? 0) <= place) low = middle
    else high = middle - 1
  }
  return low
}

// Marks that turn the direction of what follows, so that text reads otherwise than it is. In JSON they can be
// written as what they are.
const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** To be looked at, not to be copied: ‹U+202E›. */
export function withMarks(text: string): string {
  return text.replace(TURNING, mark => `‹U+${codeOf(mark).toUpperCase()}›`)
}

/** Undefined when it is nested too deeply. */
export function prettyJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value, null, 2).replace(TURNING, mark => `\\u${codeOf(mark)}`)
  } catch {
    return undefined
  }
}

function codeOf(mark: string): string {
  return mark.charCodeAt(0).toString(16).padStart(4, '0')
}
