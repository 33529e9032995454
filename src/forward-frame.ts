// The two frames of GitHub's forwarding protocol, as texts: an event on its way to a forwarder, and the
// forwarder's reply. They have the shape that Go gives to `http.Header` and `[]byte`: names in Go's canonical
// form, each with a list of values, and bytes in base64.
import type { HeaderList } from './delivery.ts'

export type EventFrame = { readonly headers: HeaderList; readonly body: Uint8Array }

export type ReplyFrame = {
  readonly status: number
  readonly headers: HeaderList
  readonly body: Uint8Array
  /** Of the delivery that is answered. Ours alone say it: GitHub's replies go by their order. */
  readonly guid: string | null
}

/** Go looks each name up in this form and in no other: `X-GitHub-Event` would arrive empty. */
function canonicalName(name: string): string {
  return name.toLowerCase().replace(/(?:^|-)[a-z]/g, part => part.toUpperCase())
}

/** Names are sorted, as Go writes a map. */
export function encodeEvent({ headers, body }: EventFrame): string {
  return JSON.stringify({ Header: headerObject(headers), Body: base64(body) })
}

/** Undefined for what is no such frame. */
export function decodeEvent(text: string): EventFrame | undefined {
  const frame = parse(text)
  const headers = frame && headerList(frame.Header)
  const body = frame && bytesOf(frame.Body)
  return headers && body && { headers, body }
}

export function encodeReply({ status, headers, body, guid }: ReplyFrame): string {
  const reply = { Status: status, Header: headerObject(headers), Body: base64(body) }
  return JSON.stringify(guid === null ? reply : { ...reply, Delivery: guid })
}

/** Undefined for what is no such frame. */
export function decodeReply(text: string): ReplyFrame | undefined {
  const frame = parse(text)
  const headers = frame && headerList(frame.Header)
  const body = frame && bytesOf(frame.Body)
  if (!frame || !headers || !body) return undefined
  const { Status: status, Delivery: guid = null } = frame
  if (!Number.isInteger(status) || (status as number) < 100 || (status as number) > 599) return undefined
  if (guid !== null && typeof guid !== 'string') return undefined
  return { status: status as number, headers, body, guid }
}

type Frame = Readonly<Record<string, unknown>>

function parse(text: string): Frame | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Frame) : undefined
  } catch {
    return undefined
  }
}

function headerObject(headers: HeaderList): Record<string, string[]> {
  const byName = new Map<string, string[]>()
  for (const [name, value] of headers) {
    const canonical = canonicalName(name)
    byName.set(canonical, [...(byName.get(canonical) ?? []), value])
  }
  return Object.fromEntries([...byName].sort(([one], [other]) => (one < other ? -1 : 1)))
}

// Go writes a nil map and a nil slice as null.
function headerList(value: unknown): HeaderList | undefined {
  if (value === undefined || value === null) return []
  if (typeof value !== 'object' || Array.isArray(value)) return undefined
  const list: [string, string][] = []
  for (const [name, values] of Object.entries(value)) {
    if (values === null) continue
    if (!Array.isArray(values) || !values.every(one => typeof one === 'string')) return undefined
    for (const one of values) list.push([name, one])
  }
  return list
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

function bytesOf(value: unknown): Uint8Array | undefined {
  if (value === undefined || value === null) return new Uint8Array(0)
  return typeof value === 'string' ? Buffer.from(value, 'base64') : undefined
}
