import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { addRepository } from '../test-hooks.ts'
import { startTestServer, type TestServer } from '../test-server.ts'

const MILESTONES = '/repos/octocat/hello/milestones'
const ISSUES = '/repos/octocat/hello/issues'

async function withRepository(t: TestContext) {
  const server = await startTestServer(t)
  const octocat = await server.addUser('octocat')
  await addRepository(server, octocat, 'hello')
  const token = await server.addToken(octocat)
  const ask = (method: string, path: string, body?: unknown) =>
    server.request(method, path, { token, ...(body !== undefined && { body }) })
  return { server, octocat, token, ask }
}

async function told(server: TestServer): Promise<string[]> {
  return (await server.events()).map(({ name, action }) => `${name} ${action}`)
}

describe('milestones of a repository', () => {
  it('are made, changed, closed, opened and deleted, and told of', async t => {
    const { server, ask } = await withRepository(t)
    const body = { title: ' v1.0 ', description: 'First', due_on: '2026-12-24T10:00:00+01:00' }
    const made = await ask('POST', MILESTONES, body)
    assert.equal(made.status, 201)
    assert.equal(made.headers.get('location'), `${server.url}${MILESTONES}/1`)
    assert.equal(made.json.html_url, `${server.url}/octocat/hello/milestone/1`)
    const { number, title, state, due_on: dueOn, closed_at: closedAt, creator } = made.json
    assert.deepEqual(
      [number, title, state, dueOn, closedAt, creator.login],
      [1, 'v1.0', 'open', '2026-12-24T09:00:00Z', null, 'octocat'],
    )

    const changed = await ask('PATCH', `${MILESTONES}/1`, { title: 'v1', due_on: null, state: 'closed' })
    assert.deepEqual([changed.json.title, changed.json.state, changed.json.due_on], ['v1', 'closed', null])
    assert.match(changed.json.closed_at, /Z$/)
    assert.deepEqual((await server.events()).find(({ action }) => action === 'edited')?.payload.changes, {
      title: { from: 'v1.0' },
      due_on: { from: '2026-12-24T09:00:00Z' },
    })
    assert.equal((await ask('PATCH', `${MILESTONES}/1`, { state: 'open' })).json.closed_at, null)
    assert.equal((await ask('PATCH', `${MILESTONES}/1`, { state: 'open', title: 'v1' })).status, 200)
    assert.equal((await ask('DELETE', `${MILESTONES}/1`)).status, 204)
    assert.equal((await ask('GET', `${MILESTONES}/1`)).status, 404)
    assert.deepEqual(await told(server), [
      'milestone created',
      'milestone edited',
      'milestone closed',
      'milestone opened',
      'milestone deleted',
    ])
    // A number is never given out twice.
    const closed = await ask('POST', MILESTONES, { title: 'v2', state: 'closed' })
    assert.deepEqual([closed.json.number, closed.json.state], [2, 'closed'])
    assert.deepEqual((await told(server)).slice(5), ['milestone created', 'milestone closed'])
  })

  it('are refused, and leave everything as it was', async t => {
    const { server, ask } = await withRepository(t)
    await ask('POST', MILESTONES, { title: 'v1' })
    await ask('POST', MILESTONES, { title: 'v2' })
    const before = (await ask('GET', `${MILESTONES}?state=all`)).json
    for (const [method, path, body, status, code] of [
      ['POST', MILESTONES, {}, 422, undefined],
      ['POST', MILESTONES, { title: 7 }, 422, undefined],
      ['POST', MILESTONES, { title: ' ' }, 422, 'missing_field'],
      ['POST', MILESTONES, { title: 'v1' }, 422, 'already_exists'],
      ['POST', MILESTONES, { title: 'x'.repeat(256) }, 422, 'custom'],
      ['POST', MILESTONES, { title: 'v3', due_on: 'soon' }, 422, 'invalid'],
      ['POST', MILESTONES, { title: 'v3', state: 'half' }, 422, undefined],
      ['PATCH', `${MILESTONES}/1`, { title: 'v2' }, 422, 'already_exists'],
      ['PATCH', `${MILESTONES}/1`, { due_on: '2026-13-01T00:00:00Z' }, 422, 'invalid'],
      ['PATCH', `${MILESTONES}/9`, { title: 'v9' }, 404, undefined],
      ['PATCH', `${MILESTONES}/one`, { title: 'v9' }, 404, undefined],
      ['DELETE', `${MILESTONES}/9`, undefined, 404, undefined],
    ] as const) {
      const answer = await ask(method, path, body)
      assert.equal(answer.status, status, JSON.stringify(body))
      assert.equal(answer.json.errors?.[0].code, code, JSON.stringify(body))
    }
    assert.deepEqual((await ask('GET', `${MILESTONES}?state=all`)).json, before)
    assert.equal((await server.events()).length, 2)
  })

  it('are for who may sort issues, and read by who may read', async t => {
    const { server } = await withRepository(t)
    const stranger = await server.addToken(await server.addUser('stranger'))
    const body = { title: 'v1' }
    assert.equal((await server.request('POST', MILESTONES, { body })).status, 401)
    assert.equal((await server.request('POST', MILESTONES, { token: stranger, body })).status, 403)
    assert.deepEqual((await server.request('GET', MILESTONES)).json, [])
  })

  it('are listed by what is due first or by what is done most, in pages', async t => {
    const { server, ask } = await withRepository(t)
    await ask('POST', MILESTONES, { title: 'never' })
    await ask('POST', MILESTONES, { title: 'late', due_on: '2027-01-01' })
    await ask('POST', MILESTONES, { title: 'early', due_on: '2026-12-01T00:00:00Z' })
    await ask('POST', MILESTONES, { title: 'done', state: 'closed' })
    for (const milestone of [1, 2, 2]) await ask('POST', ISSUES, { title: 'a', milestone })
    await ask('PATCH', `${ISSUES}/2`, { state: 'closed' })
    await ask('PATCH', `${ISSUES}/1`, { state: 'closed' })
    const titles = async (query: string) => {
      const { json } = await ask('GET', `${MILESTONES}${query}`)
      return json.map(({ title }: { title: string }) => title)
    }
    for (const [query, expected] of [
      ['', ['early', 'late', 'never']],
      ['?direction=desc', ['late', 'early', 'never']],
      ['?sort=completeness&direction=desc', ['never', 'late', 'early']],
      ['?sort=completeness', ['early', 'late', 'never']],
      ['?state=closed', ['done']],
      ['?state=all&per_page=3&page=2', ['done']],
    ] as const) {
      assert.deepEqual(await titles(query), expected, query)
    }
    const first = await server.request('GET', `${MILESTONES}?per_page=2`)
    assert.match(first.headers.get('link') ?? '', /page=2>; rel="next"/)
    assert.equal((await ask('GET', `${MILESTONES}?sort=title`)).status, 422)
  })

  it('tell the labels of their issues, each once', async t => {
    const { ask } = await withRepository(t)
    await ask('POST', MILESTONES, { title: 'v1' })
    await ask('POST', ISSUES, { title: 'a', milestone: 1, labels: ['bug', 'alpha'] })
    await ask('POST', ISSUES, { title: 'b', milestone: 1, labels: ['bug'] })
    await ask('POST', ISSUES, { title: 'c', labels: ['other'] })
    const { json, headers } = await ask('GET', `${MILESTONES}/1/labels?per_page=1&page=2`)
    assert.deepEqual(
      json.map(({ name }: { name: string }) => name),
      ['bug'],
    )
    assert.match(headers.get('link') ?? '', /rel="prev"/)
    assert.equal((await ask('GET', `${MILESTONES}/2/labels`)).status, 404)
  })
})

describe("an issue's milestone", () => {
  it('is set, replaced and cleared, each told with the milestone', async t => {
    const { server, ask } = await withRepository(t)
    await ask('POST', MILESTONES, { title: 'v1' })
    await ask('POST', MILESTONES, { title: 'v2' })
    const made = await ask('POST', ISSUES, { title: 'a', milestone: 1 })
    assert.deepEqual([made.json.milestone.title, made.json.milestone.open_issues], ['v1', 1])
    const moved = await ask('PATCH', `${ISSUES}/1`, { milestone: '2', state: 'closed' })
    assert.deepEqual([moved.json.milestone.number, moved.json.milestone.closed_issues], [2, 1])
    assert.equal((await ask('PATCH', `${ISSUES}/1`, { milestone: 2 })).status, 200)
    assert.equal((await ask('PATCH', `${ISSUES}/1`, { milestone: null })).json.milestone, null)

    const events = (await server.events()).slice(2)
    assert.deepEqual(
      events.map(({ action, payload }) => [action, payload.milestone?.title, payload.issue.milestone?.title]),
      [
        ['opened', undefined, 'v1'],
        ['milestoned', 'v1', 'v1'],
        ['demilestoned', 'v1', 'v2'],
        ['milestoned', 'v2', 'v2'],
        ['closed', undefined, 'v2'],
        ['demilestoned', 'v2', undefined],
      ],
    )
    assert.equal(events[0]?.payload.issue.milestone.open_issues, 1)
    const counts = (await ask('GET', `${MILESTONES}?state=all`)).json
    assert.deepEqual(
      counts.map((one: Record<string, unknown>) => [one.open_issues, one.closed_issues]),
      [
        [0, 0],
        [0, 0],
      ],
    )
  })

  it('keeps its counts when an issue is closed, opened, deleted, or loses it', async t => {
    const { ask } = await withRepository(t)
    await ask('POST', MILESTONES, { title: 'v1' })
    for (let times = 0; times < 3; times++) await ask('POST', ISSUES, { title: 'a', milestone: 1 })
    const counts = async () => {
      const { json } = await ask('GET', `${MILESTONES}/1`)
      return [json.open_issues, json.closed_issues]
    }
    assert.deepEqual(await counts(), [3, 0])
    await ask('PATCH', `${ISSUES}/1`, { state: 'closed' })
    await ask('PATCH', `${ISSUES}/2`, { state: 'closed' })
    assert.deepEqual(await counts(), [1, 2])
    await ask('PATCH', `${ISSUES}/2`, { state: 'open' })
    await ask('DELETE', `${ISSUES}/1`)
    assert.deepEqual(await counts(), [2, 0])
    await ask('DELETE', `${MILESTONES}/1`)
    assert.equal((await ask('GET', `${ISSUES}/2`)).json.milestone, null)
  })

  it('is ignored from who may not set it, and refused when there is none of that number', async t => {
    const { server, ask } = await withRepository(t)
    await ask('POST', MILESTONES, { title: 'v1' })
    const token = await server.addToken(await server.addUser('mona'))
    const body = { title: 'a', milestone: 1 }
    assert.equal((await server.request('POST', ISSUES, { token, body })).json.milestone, null)
    const before = (await server.events()).length
    for (const milestone of [2, 'v1', '', 0, -1, '1.0']) {
      for (const [method, path] of [
        ['POST', ISSUES],
        ['PATCH', `${ISSUES}/1`],
      ] as const) {
        const answer = await ask(method, path, { title: 'b', milestone })
        assert.equal(answer.status, 422, JSON.stringify(milestone))
        assert.deepEqual(answer.json.errors, [{ resource: 'Issue', code: 'invalid', field: 'milestone' }])
      }
    }
    assert.equal((await server.events()).length, before)
    assert.equal((await ask('GET', `${ISSUES}/1`)).json.title, 'a')
  })

  it('filters lists', async t => {
    const { ask } = await withRepository(t)
    await ask('POST', MILESTONES, { title: 'v1' })
    await ask('POST', MILESTONES, { title: 'v2' })
    await ask('POST', ISSUES, { title: 'none' })
    await ask('POST', ISSUES, { title: 'one', milestone: 1 })
    await ask('POST', ISSUES, { title: 'two', milestone: 2 })
    for (const [milestone, expected] of [
      ['1', ['one']],
      ['*', ['two', 'one']],
      ['none', ['none']],
      ['9', []],
    ] as const) {
      const { json } = await ask('GET', `${ISSUES}?milestone=${milestone}`)
      assert.deepEqual(
        json.map(({ title }: { title: string }) => title),
        expected,
        milestone,
      )
    }
    assert.equal((await ask('GET', `${ISSUES}?milestone=v1`)).status, 422)
  })
})
