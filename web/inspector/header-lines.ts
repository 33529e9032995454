// Headers as text to be edited: one a line.
import type { HeaderList } from './exchange.ts'

export function linesOf(headers: HeaderList): string {
  return headers.map(([name, value]) => `${name}: ${value}`).join('\n')
}

/** `bad` is the first line that is none. */
export function pairsOf(lines: string): { readonly pairs: HeaderList; readonly bad: string | undefined } {
  const used = lines.split('\n').filter(line => line.trim() !== '')
  const bad = used.find(line => line.indexOf(':') < 1)
  const pairs = used.map(line => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()] as const
  })
  return { pairs, bad }
}
