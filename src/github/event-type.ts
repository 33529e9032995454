// A team's own kind of event, in the JSON of our own API. The route has checked the form of the body; here
// is its sense, and all of its faults are told in one answer.
import { LRUCache } from 'lru-cache'
import { SchemaError, type SchemaNode } from '../base/json-schema.ts'
import { SchemaReader } from '../base/json-schema-read.ts'
import { customItem, type ErrorItem, refuse } from '../errors.ts'
import { EVENT_TYPE_NAME_LENGTH_MAX, type EventType, isEventTypeName } from '../event-type.ts'
import { type Links, timestamp } from './links.ts'

export type EventTypeBody = {
  readonly description?: string | null
  readonly actions?: readonly string[] | null
  readonly schema?: Readonly<Record<string, unknown>> | null
}

/** Whose it is: `/orgs/acme` or `/user`. */
export function eventTypeJson(type: EventType, place: string, links: Links) {
  return {
    name: type.name,
    url: `${links.api}${place}/event-types/${type.name}`,
    description: type.description,
    actions: type.actions,
    schema: type.schema === null ? null : JSON.parse(type.schema),
    created_at: timestamp(type.createdAt),
    updated_at: timestamp(type.updatedAt),
  }
}

/** Throws `validation_failed` with an item for each value that cannot be used. */
export function readEventType(
  name: string,
  { description = null, actions = null, schema = null }: EventTypeBody,
): Pick<EventType, 'name' | 'description' | 'actions' | 'schema'> {
  const text = schema && JSON.stringify(schema)
  const faults = [
    ...(isEventTypeName(name) ? [] : [BAD_NAME]),
    ...(description !== null && description.length > DESCRIPTION_LENGTH_MAX ? [LONG_DESCRIPTION] : []),
    ...actionFaults(actions),
    ...(text === null ? [] : schemaFaults(text)),
  ]
  refuse(faults)
  return { name, description, actions: actions && [...new Set(actions)], schema: text }
}

/** The schema, ready to check payloads. Undefined when any object will do. */
export function payloadSchemaOf({ schema }: Pick<EventType, 'schema'>): SchemaNode | undefined {
  if (schema === null) return undefined
  const known = ready.get(schema) ?? new SchemaReader(JSON.parse(schema)).at()
  ready.set(schema, known)
  return known
}

const DESCRIPTION_LENGTH_MAX = 500
const ACTIONS_MAX = 100
const ACTION_LENGTH_MAX = 100
const SCHEMA_LENGTH_MAX = 64 * 1024

// A schema that is ready takes up to 32 times the bytes of its text: 16 MB for all.
const READY_LENGTH_MAX = 512 * 1024

const ready = new LRUCache<string, SchemaNode>({
  maxSize: READY_LENGTH_MAX,
  sizeCalculation: (_node, text) => text.length,
})

const BAD_NAME = item(
  'name',
  'must be lower-case letters, digits and underscores in parts with a dot between them, as ' +
    `acme.invoice_paid, of at most ${EVENT_TYPE_NAME_LENGTH_MAX} characters`,
)
const LONG_DESCRIPTION = item('description', `is too long (maximum is ${DESCRIPTION_LENGTH_MAX} characters)`)
const NO_ACTIONS = item('actions', 'must name at least one action; null is for any')
const MANY_ACTIONS = item('actions', `is too long (maximum is ${ACTIONS_MAX})`)
const BAD_ACTION = item('actions', `must each have 1 to ${ACTION_LENGTH_MAX} characters, and no NUL`)
const LONG_SCHEMA = item('schema', `is too long (maximum is ${SCHEMA_LENGTH_MAX} characters)`)

function actionFaults(actions: readonly string[] | null): readonly ErrorItem[] {
  if (actions === null) return []
  if (actions.length === 0) return [NO_ACTIONS]
  if (actions.length > ACTIONS_MAX) return [MANY_ACTIONS]
  const areFit = actions.every(
    action => action.length >= 1 && action.length <= ACTION_LENGTH_MAX && !action.includes('\0'),
  )
  return areFit ? [] : [BAD_ACTION]
}

function schemaFaults(text: string): readonly ErrorItem[] {
  if (text.length > SCHEMA_LENGTH_MAX) return [LONG_SCHEMA]
  try {
    new SchemaReader(JSON.parse(text)).at()
    return []
  } catch (error) {
    if (error instanceof SchemaError) return [item('schema', `cannot be used: ${error.message}`)]
    throw error
  }
}

function item(field: string, message: string): ErrorItem {
  return customItem('EventType', `${field} ${message}`, field)
}
