// Whether what is to be published is what its event's schema says: GitHub's own, or the one that a team
// registered with a name of its own. All faults are told at once, and none is looked for longer than the thread that
// everybody shares can stand still.
import { Budget, Overrun } from '../base/budget.ts'
import { checkAgainst, type SchemaFault, type SchemaNode } from '../base/json-schema.ts'
import { Turns } from '../base/turns.ts'
import { customItem, type ErrorItem, refuse, validationFailed } from '../errors.ts'
import { EVENT_CATALOGUE } from '../event-catalogue.ts'
import { type EventType, isEventTypeName } from '../event-type.ts'
import { findEventSchema, hasEventSchema } from '../github/event-schemas.ts'
import { payloadSchemaOf } from '../github/event-type.ts'
import { findEventType } from '../store/event-types.ts'
import type { Db } from '../store/store.ts'
import { FAULTS_MAX } from './faults.ts'
import type { Publication, Publications } from './publication.ts'

// 15 to 30 ns a step: 10 ms at most for one payload. GitHub's largest recorded payload takes 1,743, a push of 2,048
// commits 120,000.
const STEPS_PER_PAYLOAD_MAX = 300_000

// For a whole request, which is checked in turns with everything else: 64 MB of ordinary payloads take five
// millions.
const STEPS_MAX = 10_000_000

/** Throws `validation_failed` for a name that is neither GitHub's nor the account's own. */
export async function ownTypesOf(
  db: Db,
  accountId: number,
  publications: readonly Publication[],
): Promise<ReadonlyMap<string, EventType>> {
  const types = new Map<string, EventType>()
  const unknown = new Set<string>()
  for (const name of new Set(publications.map(publication => publication.name))) {
    if (EVENT_CATALOGUE.has(name)) continue
    // With these ten there are enough to tell of.
    if (unknown.size >= FAULTS_MAX) break
    const type = isEventTypeName(name) ? await findEventType(db, accountId, name) : undefined
    if (type) types.set(name, type)
    else unknown.add(name)
  }
  if (unknown.size > 0) throw validationFailed(...[...unknown].map(unknownEvent))
  return types
}

/** Throws `validation_failed` with an item for each fault, of which ten are told. */
export async function checkPayloads(
  { list, publications }: Publications,
  ownTypes: ReadonlyMap<string, EventType>,
): Promise<void> {
  const items: ErrorItem[] = []
  let left = STEPS_MAX
  const turns = new Turns()
  for (const [index, publication] of publications.entries()) {
    const budget = new Budget(Math.min(left, STEPS_PER_PAYLOAD_MAX))
    const place = list ? `[${index}].` : ''
    items.push(...publicationFaults(publication, ownTypes.get(publication.name), place, budget))
    if (items.length >= FAULTS_MAX) break
    left -= Math.min(left, STEPS_PER_PAYLOAD_MAX) - budget.left
    await turns.pass()
  }
  refuse(items.slice(0, FAULTS_MAX))
}

function publicationFaults(
  publication: Publication,
  own: EventType | undefined,
  place: string,
  budget: Budget,
): readonly ErrorItem[] {
  const { name, action, value } = publication
  const actions = own ? (own.actions ?? 'any') : actionsOf(name)
  if (actions !== 'any') {
    const fault = actionFault(name, action, actions, place)
    if (fault) return [fault]
  }
  const schema = own ? payloadSchemaOf(own) : findEventSchema(name, action)
  return schema ? payloadFaults(schema, value, place, budget) : []
}

// What has no schema may have actions that we do not know.
function actionsOf(name: string): readonly string[] | 'any' {
  const actions = EVENT_CATALOGUE.get(name)?.actions ?? 'any'
  return hasEventSchema(name) ? actions : 'any'
}

function actionFault(
  name: string,
  action: string | null,
  actions: readonly string[],
  place: string,
): ErrorItem | undefined {
  if (action === null) {
    return actions.length === 0
      ? undefined
      : { resource: 'Event', code: 'missing_field', field: `${place}payload.action` }
  }
  if (actions.includes(action)) return undefined
  const shown = JSON.stringify(action.slice(0, 100))
  const message = actions.length === 0 ? `${name} has no actions` : `${shown} is no action of ${name}`
  return { resource: 'Event', code: 'invalid', field: `${place}action`, message }
}

function payloadFaults(
  schema: SchemaNode,
  value: unknown,
  place: string,
  budget: Budget,
): readonly ErrorItem[] {
  const field = `${place}payload`
  try {
    return checkAgainst(schema, value, budget, FAULTS_MAX).map(fault => itemOf(fault, field))
  } catch (error) {
    if (!(error instanceof Overrun)) throw error
    return [
      customItem('Event', `${field} takes too much work to check; with validate=false it is not`, field),
    ]
  }
}

function itemOf({ path, missing, message }: SchemaFault, within: string): ErrorItem {
  const field = path === '' || path.startsWith('[') ? `${within}${path}` : `${within}.${path}`
  if (missing) return { resource: 'Event', code: 'missing_field', field }
  return { resource: 'Event', code: 'invalid', field, message: `${field} ${message}` }
}

function unknownEvent(name: string): ErrorItem {
  const message = `${JSON.stringify(name.slice(0, 100))} is not the name of an event`
  return { resource: 'Event', code: 'invalid', field: 'event', message }
}
