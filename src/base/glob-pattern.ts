// The syntax of patterns: from a pattern's text to its parts.

/** A pattern that cannot be read. The message is a sentence for whoever wrote it. */
export class GlobError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'GlobError'
  }
}

/** A character that stands for itself, one of several, or a wildcard. `folders` is anything and a slash, or nothing. */
export type Part =
  | { readonly kind: 'text'; readonly text: string; readonly count: Count }
  | { readonly kind: 'class'; readonly ranges: Ranges; readonly count: Count }
  | { readonly kind: 'anything' | 'segment' | 'folders' }

export type Count = 'once' | 'optional' | 'many'

export type Ranges = readonly (readonly [from: number, to: number])[]

/** Throws GlobError. */
export function parse(body: string): Part[] {
  if (body === '') throw new GlobError('A pattern must not be empty.')
  const characters = [...body]
  const parts: Part[] = []
  let at = 0
  while (at < characters.length) {
    const character = characters[at] ?? ''
    if (character === '*') {
      const end = skipStars(characters, at)
      const isFolders = end - at > 1 && characters[end] === '/' && (at === 0 || characters[at - 1] === '/')
      parts.push({ kind: isFolders ? 'folders' : end - at > 1 ? 'anything' : 'segment' })
      at = isFolders ? end + 1 : end
    } else if (character === '?' || character === '+') {
      parts.push(counted(parts.pop(), character, body))
      at++
    } else if (character === '[') {
      const end = characters.indexOf(']', at + 1)
      if (end === -1) throw new GlobError(`A "[" is not closed in "${body}".`)
      parts.push({ kind: 'class', ranges: rangesOf(characters.slice(at + 1, end), body), count: 'once' })
      at = end + 1
    } else {
      const escaped = character === '\\'
      const text = escaped ? characters[at + 1] : character
      if (text === undefined) throw new GlobError(`A "\\" escapes nothing at the end of "${body}".`)
      parts.push({ kind: 'text', text, count: 'once' })
      at += escaped ? 2 : 1
    }
  }
  return parts
}

function skipStars(characters: readonly string[], from: number): number {
  let at = from
  while (characters[at] === '*') at++
  return at
}

function counted(part: Part | undefined, mark: '?' | '+', body: string): Part {
  if (!part || !('count' in part) || part.count !== 'once') {
    throw new GlobError(`A "${mark}" follows no character in "${body}".`)
  }
  return { ...part, count: mark === '?' ? 'optional' : 'many' }
}

function rangesOf(characters: readonly string[], body: string): Ranges {
  if (characters.length === 0) throw new GlobError(`"[]" is empty in "${body}".`)
  const codes = characters.map(codeOf)
  const ranges: (readonly [from: number, to: number])[] = []
  for (let at = 0; at < codes.length; at++) {
    const from = codes[at] ?? 0
    const to = characters[at + 1] === '-' ? codes[at + 2] : undefined
    if (to !== undefined && to < from) throw new GlobError(`A range runs backwards in "${body}".`)
    ranges.push([from, to ?? from])
    if (to !== undefined) at += 2
  }
  return ranges
}

export function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0
}
