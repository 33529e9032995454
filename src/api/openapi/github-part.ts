// GitHub's part of the document of the API, of GitHub's own description: its operations by their shape, and
// whatever they refer to.
import { isDeepStrictEqual } from 'node:util'
import type { DescribedOperation, Description, DescriptionPart } from '../../github/description.ts'
import type { Schema } from './own-schemas.ts'

export type Components = Readonly<Record<string, Readonly<Record<string, unknown>>>>

export type GithubPart = {
  /** By `GET /repos/{}/{}/hooks`. */
  readonly operations: ReadonlyMap<string, Schema>
  /** GitHub's path, with GitHub's names of its parameters, by `/repos/{}/{}/hooks`. */
  readonly paths: ReadonlyMap<string, string>
  readonly components: Components
}

export function githubPart({ parts }: Description): GithubPart {
  const operations = new Map<string, Schema>()
  const paths = new Map<string, string>()
  const components: Record<string, Record<string, unknown>> = {}
  for (const [source, part] of Object.entries(parts)) {
    const { schemas, ...others } = withOwnNames(part, components, source)
    for (const [kind, group] of Object.entries({ ...others.components, schemas })) {
      components[kind] = { ...group, ...components[kind] }
    }
    for (const [path, methods] of Object.entries(others.paths)) {
      if (!paths.has(shapeOf(path))) paths.set(shapeOf(path), path)
      for (const [method, operation] of Object.entries(methods)) {
        operations.set(`${method.toUpperCase()} ${shapeOf(path)}`, operationOf(operation))
      }
    }
  }
  return { operations, paths, components: withDescriptions(components) }
}

/** The same for a path of ours and of GitHub's. */
export function shapeOf(path: string): string {
  return path.replace(/\{[^}]*\}|:\w+/g, '{}')
}

function operationOf({ externalDocs, responses, ...rest }: DescribedOperation): Schema {
  return {
    ...rest,
    externalDocs: { url: externalDocs },
    responses: Object.fromEntries(
      Object.entries(responses).map(([status, response]) => [status, described(status, response)]),
    ),
  }
}

// A response must have a sentence about it, and prose is what was left out.
function described(status: string, response: unknown): unknown {
  const isReference = Object.hasOwn(response as object, '$ref')
  return isReference
    ? response
    : { description: MEANINGS[status] ?? `Status ${status}`, ...(response as object) }
}

function withDescriptions(components: Record<string, Record<string, unknown>>): Components {
  const responses = Object.entries(components.responses ?? {}).map(([name, response]) => [
    name,
    { description: sentence(name), ...(response as object) },
  ])
  return { ...components, responses: Object.fromEntries(responses) }
}

const MEANINGS: Readonly<Record<string, string>> = {
  200: 'As asked',
  201: 'Created',
  202: 'Accepted',
  204: 'Done, and nothing to tell',
  301: 'Moved',
  302: 'Elsewhere',
  304: 'Not modified',
  403: 'Forbidden',
  404: 'Not found',
  409: 'Conflict',
  422: 'Refused by a rule',
}

/** `validation_failed` becomes `Validation failed`. */
function sentence(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', ' ')
}

// The Enterprise Server has another schema under the name of one of github.com's: it gets a name of its own.
function withOwnNames({ paths, components }: DescriptionPart, taken: Components, source: string) {
  const { schemas = {}, ...others } = components
  const renamed = new Map(
    Object.entries(schemas)
      .filter(([name, schema]) => taken.schemas?.[name] && !isDeepStrictEqual(taken.schemas[name], schema))
      .map(([name]) => [`#/components/schemas/${name}`, `#/components/schemas/${name}-of-${source}`]),
  )
  const renamedSchemas = Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => {
      const reference = renamed.get(`#/components/schemas/${name}`)
      return [reference ? reference.slice('#/components/schemas/'.length) : name, schema]
    }),
  )
  const rest = { paths, components: others, schemas: renamedSchemas }
  if (renamed.size === 0) return rest
  return JSON.parse(JSON.stringify(rest), (key, value) =>
    key === '$ref' ? (renamed.get(value) ?? value) : value,
  ) as typeof rest
}
