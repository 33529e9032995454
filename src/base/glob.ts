// Patterns over branches, tags and paths, as the filters of GitHub's workflows have them: `*` stops
// at a slash and `**` does not, `?` and `+` count the character before them, and what begins with
// `!` takes back. Matched without backtracking, in time proportional to the text: picomatch, which
// also reads `**.js` and `?` in another way, took 18 s for ten stars on forty characters.
import type { Budget } from './budget.ts'

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
  | { readonly kind: 'states'; readonly states: readonly State[]; readonly first: readonly number[] }

/** What may come next in a text, and where in the pattern that leads. */
type State = { readonly accepts: (code: number) => boolean; readonly next: readonly number[] }

/** A pattern that cannot be read. The message is a sentence for whoever wrote it. */
export class GlobError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'GlobError'
  }
}

/** Throws GlobError. */
export function compileGlob(pattern: string): Glob {
  const negative = pattern.startsWith('!')
  const body = negative ? pattern.slice(1) : pattern
  if (body === '') throw new GlobError('A pattern must not be empty.')
  const parts = parse(body)
  const from = parts.findIndex(isSpecial)
  if (from === -1) return { negative, body, prefix: textOf(parts), suffix: '', between: { kind: 'nothing' } }

  const to = parts.findLastIndex(isSpecial) + 1
  const prefix = textOf(parts.slice(0, from))
  return {
    negative,
    body,
    prefix,
    suffix: textOf(parts.slice(to)),
    between: betweenOf(parts.slice(from, to)),
  }
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
      return run(between.states, between.first, middle, budget)
  }
}

// All states that a text can be in are followed at once, so each character is looked at once for
// each of them, and none is ever looked at again.
function run(states: readonly State[], first: readonly number[], text: string, budget: Budget): boolean {
  const enteredAt = new Uint32Array(states.length + 1)
  let step = 0
  let current = [...first]
  let next: number[] = []
  for (let at = 0; at < text.length && current.length > 0; ) {
    const code = text.codePointAt(at) ?? 0
    at += code > 0xffff ? 2 : 1
    step++
    let work = current.length
    for (const index of current) {
      const state = states[index]
      if (!state?.accepts(code)) continue
      work += state.next.length
      for (const to of state.next) {
        if (enteredAt[to] === step) continue
        enteredAt[to] = step
        next.push(to)
      }
    }
    budget.spend(work)
    ;[current, next] = [next, current]
    next.length = 0
  }
  return current.includes(states.length)
}

type Count = 'once' | 'optional' | 'many' | 'any'

/** `text` is set for what stands for itself. */
type Part = {
  readonly text?: string
  readonly count: Count
  readonly accepts: (code: number) => boolean
}

const SLASH = 0x2f
const anything = () => true
const isSlash = (code: number) => code === SLASH
const isNoSlash = (code: number) => code !== SLASH
const nothing = () => false

function parse(body: string): Part[] {
  const characters = [...body]
  const parts: Part[] = []
  let at = 0
  while (at < characters.length) {
    const character = characters[at] ?? ''
    if (character === '*') {
      const end = skipStars(characters, at)
      const isFolders = end - at > 1 && characters[end] === '/' && (at === 0 || characters[at - 1] === '/')
      parts.push(isFolders ? FOLDERS : end - at > 1 ? ANYTHING : SEGMENT)
      at = isFolders ? end + 1 : end
    } else if (character === '?' || character === '+') {
      parts.push(counted(parts.pop(), character, body))
      at++
    } else if (character === '[') {
      const end = characters.indexOf(']', at + 1)
      if (end === -1) throw new GlobError(`A "[" is not closed in "${body}".`)
      parts.push({ count: 'once', accepts: classOf(characters.slice(at + 1, end), body) })
      at = end + 1
    } else {
      const escaped = character === '\\'
      const text = escaped ? characters[at + 1] : character
      if (text === undefined) throw new GlobError(`A "\\" escapes nothing at the end of "${body}".`)
      const code = text.codePointAt(0)
      parts.push({ text, count: 'once', accepts: other => other === code })
      at += escaped ? 2 : 1
    }
  }
  return parts
}

const SEGMENT: Part = { count: 'any', accepts: isNoSlash }
const ANYTHING: Part = { count: 'any', accepts: anything }
/** Anything and a slash, or nothing at all. */
const FOLDERS: Part = { count: 'any', accepts: anything }

function skipStars(characters: readonly string[], from: number): number {
  let at = from
  while (characters[at] === '*') at++
  return at
}

function counted(part: Part | undefined, mark: '?' | '+', body: string): Part {
  if (part?.count !== 'once') throw new GlobError(`A "${mark}" follows no character in "${body}".`)
  return { count: mark === '?' ? 'optional' : 'many', accepts: part.accepts }
}

function classOf(characters: readonly string[], body: string): (code: number) => boolean {
  if (characters.length === 0) throw new GlobError(`"[]" is empty in "${body}".`)
  const codes = characters.map(character => character.codePointAt(0) ?? 0)
  const ranges: (readonly [from: number, to: number])[] = []
  for (let at = 0; at < codes.length; at++) {
    const from = codes[at] ?? 0
    const to = characters[at + 1] === '-' ? codes[at + 2] : undefined
    if (to !== undefined && to < from) throw new GlobError(`A range runs backwards in "${body}".`)
    ranges.push([from, to ?? from])
    if (to !== undefined) at += 2
  }
  return code => ranges.some(([from, to]) => code >= from && code <= to)
}

function isSpecial({ text }: Part): boolean {
  return text === undefined
}

function textOf(parts: readonly Part[]): string {
  return parts.map(({ text }) => text ?? '').join('')
}

function betweenOf(parts: readonly Part[]): Between {
  const [only] = parts
  if (parts.length === 1 && only === ANYTHING) return { kind: 'anything' }
  if (parts.length === 1 && only === SEGMENT) return { kind: 'segment' }
  if (parts.length === 1 && only === FOLDERS) return { kind: 'folders' }
  return statesOf(parts)
}

/** A state for each character that may come; `free` are those reached from it without one. */
type Draft = { readonly accepts: (code: number) => boolean; readonly loops: boolean; readonly free: number[] }

function statesOf(parts: readonly Part[]): Between {
  const drafts: Draft[] = []
  for (const part of parts) {
    const at = drafts.length
    const { count, accepts } = part
    if (part === FOLDERS) {
      // The way past them leads around the slash, too.
      drafts.push({ accepts: nothing, loops: false, free: [at + 1, at + 3] })
      drafts.push({ accepts, loops: true, free: [at + 2] })
      drafts.push({ accepts: isSlash, loops: false, free: [] })
    } else {
      const loops = count === 'many' || count === 'any'
      drafts.push({ accepts, loops, free: count === 'optional' || count === 'any' ? [at + 1] : [] })
    }
  }
  const states = drafts.map(({ accepts, loops }, at) => ({
    accepts,
    next: reachable(drafts, loops ? [at, at + 1] : [at + 1]),
  }))
  return { kind: 'states', states, first: reachable(drafts, [0]) }
}

function reachable(drafts: readonly Draft[], from: readonly number[]): number[] {
  const found = new Set(from)
  // What is added on the way is visited as well.
  for (const at of found) for (const other of drafts[at]?.free ?? []) found.add(other)
  return [...found]
}
