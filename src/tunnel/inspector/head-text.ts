// A head as bytes and back: the first line and the headers, a line each, in HTTP's own encoding.
import type { RawHeaders, RequestHead, ResponseHead } from '../observer.ts'

// The tunnel lets through 64 KB, to which a blank after each colon may come.
const HEAD_BYTES_MAX = 128 * 1024

const scratch = Buffer.allocUnsafeSlow(HEAD_BYTES_MAX)

/** Valid until the next call. */
export function headToBytes(head: RequestHead | ResponseHead): Uint8Array {
  let text = 'target' in head ? `${head.method} ${head.target}` : `${head.status} ${head.reason}`
  for (const [name, value] of head.headers) text += `\n${name}: ${value}`
  return scratch.subarray(0, scratch.write(text, 'latin1'))
}

/** The first line at its first blank, and the headers. */
export type HeadText = { readonly first: string; readonly rest: string; readonly headers: RawHeaders }

export function headFromBytes(bytes: Buffer): HeadText {
  const [line = '', ...lines] = bytes.toString('latin1').split('\n')
  const [first, rest] = parted(line, ' ')
  return { first, rest, headers: lines.map(header => parted(header, ': ')) }
}

function parted(text: string, by: string): readonly [string, string] {
  const at = text.indexOf(by)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + by.length)]
}
