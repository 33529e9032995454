// The body of a publish request, read into events. A payload's bytes are those that were sent: it
// is parsed to look, and cut out of the request where it stands.
import { isUtf8 } from 'node:buffer'
import { isObject } from '../base/is-object.ts'
import { DEPTH_MAX, type Slice, sliceElements, sliceMember } from '../base/json-slice.ts'
import { AppError, validationFailed } from '../errors.ts'
import { type EventDraft, isEventName } from '../event.ts'
import { FAULTS_MAX, invalidRequest, shown } from './faults.ts'

export type Publication = Pick<EventDraft, 'name' | 'action' | 'payload'>

/** `list` tells whether an array was sent: then the answer is one, too. */
export type Publications = { readonly list: boolean; readonly publications: readonly Publication[] }

export const PUBLICATIONS_MAX = 1000

// GitHub's longest has 27 characters.
const ACTION_LENGTH_MAX = 255

/** Throws what is wrong with any of them: either all are published or none. */
export function readPublications(body: Buffer | undefined): Publications {
  const bytes = body ?? Buffer.alloc(0)
  const value = parse(bytes)
  const list = Array.isArray(value)
  if (!list && !isObject(value)) throw new AppError('not_an_object', 'Body should be a JSON object')

  const items: readonly unknown[] = list ? value : [value]
  if (items.length > PUBLICATIONS_MAX) {
    throw invalidRequest(`No more than ${PUBLICATIONS_MAX} items are allowed; ${items.length} were supplied.`)
  }
  refuse(items, list)
  const slices = list ? sliceElements(bytes, 0) : [{ start: 0, end: bytes.length }]
  // `refuse` has thrown for anything else.
  const events = items as readonly EventBody[]
  return { list, publications: events.map((event, index) => publicationFrom(event, bytes, slices[index])) }
}

type EventBody = {
  readonly event: string
  readonly action?: string | null
  readonly payload: Readonly<Record<string, unknown>>
}

const KEYS: readonly string[] = ['event', 'action', 'payload']

// Decoding would replace broken UTF-8, but the payload's bytes are sent on as they are, and a strict
// receiver could not read them.
function parse(bytes: Buffer): unknown {
  try {
    if (!isUtf8(bytes)) throw new Error('the body is not UTF-8')
    return JSON.parse(bytes.toString())
  } catch (error) {
    throw new AppError('bad_json', 'Problems parsing JSON', { cause: error })
  }
}

function refuse(items: readonly unknown[], list: boolean): void {
  const faults: string[] = []
  const unknown = new Set<string>()
  for (const [index, item] of items.entries()) {
    faults.push(...formFaults(item, list ? `items/${index}` : ''))
    if (faults.length >= FAULTS_MAX) break
    if (isObject(item) && typeof item.event === 'string' && !isEventName(item.event)) unknown.add(item.event)
  }
  if (faults.length > 0) throw invalidRequest(...faults)
  if (unknown.size > 0) throw validationFailed(...[...unknown].slice(0, FAULTS_MAX).map(unknownEvent))
}

function unknownEvent(name: string) {
  const message = `${JSON.stringify(name.slice(0, 100))} is not the name of an event`
  return { resource: 'Event', code: 'invalid', field: 'event', message } as const
}

/** The lines of GitHub's `Invalid request.` */
function formFaults(item: unknown, place: string): string[] {
  if (!isObject(item)) return [`For '${place}', ${shown(item)} is not an object.`]
  const missing = ['event', 'payload'].filter(key => !Object.hasOwn(item, key))
  const extra = Object.keys(item).filter(key => !KEYS.includes(key))
  const at = (key: string) => `For '${place === '' ? '' : `${place}/`}properties/${key}'`
  const suffix = place === '' ? '' : ` (in '${place}')`

  const faults = missing.map(key => `"${key}" wasn't supplied${suffix}.`)
  for (const key of extra.slice(0, FAULTS_MAX))
    faults.push(`"${key.slice(0, 100)}" is not a permitted key${suffix}.`)
  const { event, payload } = item
  if (event !== undefined && typeof event !== 'string')
    faults.push(`${at('event')}, ${shown(event)} is not a string.`)
  if (payload !== undefined && !isObject(payload))
    faults.push(`${at('payload')}, ${shown(payload)} is not an object.`)
  const action = actionOf(item)
  if (action !== null && typeof action !== 'string')
    faults.push(`${at('action')}, ${shown(action)} is not a string.`)
  if (typeof action === 'string' && !isAction(action)) {
    faults.push(`${at('action')}, 1 to ${ACTION_LENGTH_MAX} characters are allowed, and no NUL.`)
  }
  return faults
}

/** The one sent beside the payload, or else the payload's own. */
function actionOf({ action, payload }: Readonly<Record<string, unknown>>): unknown {
  if (action !== undefined) return action
  return isObject(payload) && typeof payload.action === 'string' ? payload.action : null
}

function isAction(text: string): boolean {
  return text.length >= 1 && text.length <= ACTION_LENGTH_MAX && !text.includes('\0')
}

function publicationFrom(body: EventBody, bytes: Buffer, whole: Slice | undefined): Publication {
  const slice = whole && payloadSlice(bytes, whole)
  if (!slice) throw new Error('a payload that was parsed is not in the bytes')
  // A copy: a view would keep all of the request for as long as its slowest delivery takes.
  const payload = new Uint8Array(bytes.subarray(slice.start, slice.end))
  return { name: body.event, action: actionOf(body) as string | null, payload }
}

function payloadSlice(bytes: Buffer, { start }: Slice): Slice | undefined {
  try {
    return sliceMember(bytes, start, 'payload')
  } catch (error) {
    if (error instanceof RangeError) throw invalidRequest(`Only ${DEPTH_MAX} levels of nesting are allowed.`)
    throw error
  }
}
