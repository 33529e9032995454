// A body as text to be read: unpacked, decoded, and with its lines and indents where it is JSON or a form.
import type { HeaderList } from './exchange.ts'
import { headerOf } from './exchange.ts'

export type BodyText = {
  /** Null for what is no text. */
  readonly raw: string | null
  /** Null where it would be the same. */
  readonly pretty: string | null
  /** What it was packed with, when that could be undone. */
  readonly unpacked: string | null
}

// What a page may be made to hold by a body of 1 MB that unpacks to a thousand.
const UNPACKED_BYTES_MAX = 8 * 1024 * 1024

const UNPACKERS: Readonly<Record<string, CompressionFormat>> = {
  gzip: 'gzip',
  'x-gzip': 'gzip',
  deflate: 'deflate',
}

export async function readBody(bytes: Uint8Array<ArrayBuffer>, headers: HeaderList): Promise<BodyText> {
  const packing = headerOf(headers, 'content-encoding')?.toLowerCase().trim() ?? ''
  const format = UNPACKERS[packing]
  const unpacked = format === undefined ? null : await unpack(bytes, format)
  const type = headerOf(headers, 'content-type') ?? ''
  const raw = decode(unpacked ?? bytes, /charset="?([\w-]+)/i.exec(type)?.[1])
  return {
    raw,
    pretty: raw === null ? null : prettyOf(raw, type),
    unpacked: unpacked === null ? null : packing,
  }
}

/** As far as it goes, when its end is missing. */
async function unpack(bytes: Uint8Array<ArrayBuffer>, format: CompressionFormat) {
  const parts: BlobPart[] = []
  let size = 0
  try {
    const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream(format)).getReader()
    while (size < UNPACKED_BYTES_MAX) {
      const { done, value } = await reader.read()
      if (done) break
      parts.push(value)
      size += value.length
    }
    await reader.cancel()
  } catch {
    if (parts.length === 0) return null
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer())
}

/** Null for what is no text: it is not of its encoding, or has a zero in it. A last character may be cut off. */
export function decode(bytes: Uint8Array, charset = 'utf-8'): string | null {
  try {
    const text = new TextDecoder(charset, { fatal: true, ignoreBOM: true }).decode(bytes, { stream: true })
    return text.includes('\0') ? null : text
  } catch {
    return null
  }
}

function prettyOf(text: string, type: string): string | null {
  const pretty = /urlencoded/i.test(type) ? prettyForm(text) : indentJson(text)
  return pretty === text ? null : pretty
}

/** GitHub's `payload=` as JSON; another form by its fields. */
function prettyForm(text: string): string | null {
  const fields = [...new URLSearchParams(text)]
  if (fields.length === 0) return null
  return fields.map(([name, value]) => `${name} = ${indentJson(value) ?? value}`).join('\n')
}

// Strings as they are; marks that open, close and part; and everything else, such as numbers.
const JSON_PARTS = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g

/** By its text, not by its value: a number of 20 digits stays one, and so do names that come twice. */
export function indentJson(text: string): string | null {
  if (!isJsonContainer(text)) return null
  const out: string[] = []
  let depth = 0
  let before = ''
  for (const [part] of text.matchAll(JSON_PARTS)) {
    const isClosing = part === '}' || part === ']'
    if (isClosing) depth -= 1
    const opensLine = before === ',' || (isOpening(before) ? !isClosing : isClosing)
    if (opensLine) out.push('\n', '  '.repeat(depth))
    else if (before === ':') out.push(' ')
    out.push(part)
    if (isOpening(part)) depth += 1
    before = part
  }
  return out.join('')
}

function isOpening(part: string): boolean {
  return part === '{' || part === '['
}

// Each level costs an indent on each of its lines.
const DEPTH_MAX = 200

function isJsonContainer(text: string): boolean {
  if (!/^\s*[{[]/.test(text)) return false
  try {
    JSON.parse(text)
  } catch {
    return false
  }
  let depth = 0
  for (const [part] of text.matchAll(JSON_PARTS)) {
    if (isOpening(part)) depth += 1
    else if (part === '}' || part === ']') depth -= 1
    if (depth > DEPTH_MAX) return false
  }
  return true
}

const HEX_BYTES_MAX = 64 * 1024
const HEX_LINE = 16

/** For what is no text: its place, its bytes, and those that are letters. */
export function hexOf(bytes: Uint8Array): string {
  const lines: string[] = []
  for (let at = 0; at < Math.min(bytes.length, HEX_BYTES_MAX); at += HEX_LINE) {
    const line = [...bytes.subarray(at, at + HEX_LINE)]
    const hex = line.map(byte => byte.toString(16).padStart(2, '0')).join(' ')
    const letters = line.map(byte => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : '.')).join('')
    lines.push(`${at.toString(16).padStart(8, '0')}  ${hex.padEnd(HEX_LINE * 3 - 1)}  ${letters}`)
  }
  if (bytes.length > HEX_BYTES_MAX) lines.push('…')
  return lines.join('\n')
}
