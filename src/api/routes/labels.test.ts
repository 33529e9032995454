import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startTestServer } from '../test-server.ts'

const LABELS = '/repos/octocat/hello/labels'

describe('labels of a repository', () => {
  it('are made, changed and deleted, and told of', async t => {
    const server = await startTestServer(t)
    const token = await server.addToken(await server.addUser('octocat'))
    await server.request('POST', '/user/repos', { token, body: { name: 'hello' } })
    const body = { name: ':bug: Bugfix', color: '#F29513', description: 'Small' }
    const made = await server.request('POST', LABELS, { token, body })
    assert.equal(made.status, 201)
    assert.equal(made.json.color, 'f29513')
    assert.equal(made.headers.get('location'), `${server.url}${LABELS}/:bug:%20Bugfix`)
    const path = new URL(made.json.url).pathname
    assert.equal((await server.request('GET', path)).json.description, 'Small')

    const changed = await server.request('PATCH', path, {
      token,
      body: { new_name: 'bug', color: 'b01f26', description: '' },
    })
    assert.equal(changed.json.name, 'bug')
    assert.equal(changed.json.description, null)
    const edited = (await server.events()).at(-1)
    assert.deepEqual(edited?.payload.changes, {
      name: { from: ':bug: Bugfix' },
      color: { from: 'f29513' },
      description: { from: 'Small' },
    })
    const count = (await server.events()).length
    assert.equal(
      (await server.request('PATCH', `${LABELS}/BUG`, { token, body: { color: 'B01F26' } })).status,
      200,
    )
    assert.equal((await server.events()).length, count)

    await server.request('POST', '/repos/octocat/hello/issues', {
      token,
      body: { title: 'a', labels: ['bug'] },
    })
    assert.equal((await server.request('DELETE', `${LABELS}/bug`, { token })).status, 204)
    assert.equal((await server.request('DELETE', `${LABELS}/bug`, { token })).status, 404)
    assert.deepEqual((await server.request('GET', '/repos/octocat/hello/issues/1')).json.labels, [])
    assert.equal((await server.events()).at(-1)?.action, 'deleted')
  })

  it('are refused with a name that is taken or none, and with a colour that is none', async t => {
    const server = await startTestServer(t)
    const token = await server.addToken(await server.addUser('octocat'))
    await server.request('POST', '/user/repos', { token, body: { name: 'hello' } })
    const post = (body: unknown) => server.request('POST', LABELS, { token, body })
    await post({ name: 'bug' })
    await post({ name: 'other' })
    assert.deepEqual((await post({ name: 'BUG' })).json.errors, [
      { resource: 'Label', code: 'already_exists', field: 'name' },
    ])
    assert.deepEqual((await post({ name: ' ', color: 'red' })).json.errors, [
      { resource: 'Label', code: 'missing_field', field: 'name' },
      { resource: 'Label', code: 'invalid', field: 'color' },
    ])
    assert.equal((await post({ name: 'x', description: 'd'.repeat(101) })).status, 422)
    const rename = await server.request('PATCH', `${LABELS}/other`, { token, body: { new_name: 'Bug' } })
    assert.equal(rename.status, 422)
  })

  it('are changed by new_name, colour and description, and by no other key', async t => {
    const server = await startTestServer(t)
    const token = await server.addToken(await server.addUser('octocat'))
    await server.request('POST', '/user/repos', { token, body: { name: 'hello' } })
    await server.request('POST', LABELS, { token, body: { name: 'bug' } })
    const patch = (body: unknown) => server.request('PATCH', `${LABELS}/bug`, { token, body })
    for (const body of [{ name: 'other' }, { name: 7 }, { name: null, id: 1, is_default: true }]) {
      const { status, json } = await patch(body)
      assert.deepEqual([status, json.name, json.default], [200, 'bug', false], JSON.stringify(body))
    }
    for (const body of [{ new_name: 7 }, { color: 7 }, { color: null }, { description: [] }]) {
      assert.equal((await patch(body)).status, 422, JSON.stringify(body))
    }
  })

  it('are refused with control characters', async t => {
    const server = await startTestServer(t)
    const token = await server.addToken(await server.addUser('octocat'))
    await server.request('POST', '/user/repos', { token, body: { name: 'hello' } })
    const faults = async (body: object) =>
      (await server.request('POST', LABELS, { token, body })).json.errors?.map(
        ({ field }: { field: string }) => field,
      )
    assert.deepEqual(await faults({ name: 'a\u001b[2Jb' }), ['name'])
    assert.deepEqual(await faults({ name: 'a', description: 'one\ntwo' }), ['description'])
    const issue = { title: 'a', labels: ['a\u0007'] }
    assert.equal(
      (await server.request('POST', '/repos/octocat/hello/issues', { token, body: issue })).status,
      422,
    )
  })

  it('are for who may push', async t => {
    const server = await startTestServer(t)
    const token = await server.addToken(await server.addUser('octocat'))
    await server.request('POST', '/user/repos', { token, body: { name: 'hello' } })
    const stranger = await server.addToken(await server.addUser('stranger'))
    const body = { name: 'bug' }
    assert.equal((await server.request('POST', LABELS, { body })).status, 401)
    assert.equal((await server.request('POST', LABELS, { token: stranger, body })).status, 403)
    assert.deepEqual((await server.request('GET', LABELS)).json, [])
  })

  it('are listed by name, in pages', async t => {
    const server = await startTestServer(t)
    const token = await server.addToken(await server.addUser('octocat'))
    await server.request('POST', '/user/repos', { token, body: { name: 'hello' } })
    for (const name of ['b', 'C', 'a']) await server.request('POST', LABELS, { token, body: { name } })
    const answer = await server.request('GET', `${LABELS}?per_page=2`)
    assert.deepEqual(
      answer.json.map(({ name }: { name: string }) => name),
      ['a', 'b'],
    )
    assert.match(answer.headers.get('link') ?? '', /page=2>; rel="next"/)
  })
})
