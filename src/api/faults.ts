// The words in which GitHub tells what is wrong with the form of a request: a line of the message for
// each fault.
import type { ErrorObject } from 'ajv'
import { isObject } from '../base/is-object.ts'
import { AppError } from '../errors.ts'

// A body of 1 MB can have half a million faults.
export const FAULTS_MAX = 10
const SHOWN_LENGTH_MAX = 100

/** A 422 with a line for each fault, of which the first ten are told. */
export function invalidRequest(...faults: string[]): AppError {
  return new AppError('invalid_request', 'Invalid request.', { faults: faults.slice(0, FAULTS_MAX) })
}

// A ceiling for the names in one line.
const NAMED_MAX = 10

/** What one of ajv's errors says, as a line of the message. */
export function faultOf(error: ErrorObject): string {
  const { keyword, params, data } = error
  switch (keyword) {
    case 'required':
      return suppliedFault(error)
    case 'additionalProperties':
      return keysFault(error)
    case 'type':
      return at(error, `${shown(data)} is not ${kindOf(params.type)}.`)
    case 'enum':
      return at(error, `${shown(data)} is not a member of ${shown(params.allowedValues)}.`)
    case 'maxLength':
      return at(error, `Only ${params.limit} characters are allowed; ${lengthOf(data)} were supplied.`)
    case 'minLength':
      return at(
        error,
        `At least ${params.limit} characters are required; only ${lengthOf(data)} were supplied.`,
      )
    case 'maxItems':
      return at(error, `No more than ${params.limit} items are allowed; ${lengthOf(data)} were supplied.`)
    case 'minItems':
      return at(error, `${params.limit} or more items are required; only ${lengthOf(data)} were supplied.`)
    case 'maxProperties':
      return at(
        error,
        `No more than ${params.limit} properties are allowed; ${lengthOf(data)} were supplied.`,
      )
    case 'anyOf':
    case 'oneOf':
      return at(error, `No subschema in "${keyword}" matched.`)
    default:
      return at(error, `${shown(data)} ${error.message ?? 'is not valid'}.`)
  }
}

// Ajv stops at the first missing key, and at the first unknown one. GitHub names all of them, so they are
// looked for here.
function suppliedFault({ parentSchema, data, params }: ErrorObject): string {
  const required: readonly string[] = parentSchema?.required ?? [params.missingProperty]
  const missing = required.filter(name => !Object.hasOwn(data as object, name))
  return `${quoted(missing)} ${missing.length === 1 ? "wasn't" : "weren't"} supplied.`
}

function keysFault({ parentSchema, data }: ErrorObject): string {
  const allowed = parentSchema?.properties ?? {}
  const extra = Object.keys(data as object).filter(name => !Object.hasOwn(allowed, name))
  return extra.length === 1
    ? `${quoted(extra)} is not a permitted key.`
    : `${quoted(extra)} are not permitted keys.`
}

// `#/properties/events/items/type` is GitHub's `properties/events/items`.
function at({ schemaPath }: ErrorObject, text: string): string {
  const place = schemaPath.replace(/^#\//, '').replace(/\/?[^/]*$/, '')
  return place === '' ? text : `For '${place}', ${text}`
}

function quoted(names: readonly string[]): string {
  return names
    .slice(0, NAMED_MAX)
    .map(name => `"${name.slice(0, SHOWN_LENGTH_MAX)}"`)
    .join(', ')
}

/** A value within a line. GitHub is written in Ruby, and shows. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return 'nil'
  const text = textOf(value)
  return text.length > SHOWN_LENGTH_MAX ? `${text.slice(0, SHOWN_LENGTH_MAX)}…` : text
}

// Reading JSON takes any depth, writing it does not: 1 MB of `[` overflows the stack.
function textOf(value: unknown): string {
  try {
    return JSON.stringify(value)
  } catch {
    return '…'
  }
}

const ARTICLES: Readonly<Record<string, string>> = {
  array: 'an array',
  integer: 'an integer',
  object: 'an object',
  null: 'nil',
}

function kindOf(types: string | readonly string[]): string {
  return [types]
    .flat()
    .map(type => ARTICLES[type] ?? `a ${type}`)
    .join(' or ')
}

function lengthOf(data: unknown): number {
  if (typeof data === 'string' || Array.isArray(data)) return data.length
  return isObject(data) ? Object.keys(data).length : 0
}
