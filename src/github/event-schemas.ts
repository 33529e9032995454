// GitHub's schemas of its payloads, as `scripts/take-event-schemas.ts` has taken them from GitHub's
// description. They are unpacked when the first payload is checked (2 ms for 21 KB), and read by event and action.
import { readFileSync } from 'node:fs'
import { brotliDecompressSync } from 'node:zlib'
import type { SchemaNode } from '../base/json-schema.ts'
import { SchemaReader } from '../base/json-schema-read.ts'

type Packed = { readonly events: Readonly<Record<string, Readonly<Record<string, number>>>> }

type Unpacked = Packed & { readonly reader: SchemaReader }

const NO_ACTION = '-'
const ANY_ACTION = '*'

let unpacked: Unpacked | undefined

/** Undefined for an event, or an action of it, that GitHub's description does not have. */
export function findEventSchema(event: string, action: string | null): SchemaNode | undefined {
  unpacked ??= unpack()
  const { events, reader } = unpacked
  const shapes = Object.hasOwn(events, event) ? events[event] : undefined
  const asked = action ?? NO_ACTION
  const shape = shapes && (Object.hasOwn(shapes, asked) ? shapes[asked] : shapes[ANY_ACTION])
  return shape === undefined ? undefined : reader.at(`/shapes/${shape}`)
}

export function hasEventSchema(event: string): boolean {
  unpacked ??= unpack()
  return Object.hasOwn(unpacked.events, event)
}

function unpack(): Unpacked {
  const bytes = readFileSync(new URL('event-schemas.json.br', import.meta.url))
  const document = JSON.parse(brotliDecompressSync(bytes).toString()) as Packed
  return { events: document.events, reader: new SchemaReader(document) }
}
