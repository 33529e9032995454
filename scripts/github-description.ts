// `npm run describe`: takes GitHub's own description of what Hookline implements out of `@octokit/openapi`
// and writes it, without its prose: every answer of the tests is held against it, and it is GitHub's part of
// our own document at /openapi.json. The package is 404 MB unpacked: it is fetched into a temporary folder and is no dependency. Run it again when a
// route is added that GitHub has, too, and when VERSION is raised.
import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTestServer } from '../src/api/test-server.ts'
import { listRoutes, shapeOf } from '../test/github/routes.ts'
import { writePacked } from './packed.ts'

const VERSION = '23.0.2'

// The first that describes an operation has it: the second is asked for what the Enterprise Server has alone.
const SOURCES = ['api.github.com', 'ghes-3.19']

const METHODS = new Set(['get', 'put', 'post', 'patch', 'delete'])

// What neither validators nor clients read. An operation keeps its line, and its `externalDocs` as their address.
const PROSE = new Set(['description', 'summary', 'example', 'examples', 'title', 'tags'])

type Json = { readonly [key: string]: unknown }

type Description = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Json>>>>
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

type Part = { readonly paths: Record<string, Record<string, unknown>>; readonly components: Components }
type Components = Record<string, Record<string, unknown>>

const folder = await mkdtemp(join(tmpdir(), 'hookline-description-'))
try {
  const routes = new Set((await ourRoutes()).map(shapeOf))
  execFileSync('npm', ['pack', `@octokit/openapi@${VERSION}`, '--silent'], { cwd: folder })
  execFileSync('tar', ['xzf', `octokit-openapi-${VERSION}.tgz`, ...SOURCES.map(fileOf)], { cwd: folder })

  const parts: Record<string, Part> = {}
  const offered = new Set<string>()
  for (const source of SOURCES) {
    const description = JSON.parse(await readFile(join(folder, fileOf(source)), 'utf8')) as Description
    const operations = operationsOf(description).filter(({ shape }) => !offered.has(shape))
    for (const { shape } of operations) offered.add(shape)
    parts[source] = take(
      description,
      operations.filter(({ shape }) => routes.has(shape)),
    )
  }
  await write({ version: VERSION, offered: [...offered].sort(), parts })
} finally {
  await rm(folder, { recursive: true })
}

type Operation = {
  readonly method: string
  readonly path: string
  /** `GET /repos/{}/{}/hooks` */
  readonly shape: string
  readonly described: Json
}

function operationsOf({ paths }: Description): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method]) => METHODS.has(method))
      .map(([method, described]) => ({
        method,
        path,
        shape: shapeOf(`${method.toUpperCase()} ${path}`),
        described,
      })),
  )
}

function fileOf(source: string): string {
  return `package/generated/${source}.json`
}

/** The operations, and whatever they refer to. */
function take({ components }: Description, operations: readonly Operation[]): Part {
  const taken: Part = { paths: {}, components: {} }
  for (const { method, path, described } of operations) {
    const { operationId, summary, tags, externalDocs, parameters, requestBody, responses } = described
    const docs = (externalDocs as { readonly url: string }).url
    const line = { operationId, summary, tags, externalDocs: docs }
    taken.paths[path] ??= {}
    taken.paths[path][method] = {
      ...line,
      ...(copy({ parameters, requestBody, responses }, false) as Json),
    }
  }
  return { paths: taken.paths, components: sorted(taken.components) }

  // Under `properties` the keys are GitHub's own: a property may be called `description`.
  function copy(value: unknown, areNames: boolean): unknown {
    if (Array.isArray(value)) return value.map(item => copy(item, false))
    if (typeof value !== 'object' || value === null) return value
    const kept = Object.entries(value).filter(
      ([key, inner]) => inner !== undefined && (areNames || !(PROSE.has(key) || key.startsWith('x-'))),
    )
    for (const [key, inner] of kept) if (key === '$ref' && !areNames) define(String(inner))
    return Object.fromEntries(
      kept.map(([key, inner]) => [
        key,
        copy(inner, !areNames && (key === 'properties' || key === 'headers')),
      ]),
    )
  }

  function define(reference: string): void {
    const [, , kind = '', name = ''] = reference.split('/')
    taken.components[kind] ??= {}
    const group = taken.components[kind]
    if (name in group) return
    group[name] = null // Taken, so that schemas may refer to each other in a circle.
    group[name] = copy(components[kind]?.[name], false)
  }
}

function sorted(components: Components): Components {
  const byName = <T>(record: Record<string, T>) =>
    Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
  return byName(Object.fromEntries(Object.entries(components).map(([kind, group]) => [kind, byName(group)])))
}

async function ourRoutes(): Promise<string[]> {
  const endings: (() => Promise<void>)[] = []
  const server = await startTestServer({ after: ending => void endings.push(ending as () => Promise<void>) })
  try {
    return await listRoutes(server.context)
  } finally {
    for (const end of endings) await end()
  }
}

async function write(
  fixture: { readonly parts: Readonly<Record<string, Part>>; readonly offered: readonly string[] } & Json,
) {
  const sizes = writePacked('description.json.br', fixture)
  for (const [name, { paths, components }] of Object.entries(fixture.parts)) {
    const count = Object.values(paths).flatMap(methods => Object.keys(methods)).length
    console.log(`${name}: ${count} operations, ${Object.keys(components.schemas ?? {}).length} schemas`)
  }
  console.log(`${fixture.offered.length} operations offered; ${sizes}`)
}
