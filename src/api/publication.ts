// The body of a publish request, read into events. A payload's bytes are those that were sent: it
// is parsed to look, and cut out of the request where it stands. Whether it is what its event asks for
// is the business of `payload-check.ts`.
import { isUtf8 } from 'node:buffer'
import { isObject } from '../base/is-object.ts'
import { measureJson } from '../base/json-measure.ts'
import { DEPTH_MAX, readElements, type Slice, sliceMember } from '../base/json-slice.ts'
import { Turns } from '../base/turns.ts'
import { AppError } from '../errors.ts'
import type { EventDraft } from '../event.ts'
import { FAULTS_MAX, invalidRequest, shown } from './faults.ts'

export type Publication = Pick<EventDraft, 'name' | 'action' | 'payload'> & {
  /** The payload, to look at. */
  readonly value: Readonly<Record<string, unknown>>
}

/** `list` tells whether an array was sent: then the answer is one, too. */
export type Publications = { readonly list: boolean; readonly publications: readonly Publication[] }

export const PUBLICATIONS_MAX = 1000

// GitHub's longest has 27 characters.
const ACTION_LENGTH_MAX = 255

/** Throws what is wrong with any of them: either all are published or none. Of an array the elements are read in turns. */
export async function readPublications(body: Buffer | undefined): Promise<Publications> {
  const bytes = body ?? Buffer.alloc(0)
  // Decoding would replace broken UTF-8, but the payload's bytes are sent on as they are, and a strict
  // receiver could not read them.
  if (!isUtf8(bytes)) throw badJson(new Error('the body is not UTF-8'))
  try {
    const elements = readElements(bytes, refuseManyKeys)
    if (elements) return { list: true, publications: await readList(elements, bytes) }
    refuseManyKeys(bytes)
    const value = JSON.parse(bytes.toString())
    if (!isObject(value)) throw new AppError('not_an_object', 'Body should be a JSON object')
    refuse(formFaults(value, ''))
    const whole = { start: 0, end: bytes.length }
    return { list: false, publications: [publicationFrom(value as EventBody, bytes, whole)] }
  } catch (error) {
    if (error instanceof SyntaxError) throw badJson(error)
    if (error instanceof RangeError) throw invalidRequest(`Only ${DEPTH_MAX} levels of nesting are allowed.`)
    throw error
  }
}

// Parsing objects of millions of keys takes far longer than their bytes would let one think: 60 MB of them
// 24 s. The largest push, of 2,048 commits, has some 50,000 keys; so many take 0.3 s.
const KEYS_MAX = 500_000

// A key has its quotes and its colon, and a value and a comma behind it.
const KEY_BYTES_MIN = 5

function refuseManyKeys(event: Uint8Array): void {
  if (event.length < KEYS_MAX * KEY_BYTES_MIN || measureJson(event).keys <= KEYS_MAX) return
  throw new AppError('too_large', 'Payload Too Large')
}

async function readList(
  elements: Iterable<Slice & { readonly value: unknown }>,
  bytes: Buffer,
): Promise<readonly Publication[]> {
  const publications: Publication[] = []
  const faults: string[] = []
  const turns = new Turns()
  let count = 0
  for (const { value, ...slice } of elements) {
    if (++count > PUBLICATIONS_MAX) {
      throw invalidRequest(`No more than ${PUBLICATIONS_MAX} items are allowed; more were supplied.`)
    }
    const found = formFaults(value, `items/${count - 1}`)
    faults.push(...found)
    if (faults.length >= FAULTS_MAX) break
    // `formFaults` has found nothing.
    if (found.length === 0) publications.push(publicationFrom(value as EventBody, bytes, slice))
    await turns.pass()
  }
  refuse(faults)
  return publications
}

function badJson(cause: Error): AppError {
  return new AppError('bad_json', 'Problems parsing JSON', { cause })
}

type EventBody = {
  readonly event: string
  readonly action?: string | null
  readonly payload: Readonly<Record<string, unknown>>
}

const KEYS: readonly string[] = ['event', 'action', 'payload']

function refuse(faults: readonly string[]): void {
  if (faults.length > 0) throw invalidRequest(...faults)
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

function publicationFrom(body: EventBody, bytes: Buffer, whole: Slice): Publication {
  const slice = sliceMember(bytes, whole.start, 'payload')
  if (!slice) throw new Error('a payload that was parsed is not in the bytes')
  // A copy: a view would keep all of the request for as long as its slowest delivery takes.
  const payload = new Uint8Array(bytes.subarray(slice.start, slice.end))
  return { name: body.event, action: actionOf(body) as string | null, payload, value: body.payload }
}
