// From the JSON Schemas that routes check requests by to the schemas of OpenAPI 3.0, which GitHub's own
// document is in: there a type is one word, and null is an attribute.
import { NUMBER } from '../fields.ts'
import type { Schema } from './own-schemas.ts'

export function openApiSchema(schema: unknown): Schema {
  // Said to a validator in two parts, since it comes as a text.
  if (schema === NUMBER) return { type: 'integer', minimum: 1 }
  const entries = Object.entries(schema as Schema).map(([key, value]) => [key, convert(key, value)])
  const { type, ...rest } = Object.fromEntries(entries)
  return Array.isArray(type) ? withTypes(type, rest) : { ...(type !== undefined && { type }), ...rest }
}

function convert(key: string, value: unknown): unknown {
  switch (key) {
    case 'properties':
      return Object.fromEntries(
        Object.entries(value as Schema).map(([name, one]) => [name, openApiSchema(one)]),
      )
    case 'items':
      return openApiSchema(value)
    case 'additionalProperties':
      return typeof value === 'boolean' ? value : openApiSchema(value)
    case 'allOf':
    case 'anyOf':
    case 'oneOf':
      return (value as readonly unknown[]).map(openApiSchema)
    default:
      return value
  }
}

// What is said of one type says nothing of the others, so that it can stand beside each.
function withTypes(types: readonly string[], rest: Schema): Schema {
  const nullable = types.includes('null') && { nullable: true }
  const others = types.filter(type => type !== 'null')
  if (others.length === 1) return { type: others[0], ...nullable, ...rest }
  const { enum: values, ...constraints } = rest
  return {
    ...(values !== undefined && { enum: values }),
    anyOf: others.map(type => ({ type, ...nullable, ...constraintsOf(type, constraints) })),
  }
}

const OF_TYPE: Readonly<Record<string, RegExp>> = {
  array: /^(?:items|maxItems|minItems|uniqueItems)$/,
  object: /^(?:properties|required|additionalProperties|maxProperties|minProperties)$/,
  string: /^(?:pattern|format|maxLength|minLength)$/,
  integer: /^(?:minimum|maximum)$/,
  number: /^(?:minimum|maximum)$/,
}

function constraintsOf(type: string, constraints: Schema): Schema {
  return Object.fromEntries(Object.entries(constraints).filter(([key]) => OF_TYPE[type]?.test(key)))
}
