// Patterns over branches, tags and paths, as the filters of GitHub's workflows have them: `*` stops
// at a slash and `**` does not, `?` and `+` count the character before them, and what begins with
// `!` takes back. Matched without backtracking, in time proportional to the text: picomatch, which
// also reads `page.jsx?` in another way, took 18 s for ten stars on forty characters.
import type { Budget } from './budget.ts'
import { type Part, parse } from './glob-pattern.ts'
import { run, type States, statesOf } from './glob-states.ts'

export { GlobError } from './glob-pattern.ts'

export type Glob = {
  /** Takes away what an earlier pattern let in. */
  readonly negative: boolean
  /** The pattern without its `!`. */
  readonly body: string
  /** What each match begins and ends with: most texts differ there, and are done with. */
  readonly prefix: string
  readonly suffix: string
  readonly between: Between
}

/** What stands between prefix and suffix: nothing, one thing that is quickly told, or anything else. */
type Between =
  | { readonly kind: 'nothing' | 'anything' | 'segment' | 'folders' }
  /** `contains` is the longest text in there: most that get so far lack it. */
  | { readonly kind: 'states'; readonly contains: string; readonly states: States }

/** Throws GlobError. */
export function compileGlob(pattern: string): Glob {
  const negative = pattern.startsWith('!')
  const body = negative ? pattern.slice(1) : pattern
  const parts = parse(body)
  const from = parts.findIndex(isSpecial)
  if (from === -1) return { negative, body, prefix: textOf(parts), suffix: '', between: { kind: 'nothing' } }

  const to = parts.findLastIndex(isSpecial) + 1
  const between = betweenOf(parts.slice(from, to))
  return { negative, body, prefix: textOf(parts.slice(0, from)), suffix: textOf(parts.slice(to)), between }
}

/** Whether the last pattern that `matches` is one that lets in. Without any match it is not. */
export function selects(globs: readonly Glob[], matches: (glob: Glob) => boolean): boolean {
  let selected = false
  for (const glob of globs) {
    // Only what would change the answer is asked.
    if (glob.negative === selected && matches(glob)) selected = !glob.negative
  }
  return selected
}

// V8 looks at up to so many characters from each place, or as many as are looked for; measured.
const SEARCHED_MIN = 16

/** Whether the whole text is as the pattern's body has it. Throws Overrun. */
export function matchesGlob({ prefix, suffix, between }: Glob, text: string, budget: Budget): boolean {
  budget.spend(1)
  if (between.kind === 'nothing') return text === prefix
  if (text.length < prefix.length + suffix.length) return false
  if (!text.startsWith(prefix) || !text.endsWith(suffix)) return false

  const middle = text.slice(prefix.length, text.length - suffix.length)
  switch (between.kind) {
    case 'anything':
      return true
    case 'segment':
      return !middle.includes('/')
    case 'folders':
      return middle === '' || middle.endsWith('/')
    case 'states':
      budget.spend((middle.length * Math.max(between.contains.length, SEARCHED_MIN)) >> 6)
      return middle.includes(between.contains) && run(between.states, middle, budget)
  }
}

function isSpecial(part: Part): boolean {
  return plainText(part) === ''
}

/** What stands for itself once; empty for all else. */
function plainText(part: Part): string {
  return part.kind === 'text' && part.count === 'once' ? part.text : ''
}

function textOf(parts: readonly Part[]): string {
  return parts.map(plainText).join('')
}

function betweenOf(parts: readonly Part[]): Between {
  const [only] = parts
  if (parts.length === 1 && only && !('count' in only)) return only
  return { kind: 'states', contains: longestText(parts), states: statesOf(parts) }
}

function longestText(parts: readonly Part[]): string {
  const texts: string[] = ['']
  for (const text of parts.map(plainText)) texts.push(text === '' ? '' : texts.at(-1) + text)
  return texts.reduce((longest, text) => (text.length > longest.length ? text : longest))
}
