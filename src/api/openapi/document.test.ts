import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it, type TestContext } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { OPERATIONS } from '../../../test/github/description.ts'
import { listRoutes } from '../../../test/github/routes.ts'
import { readDescription } from '../../github/description.ts'
import { startTestServer } from '../test-server.ts'
import { shapeOf } from './github-part.ts'
import { findOwnOperation, OWN_OPERATIONS, OWN_TAGS } from './own-operations.ts'

type Json = any

const METHODS = ['get', 'put', 'post', 'patch', 'delete']

// Pages and pictures for people, which are no API.
const PAGES =
  /^\/(?:login|logout|welcome|new|site|settings|organizations\/:org\/settings|avatars|assets|docs|favicon\.svg|:owner)(?:\/|$)/

async function getDocument(t: TestContext): Promise<{ readonly document: Json; readonly routes: string[] }> {
  const server = await startTestServer(t)
  const answer = await server.request('GET', '/openapi.json')
  assert.equal(answer.status, 200)
  return { document: answer.json, routes: await listRoutes(server.context) }
}

function operationsOf(document: Json): { name: string; operation: Json }[] {
  return Object.entries<Json>(document.paths).flatMap(([path, methods]) =>
    METHODS.filter(method => methods[method]).map(method => ({
      name: `${method.toUpperCase()} ${path}`,
      operation: methods[method],
    })),
  )
}

describe('the document of the API', () => {
  it('is valid OpenAPI 3.0', async t => {
    const { document } = await getDocument(t)
    const schema = JSON.parse(
      readFileSync(new URL('../../../test/fixtures/openapi-3.0.json', import.meta.url), 'utf8'),
    )
    const ajv = new Ajv({ strict: false, allErrors: true })
    addFormats.default(ajv)
    const validate = ajv.compile(schema)
    assert.ok(validate(document), ajv.errorsText(validate.errors?.slice(0, 20), { separator: '\n' }))
  })

  it('refers to nothing that is not there, and names no operation twice', async t => {
    const { document } = await getDocument(t)
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)]
    assert.ok(references.length > 500)
    for (const [, path = ''] of references) {
      const found = path.split('/').reduce((at: Json, key) => at?.[key.replaceAll('~1', '/')], document)
      assert.notEqual(found, undefined, path)
    }
    const ids = operationsOf(document).map(({ operation }) => operation.operationId)
    assert.deepEqual(
      ids.filter((id, index) => id && ids.indexOf(id) !== index),
      [],
    )
    const paths = Object.keys(document.paths).map(shapeOf)
    assert.equal(new Set(paths).size, paths.length)
  })

  it('has every route, and each once', async t => {
    const { document, routes } = await getDocument(t)
    const untold = operationsOf(document).filter(({ operation }) => operation.operationId === undefined)
    const names = untold.map(({ name }) => name)
    assert.deepEqual(names, [], 'a route that is ours needs a line in own-operations.ts')
    const told = new Set(operationsOf(document).map(({ name }) => shapeOf(name)))
    const served = routes.filter(route => {
      const [method = '', path = ''] = route.split(' ')
      // The same once more under another name.
      const isAlias = /^\/(?:api\/v3|repositories\/:repository_id)(?:\/|$)/.test(path)
      return METHODS.includes(method.toLowerCase()) && !isAlias && !PAGES.test(path)
    })
    assert.deepEqual(
      served.map(shapeOf).filter(shape => !told.has(shape)),
      [],
    )
    assert.equal(told.size, served.length)
  })

  it('has GitHub’s operations as GitHub describes them', async t => {
    const { document } = await getDocument(t)
    const byName = new Map(operationsOf(document).map(({ name, operation }) => [name, operation]))
    for (const [source, { paths }] of Object.entries(readDescription().parts)) {
      for (const [path, methods] of Object.entries(paths)) {
        for (const [method, described] of Object.entries(methods)) {
          const name = `${method.toUpperCase()} ${path}`
          const operation = byName.get(name)
          assert.ok(operation, name)
          assert.equal(operation.operationId, described.operationId, name)
          assert.equal(operation.externalDocs.url, described.externalDocs, name)
          assert.deepEqual(Object.keys(operation.responses), Object.keys(described.responses), name)
          if (source !== 'api.github.com') continue
          assert.deepEqual(operation.parameters, described.parameters, name)
          assert.deepEqual(operation.requestBody, described.requestBody, name)
        }
      }
    }
    const { components } = readDescription().parts['api.github.com'] as Json
    for (const [name, schema] of Object.entries(components.schemas)) {
      assert.ok(isDeepStrictEqual(document.components.schemas[name], schema), name)
    }
    const foreign = operationsOf(document).filter(
      ({ operation }) => !operation.operationId?.startsWith('hookline/'),
    )
    assert.equal(foreign.length, OPERATIONS.length)
  })

  it('tells of every operation of ours: what it is, what it answers, and to which group it belongs', async t => {
    const { document, routes } = await getDocument(t)
    const own = operationsOf(document).filter(({ operation }) =>
      operation.operationId?.startsWith('hookline/'),
    )
    const tags = new Set(document.tags.map(({ name }: Json) => name))
    for (const { name, operation } of own) {
      assert.ok(operation.summary, name)
      assert.ok(tags.has(operation.tags[0]), name)
      assert.ok(
        Object.keys(operation.responses).some(status => status < '300'),
        name,
      )
    }
    const used = new Set(
      routes.map(route => findOwnOperation(...(route.split(' ') as [string, string]))?.key),
    )
    assert.deepEqual(
      Object.keys(OWN_OPERATIONS).filter(key => !used.has(key)),
      [],
      'told, and not there',
    )
    assert.ok(Object.keys(OWN_TAGS).every(tag => own.some(({ operation }) => operation.tags.includes(tag))))
  })

  it('has the parameters of its own paths, and no others', async t => {
    const { document } = await getDocument(t)
    for (const { name, operation } of operationsOf(document)) {
      if (!operation.operationId?.startsWith('hookline/')) continue
      const inPath = [...name.matchAll(/\{(\w+)\}/g)].map(([, param]) => param).sort()
      const told = (operation.parameters ?? []).filter((one: Json) => one.in === 'path')
      assert.deepEqual(told.map((one: Json) => one.name).sort(), inPath, name)
    }
  })

  it('is the same below /api/v3, needs no token, and is spared who has it already', async t => {
    const server = await startTestServer(t)
    const first = await server.request('GET', '/openapi.json')
    const second = await server.request('GET', '/api/v3/openapi.json')
    assert.equal(first.text, second.text)
    assert.deepEqual(
      first.json.servers.map(({ url }: Json) => url),
      ['/', '/api/v3'],
    )
    const headers = { 'if-none-match': first.headers.get('etag') ?? '' }
    assert.equal((await server.request('GET', '/openapi.json', { headers })).status, 304)
  })

  it('names the base URL as its server when there is one', async t => {
    const server = await startTestServer(t, { baseUrl: 'https://hooks.example/hl' })
    const { json } = await server.request('GET', '/openapi.json')
    const urls = json.servers.map(({ url }: Json) => url)
    assert.deepEqual(urls, ['https://hooks.example/hl', 'https://hooks.example/hl/api/v3'])
  })
})
