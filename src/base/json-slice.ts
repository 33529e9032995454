// Finds where a value stands in the bytes of a JSON text, so that it can be passed on byte for
// byte: JSON.parse and JSON.stringify would give back another text (1.0 becomes 1, escapes and
// spaces go, numbers above 2^53 change). The text must have passed JSON.parse; nothing is checked
// again here, and on any other text the result means nothing, but for `readElements`, which parses.

/** From the value's first byte to behind its last one, without the whitespace around it. */
export type Slice = { readonly start: number; readonly end: number }

// Nobody's payload is deeper than some twenty levels, and many a receiver's parser recurses.
export const DEPTH_MAX = 1000

/**
 * The value of the member `name` of the object that begins at `start` or behind whitespace there.
 * Of equal names the last one counts, as for JSON.parse. Throws RangeError for a value that is
 * nested deeper than DEPTH_MAX.
 */
export function sliceMember(bytes: Uint8Array, start: number, name: string): Slice | undefined {
  let found: Slice | undefined
  let at = skipSpace(bytes, skipSpace(bytes, start) + 1)
  while (bytes[at] === QUOTE) {
    const keyEnd = skipString(bytes, at)
    const value = sliceValue(bytes, skipSpace(bytes, keyEnd) + 1)
    if (textOf(bytes, at, keyEnd) === name) found = value
    at = skipComma(bytes, value.end)
  }
  return found
}

/**
 * The elements of a text that may be anything, one by one. Throws SyntaxError where JSON.parse of the whole
 * would, but only when it gets there; RangeError as above. Undefined when it does not begin as an array. `check`
 * may throw for an element that is not to be parsed.
 */
export function readElements(
  bytes: Buffer,
  check: (element: Uint8Array) => void = () => {},
): Iterable<Slice & { readonly value: unknown }> | undefined {
  return bytes[skipSpace(bytes, 0)] === OPEN_BRACKET ? elementsOf(bytes, check) : undefined
}

// What stands between the elements is checked here, and each element by JSON.parse: together that is the
// grammar of an array.
function* elementsOf(
  bytes: Buffer,
  check: (element: Uint8Array) => void,
): Iterable<Slice & { readonly value: unknown }> {
  let at = skipSpace(bytes, skipSpace(bytes, 0) + 1)
  let isOpen = bytes[at] !== CLOSE_BRACKET
  while (isOpen) {
    const { start, end } = sliceValue(bytes, at)
    check(bytes.subarray(start, end))
    yield { start, end, value: JSON.parse(bytes.toString('utf8', start, end)) }
    at = skipSpace(bytes, end)
    isOpen = bytes[at] === COMMA
    if (isOpen) at++
  }
  const isWhole = bytes[at] === CLOSE_BRACKET && skipSpace(bytes, at + 1) === bytes.length
  if (!isWhole) throw new SyntaxError('an array does not end as one')
}

const TAB = 0x09
const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const SPACE = 0x20
const QUOTE = 0x22
const COMMA = 0x2c
const OPEN_BRACKET = 0x5b
const BACKSLASH = 0x5c
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d

function sliceValue(bytes: Uint8Array, from: number): Slice {
  const start = skipSpace(bytes, from)
  return { start, end: skipValue(bytes, start) }
}

function skipValue(bytes: Uint8Array, at: number): number {
  switch (bytes[at]) {
    case QUOTE:
      return skipString(bytes, at)
    case OPEN_BRACE:
    case OPEN_BRACKET:
      return skipNested(bytes, at)
    default:
      return skipBare(bytes, at)
  }
}

// In a valid text brackets match, so one counter does for both kinds.
function skipNested(bytes: Uint8Array, start: number): number {
  let depth = 0
  let at = start
  while (at < bytes.length) {
    const byte = bytes[at]
    if (byte === QUOTE) {
      at = skipString(bytes, at)
      continue
    }
    at++
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (++depth > DEPTH_MAX) throw new RangeError(`nested deeper than ${DEPTH_MAX} levels`)
    } else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --depth === 0) return at
  }
  return at
}

// Every byte of a multi-byte character in UTF-8 is above 0x7f: none looks like a quote.
export function skipString(bytes: Uint8Array, start: number): number {
  let at = start + 1
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1
  return at + 1
}

/** A number, `true`, `false` or `null`. */
function skipBare(bytes: Uint8Array, start: number): number {
  let at = start
  while (at < bytes.length && !endsBare(bytes[at])) at++
  return at
}

function endsBare(byte: number | undefined): boolean {
  return byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || isSpace(byte)
}

function skipComma(bytes: Uint8Array, from: number): number {
  const at = skipSpace(bytes, from)
  return bytes[at] === COMMA ? skipSpace(bytes, at + 1) : at
}

function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from
  while (isSpace(bytes[at])) at++
  return at
}

function isSpace(byte: number | undefined): boolean {
  return byte === SPACE || byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === TAB
}

/** The key as JSON.parse reads it: `"pay\u006coad"` is `payload`. */
function textOf(bytes: Uint8Array, start: number, end: number): unknown {
  return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString())
}
