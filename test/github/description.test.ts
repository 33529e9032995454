// The harness itself: an answer that GitHub would not give does not pass.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestAnswer } from '../../src/api/test-server.ts'
import { assertDescribed } from './description.ts'

const LABELS = '/repos/octocat/hello/labels'
const PAGE = 'https://docs.github.com/rest/issues/labels#create-a-label'

const HEADERS = {
  'content-type': 'application/json; charset=utf-8',
  'x-github-request-id': '1:1',
  'x-github-media-type': 'github.v3; format=json',
  'x-github-api-version-selected': '2022-11-28',
}

const LABEL = {
  id: 1,
  node_id: 'MDU6TGFiZWwx',
  url: 'http://127.0.0.1:3000/repos/octocat/hello/labels/bug',
  name: 'bug',
  color: 'd73a4a',
  default: false,
  description: null,
}

const REFUSAL = {
  message: 'Validation Failed',
  errors: [{ resource: 'Label', code: 'already_exists', field: 'name' }],
  documentation_url: PAGE,
  status: '422',
}

const passes = (status: number, json: unknown, headers: object = {}) =>
  assertDescribed('POST', LABELS, answer(status, json, headers))

test('lets pass what GitHub would answer', () => {
  passes(201, LABEL, { location: LABEL.url })
  passes(422, REFUSAL)
  passes(401, {
    message: 'Bad credentials',
    documentation_url: 'https://docs.github.com/rest',
    status: '401',
  })
  assertDescribed('DELETE', `/api/v3${LABELS}/bug`, answer(204, undefined))
})

test('asks nothing of what GitHub does not have', () => {
  assertDescribed('GET', '/repos/octocat/hello/hooks/1/policy', answer(200, { timeout_seconds: 10 }))
})

for (const [what, status, json, headers] of [
  ['a status that is not described', 200, LABEL, {}],
  ['a server error', 500, { ...REFUSAL, status: '500' }, {}],
  ['a key that is missing', 201, { ...LABEL, color: undefined }, { location: LABEL.url }],
  ['a key too many', 201, { ...LABEL, colour: 'd73a4a' }, { location: LABEL.url }],
  ['a value of another type', 201, { ...LABEL, id: '1' }, { location: LABEL.url }],
  ['null where there is none', 201, { ...LABEL, name: null }, { location: LABEL.url }],
  ['an address that is none', 201, { ...LABEL, url: 'hello' }, { location: 'hello' }],
  ['no Location', 201, LABEL, {}],
  ['another content type', 201, LABEL, { location: LABEL.url, 'content-type': 'text/plain' }],
  ['no request id', 201, LABEL, { location: LABEL.url, 'x-github-request-id': '' }],
  ['an item without a code', 422, { ...REFUSAL, errors: [{ resource: 'Label' }] }, {}],
  ['a status that is a number', 422, { ...REFUSAL, status: 422 }, {}],
  ['another operation’s page', 422, { ...REFUSAL, documentation_url: PAGE.replace('create', 'get') }, {}],
  ['a Link of another form', 201, LABEL, { location: LABEL.url, link: 'next' }],
] as const) {
  test(`does not let pass ${what}`, () => {
    assert.throws(() => passes(status, json, headers), assert.AssertionError)
  })
}

test('does not let pass a body where none is described', () => {
  assert.throws(
    () => assertDescribed('DELETE', `${LABELS}/bug`, answer(204, LABEL)),
    /answers 204 as GitHub does not describe it/,
  )
})

function answer(status: number, body: unknown, headers: object = {}): TestAnswer {
  const text = body === undefined ? '' : JSON.stringify(body)
  const json = text === '' ? null : JSON.parse(text)
  return { status, headers: new Headers({ ...HEADERS, ...headers }), text, json }
}
