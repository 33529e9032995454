// Where an answer may differ from GitHub's description, each with its reason. What GitHub is known to do
// wins over what it describes; what only a self-hosted server has is named here, too.
import type { TestAnswer } from '../../src/api/test-server.ts'
import type { Operation } from './description.ts'

type Json = { readonly [key: string]: any }

/** Which any operation may answer, whether it is described there or not. */
const GENERAL: ReadonlyMap<number, string> = new Map([
  [304, 'a conditional request, which any GET may be'],
  [400, 'a body that is no JSON; an API version that is not spoken'],
  [401, 'a token that is nobody’s'],
  [403, 'no User-Agent, no right, too many bad logins'],
  [404, 'not there, or not yours'],
  [410, 'issues that are switched off'],
  [413, 'a body above the ceiling; GitHub’s proxies answer so, too'],
  [422, 'a parameter of the wrong form'],
  [429, 'too many requests'],
  [503, 'not now'],
])

export function allowsStatus({ name, method }: Operation, status: number): boolean {
  // Where there are no pages that show it the rest, a browser is led to the first one.
  if (name === 'GET /' && status === 302) return true
  if (isMoved(status)) return name.includes(' /repos/{owner}/{repo}')
  return GENERAL.has(status) && (status !== 304 || method === 'GET')
}

/** A list that fits on one page has no `Link`. */
export function mayLack(header: string): boolean {
  return header === 'Link'
}

/** Anything about a repository can be asked for by its former name, whether that is described or not. */
export function isMoved(status: number): boolean {
  return status === 301 || status === 307
}

/** What a browser is shown at an address that is the API's, too: no answer of the API. */
export function isForPeople({ headers }: TestAnswer): boolean {
  return headers.get('content-type')?.startsWith('text/html') === true
}

/** Refused before it was known whether the API was meant: such an answer has no headers of the API. */
export function isUnrouted({ status, json }: TestAnswer): boolean {
  return status === 400 && json.message.startsWith('The Host of this request')
}

type Deviation = {
  readonly schema: string
  readonly properties: Json
  readonly because: string
}

const SCHEMAS: readonly Deviation[] = [
  {
    schema: 'hook-delivery-item',
    properties: { url: { const: '' } },
    because: 'GitHub’s lists have it, empty, although it is not described',
  },
  {
    schema: 'webhook-config',
    properties: { url: { type: 'string' } },
    because: 'a forwarder’s hook has an empty one, as its forwarder sends it',
  },
  ...['hook', 'org-hook'].map(schema => ({
    schema,
    properties: { ws_url: { type: 'string' }, forwarder: { type: 'string' } },
    because: 'GitHub answers its forwarder so, and describes none of that; the second is ours',
  })),
  {
    schema: 'repository',
    properties: { custom_properties: { type: 'object' } },
    because: 'the other two forms of a repository are described with it, and payloads have it',
  },
  {
    schema: 'api-overview',
    properties: { hookline_version: { type: 'string' }, installed_version: { type: 'string' } },
    because: 'our own version, and the one that an Enterprise Server tells',
  },
  {
    schema: 'global-hook-2',
    properties: { config: { type: 'object' } },
    because: 'a changed global hook is described without its masked secret, a listed one with it',
  },
  {
    schema: 'event',
    properties: { payload: { type: 'object' } },
    because:
      'ours is the payload that webhooks were sent, or empty; GitHub’s is a shorter one of another form',
  },
]

const INSTALLATIONS = '/app/installations'

// Described by a closed copy of an old version, which neither has a `client_id` nor lets a user through; the
// other lists of installations refer to the same schema as one alone.
function withInstallations(paths: Json): Json {
  const described = paths[INSTALLATIONS]
  if (!described) return paths
  const schema = { type: 'array', items: { $ref: '#/components/schemas/installation' } }
  const response = { ...described.get.responses['200'], content: { 'application/json': { schema } } }
  const responses = { ...described.get.responses, 200: response }
  return { ...paths, [INSTALLATIONS]: { ...described, get: { ...described.get, responses } } }
}

/** GitHub's description with the deviations in it. */
export function amend({ components, paths, ...description }: Json): Json {
  const schemas = { ...components.schemas }
  for (const { schema, properties } of SCHEMAS) {
    const before = schemas[schema]
    if (before) schemas[schema] = { ...before, properties: { ...before.properties, ...properties } }
  }
  return { ...description, paths: withInstallations(paths), components: { ...components, schemas } }
}
