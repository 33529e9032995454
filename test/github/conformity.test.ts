// Every operation that GitHub and we both have, in every status that GitHub describes for it and that we can
// produce. It ends with a table of what was seen, and fails if there is a hole in it that has no reason.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Conformity, startConformity } from './conformity.ts'
import { printCoverage, reasonFor } from './coverage.ts'
import { OFFERED, OPERATIONS, type Operation } from './description.ts'
import { exerciseAccounts } from './exercises/accounts.ts'
import { exerciseApps } from './exercises/apps.ts'
import { exerciseHooks } from './exercises/hooks.ts'
import { exerciseIssues } from './exercises/issues.ts'
import { exerciseRepositories } from './exercises/repositories.ts'
import { listRoutes, shapeOf } from './routes.ts'

test('what GitHub describes', async t => {
  const it = await startConformity(t)
  await t.test('it answers about accounts as described', () => exerciseAccounts(it))
  await t.test('it answers about issues as described', () => exerciseIssues(it))
  await t.test('it answers about webhooks as described', () => exerciseHooks(it))
  await t.test('it answers about repositories as described', () => exerciseRepositories(it))
  let installed = ''
  await t.test('it answers to Apps as described', async () => {
    installed = await exerciseApps(it)
  })
  await t.test('it answers everywhere alike to who or what it does not know', () => strangers(it))
  await t.test('it answers 304 to whoever has the answer already', () => unchanged(it))
  await t.test('it answers 404 to what is not there', () => missing(it))
  await t.test('it answers 410 where issues are switched off', () => switchedOff(it))
  await t.test('it sends on who asks by a former name', () => renamed(it))
  await t.test('it answers 403 to an App for what it was not given', () => notGiven(it, installed))
  await t.test('it answers 403 to whoever guesses tokens', () => guesses(it))
  await t.test('it answers 503 while it stops', () => stops(it))

  printCoverage(it)
  await t.test('leaves no status out without a reason', () => {
    const holes = OPERATIONS.flatMap(operation =>
      [...operation.responses.keys()]
        .filter(status => !it.seen(operation).has(status) && !reasonFor(operation, status))
        .map(status => `${operation.name} ${status}`),
    )
    assert.deepEqual(holes, [])
  })
  await t.test('gives no reason for what can be seen', () => {
    const seen = OPERATIONS.flatMap(operation =>
      [...it.seen(operation)]
        .filter(status => operation.responses.has(status) && reasonFor(operation, status))
        .map(status => `${operation.name} ${status}`),
    )
    assert.deepEqual(seen, [])
  })
  await t.test('knows every operation that both have', async () => {
    const described = OPERATIONS.map(({ name }) => shapeOf(name))
    const routes = new Set((await listRoutes(it.server.context)).map(shapeOf))
    const again = 'run `npm run describe`'
    assert.deepEqual(
      [...routes].filter(one => OFFERED.has(one) && !described.includes(one)),
      [],
      again,
    )
    assert.deepEqual(
      described.filter(one => !routes.has(one)),
      [],
      again,
    )
  })
})

/** Those that were answered with success, each with a call that was. */
function successes(it: Conformity) {
  return OPERATIONS.flatMap(operation => {
    const call = it.successOf(operation)
    return call ? [{ operation, call }] : []
  })
}

async function strangers(it: Conformity): Promise<void> {
  for (const { operation, call } of successes(it)) {
    const bad = await it.send(operation, { ...call, token: 'nobody' })
    assert.equal(bad.status, 401, operation.name)
    const silent = await it.send(operation, { ...call, headers: { 'user-agent': '' } })
    assert.equal(silent.status, 403, operation.name)
    const ancient = await it.send(operation, { ...call, headers: { 'x-github-api-version': '1999-12-31' } })
    assert.equal(ancient.status, 400, operation.name)
    if (operation.body === undefined) continue
    const garbled = await it.send(operation, { ...call, body: '{' })
    assert.equal(garbled.status, 400, operation.name)
    assert.equal(garbled.json.message, 'Problems parsing JSON')
  }
}

async function unchanged(it: Conformity): Promise<void> {
  for (const { operation, call } of successes(it)) {
    if (operation.method !== 'GET') continue
    const first = await it.send(operation, call)
    const etag = first.headers.get('etag')
    if (etag === null) continue
    const again = await it.send(operation, { ...call, headers: { ...call.headers, 'if-none-match': etag } })
    if (first.status === 200) it.note(operation, again.status)
  }
}

const NOT_THERE: Readonly<Record<string, string>> = {
  owner: 'nobody',
  repo: 'nothing',
  org: 'nobody',
  username: 'nobody',
  name: 'nothing',
}

async function missing(it: Conformity): Promise<void> {
  for (const { operation, call } of successes(it)) {
    // Whose membership of others is shown is nobody else's business, whoever they are.
    if (/^(?:PUT|DELETE) .*public_members/.test(operation.name)) continue
    for (const [, param = ''] of operation.name.matchAll(/\{(\w+)\}/g)) {
      const params = { ...call.params, [param]: NOT_THERE[param] ?? '999999999' }
      const { status } = await it.send(operation, { ...call, params })
      assert.equal(status, 404, `${operation.name} without ${param}`)
      it.note(operation, status)
    }
  }
}

async function switchedOff(it: Conformity): Promise<void> {
  await it.call('POST /user/repos', 201, { body: { name: 'closed', has_issues: false } })
  for (const { operation, call } of successes(it)) {
    if (!operation.responses.has(410)) continue
    const { status } = await it.send(operation, {
      ...call,
      params: { ...call.params, owner: 'octocat', repo: 'closed' },
    })
    assert.equal(status, 410, operation.name)
    it.note(operation, status)
  }
}

async function renamed(it: Conformity): Promise<void> {
  await it.call('POST /user/repos', 201, { body: { name: 'before' } })
  await it.call('PATCH /repos/{owner}/{repo}', 200, { params: { repo: 'before' }, body: { name: 'after' } })
  for (const { operation, call } of successes(it)) {
    // An App learns of a new name only where it is installed.
    if (!/ \/repos\/\{owner\}\/\{repo\}(?!\/installation$)/.test(operation.name)) continue
    const at = (repo: string) => ({ ...call, params: { ...call.params, owner: 'octocat', repo } })
    const { status, headers } = await it.send(operation, at('before'))
    assert.equal(status, operation.method === 'GET' ? 301 : 307, operation.name)
    it.note(operation, status)
    if (status !== 301) continue
    // What it is sent on to is what it would have got by the new name.
    const { pathname, search } = new URL(headers.get('location') ?? '')
    const there = await it.server.request('GET', pathname + search, { token: it.tokens.owner })
    const here = await it.send(operation, at('after'))
    assert.deepEqual([there.status, there.text], [here.status, here.text], operation.name)
  }
}

async function notGiven(it: Conformity, token: string): Promise<void> {
  for (const { operation, call } of successes(it)) {
    if (/ \/(?:app|installation)\//.test(operation.name) || operation.name === 'DELETE /installation/token')
      continue
    const { status } = await it.send(operation, { ...call, token })
    if (status === 403) it.note(operation, status)
  }
}

async function guesses(it: Conformity): Promise<void> {
  const from = '192.0.2.1'
  const operation = OPERATIONS.find(({ name }) => name === 'GET /user') as Operation
  let status = 401
  while (status === 401) status = (await it.send(operation, { token: 'guessed', from })).status
  assert.equal(status, 403)
  for (const { operation, call } of successes(it)) {
    if (!operation.responses.has(403) || it.seen(operation).has(403)) continue
    const { status } = await it.send(operation, { ...call, token: 'guessed', from })
    assert.equal(status, 403, operation.name)
    it.note(operation, status)
  }
}

async function stops(it: Conformity): Promise<void> {
  await it.server.engine.stop(1_000)
  for (const { operation, call } of successes(it)) {
    if (!operation.responses.has(503)) continue
    const { status } = await it.send(operation, call)
    assert.equal(status, 503, operation.name)
    it.note(operation, status)
  }
}
