// The document of the whole API in OpenAPI 3.0: GitHub's operations as GitHub describes them, ours from what
// their routes say. It is made when the first client asks for it, from a second set of the routes that answers
// nothing, and kept as bytes: what it is made of takes 20 MB for a moment.
import type { FastifyInstance, FastifySchema } from 'fastify'
import { fastify } from 'fastify'
import { readDescription } from '../../github/description.ts'
import type { ApiContext } from '../context.ts'
import { ENTERPRISE_PREFIX } from '../links.ts'
import { healthRoutes } from '../routes/health.ts'
import { type GithubPart, githubPart, shapeOf } from './github-part.ts'
import { findOwnOperation, OWN_TAGS, type OwnOperation } from './own-operations.ts'
import { OWN_SCHEMAS, type Schema, text } from './own-schemas.ts'
import { openApiSchema } from './schema.ts'

/** What registers the routes of the API. */
export type AddRoutes = (app: FastifyInstance) => void

type Methods = Record<string, Schema>

export async function makeDocument(context: ApiContext, addRoutes: AddRoutes): Promise<Schema> {
  const github = githubPart(readDescription())
  const routes = await describeRoutes(context, addRoutes)
  const paths: Record<string, Methods> = {}
  for (const [path, methods] of Object.entries(routes.paths)) {
    const place = github.paths.get(shapeOf(path)) ?? path
    const operations = Object.entries(methods as Methods).map(([method, described]) => {
      const operation = github.operations.get(`${method.toUpperCase()} ${shapeOf(path)}`)
      return [method, operation ?? renamed(described, path, place)] as const
    })
    paths[place] = { ...paths[place], ...Object.fromEntries(operations) }
  }
  for (const path of OPERATORS) paths[path] = { ...paths[path], servers: [AT_THE_ROOT] as never }
  return {
    ...routes,
    paths,
    components: {
      ...github.components,
      schemas: { ...github.components.schemas, ...OWN_SCHEMAS },
      securitySchemes: SECURITY_SCHEMES,
    },
    tags: [...githubTags(github), ...OWN_TAG_LIST],
  }
}

const OWN_TAG_LIST = Object.entries(OWN_TAGS).map(([name, description]) => ({ name, description }))

// These are not served a second time.
const OPERATORS = ['/healthz', '/readyz', '/metrics']
const AT_THE_ROOT = { url: '/' }

type Described = Schema & { readonly paths: Readonly<Record<string, unknown>> }

async function describeRoutes(context: ApiContext, addRoutes: AddRoutes): Promise<Described> {
  const { default: swagger } = await import('@fastify/swagger')
  const app = fastify()
  try {
    // Compiling the schemas of all routes would take half a second, for nothing.
    app.setValidatorCompiler(() => () => true)
    await app.register(swagger, {
      openapi: {
        openapi: '3.0.3',
        info: {
          title: 'Hookline',
          version: context.version,
          description: ABOUT,
          license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
        },
        servers: serversOf(context),
        components: { securitySchemes: SECURITY_SCHEMES },
        security: [{ token: [] }],
      },
      transform: ({ schema, url, route }) => ({
        schema: schemaOf(schema, [route.method].flat()[0] ?? '', url),
        url,
      }),
    })
    app.register(async scope => {
      addRoutes(scope)
      healthRoutes(scope, context)
    })
    await app.ready()
    return app.swagger() as unknown as Described
  } finally {
    await app.close()
  }
}

const ABOUT =
  'GitHub’s webhooks as self-hosted software. The operations of GitHub’s API are as GitHub describes them, and ' +
  'their `operationId` is GitHub’s. Whatever else there is has one that begins with `hookline/`. Every path below ' +
  '`/repos/{owner}/{repo}` is also served below `/repositories/{repository_id}`.'

const SECURITY_SCHEMES = {
  token: {
    type: 'http',
    scheme: 'bearer',
    description:
      '`token` in the place of `Bearer` does, too, and so does Basic with the token as the password.',
  },
} as const

function serversOf({ baseUrl }: ApiContext) {
  return [
    { url: baseUrl ?? '/', description: 'As GitHub' },
    { url: (baseUrl ?? '') + ENTERPRISE_PREFIX, description: 'As GitHub Enterprise Server' },
  ]
}

/** What the route says for the document. What nobody has told of is hidden; a test says that there is none. */
function schemaOf(schema: Hidden | undefined, method: string, url: string): Schema {
  const { hide, ...sent } = schema ?? {}
  const found = findOwnOperation(method, url)
  const parts = {
    ...(/:\w/.test(url) && { params: paramsOf(sent.params as Schema | undefined, url) }),
    ...(sent.querystring !== undefined && { querystring: openApiSchema(sent.querystring) }),
    ...(sent.body !== undefined && { body: openApiSchema(sent.body) }),
  }
  if (hide || !found) return { ...parts, hide: hide === true || method === 'OPTIONS' }
  const { operation, about } = found
  return {
    ...parts,
    operationId: `hookline/${operation.name}${about ? `-for-${about}` : ''}`,
    summary: operation.summary,
    tags: [operation.tag],
    ...(operation.isOpen && { security: [] }),
    ...(operation.body && { body: operation.body }),
    ...(operation.pages && { querystring: withPages(parts.querystring, operation.pages) }),
    response: responsesOf(operation, parts),
  }
}

type Hidden = FastifySchema & { readonly hide?: boolean }

// Every name in the path, and no other: schemas are shared between paths.
function paramsOf(params: Schema | undefined, url: string): Schema {
  const known = (params?.properties ?? {}) as Readonly<Record<string, unknown>>
  const names = [...url.matchAll(/:(\w+)/g)].map(([, name = '']) => name)
  const properties = names.map(name => [name, known[name] ? openApiSchema(known[name]) : text])
  return { type: 'object', required: names, properties: Object.fromEntries(properties) }
}

const PER_PAGE = { type: 'integer', minimum: 1, maximum: 100, default: 30 }

function withPages(query: Schema | undefined, pages: 'numbered' | 'by cursor'): Schema {
  const place =
    pages === 'numbered' ? { page: { type: 'integer', minimum: 1, default: 1 } } : { cursor: text }
  const properties = { ...(query?.properties as Schema | undefined), per_page: PER_PAGE, ...place }
  return { type: 'object', ...query, properties }
}

function responsesOf(
  { answers, isOpen, type }: OwnOperation,
  sent: Readonly<Record<string, unknown>>,
): Schema {
  const told = Object.entries(answers).map(([status, schema]) => [
    status,
    schema === null
      ? { type: 'null', description: 'Done' }
      : { description: 'As asked', content: { [type ?? 'application/json']: { schema } } },
  ])
  const refusals = [
    ...(isOpen ? [] : [[401, refusal('basic-error', 'No token, or a wrong one')]]),
    ...(sent.params || !isOpen ? [[404, refusal('basic-error', 'Not there, or not yours')]] : []),
    ...(sent.body || sent.querystring ? [[422, refusal('validation-error', 'Refused by a rule')]] : []),
  ]
  return Object.fromEntries([...told, ...(type ? [] : refusals)])
}

function refusal(name: string, description: string): Schema {
  const schema = { $ref: `#/components/schemas/${name}` }
  return { description, content: { 'application/json': { schema } } }
}

/** An operation of ours beside GitHub's: its parameters have the names that GitHub has for them. */
function renamed(operation: Schema, path: string, place: string): Schema {
  if (path === place) return operation
  const namesIn = (one: string) => [...one.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
  const theirs = namesIn(place)
  const names = new Map(namesIn(path).map((name, index) => [name, theirs[index]]))
  const parameters = (operation.parameters ?? []) as readonly Schema[]
  return {
    ...operation,
    parameters: parameters.map(one =>
      one.in === 'path' ? { ...one, name: names.get(one.name as string) ?? one.name } : one,
    ),
  }
}

function githubTags({ operations }: GithubPart) {
  const names = new Set([...operations.values()].flatMap(({ tags }) => tags as readonly string[]))
  return [...names].sort().map(name => ({ name, description: 'GitHub’s.' }))
}
