// How deep a JSON text nests and how many keys it has, without building anything of it: some 1 ms for each MB.
// What walks the value afterwards recurses, and what writes it overflows the stack at some ten thousand levels.
import { skipString } from './json-slice.ts'

export type JsonMeasure = { readonly depth: number; readonly keys: number }

const QUOTE = 0x22
const COLON = 0x3a
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d

/** Of a text that is no JSON the numbers mean nothing. */
export function measureJson(bytes: Uint8Array): JsonMeasure {
  let open = 0
  let depth = 0
  let keys = 0
  for (let at = 0; at < bytes.length; at++) {
    switch (bytes[at]) {
      case QUOTE:
        at = skipString(bytes, at) - 1
        break
      case OPEN_BRACKET:
      case OPEN_BRACE:
        open++
        if (open > depth) depth = open
        break
      case CLOSE_BRACKET:
      case CLOSE_BRACE:
        open--
        break
      case COLON:
        keys++
        break
    }
  }
  return { depth, keys }
}
