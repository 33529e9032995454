import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import fc from 'fast-check'
import { startTestServer, type TestEvent } from '../test-server.ts'

const ISSUES = '/repos/octocat/hello/issues'

async function withRepository(t: TestContext, body: object = {}) {
  const server = await startTestServer(t)
  const octocat = await server.addUser('octocat')
  const token = await server.addToken(octocat)
  await server.request('POST', '/user/repos', { token, body: { name: 'hello', ...body } })
  const stranger = await server.addUser('stranger')
  return { server, octocat, token, stranger, strangerToken: await server.addToken(stranger) }
}

/** `issues opened`, without what the making of the repository told. */
async function told(server: { events(): Promise<readonly TestEvent[]> }): Promise<string[]> {
  const events = await server.events()
  return events.filter(({ name }) => name !== 'repository').map(({ name, action }) => `${name} ${action}`)
}

describe('POST /repos/{owner}/{repo}/issues', () => {
  it('opens an issue, numbers it, says where it is and tells of it', async t => {
    const { server, token } = await withRepository(t)
    const body = { title: ' It does not float ', body: 'At all.' }
    const answer = await server.request('POST', ISSUES, { token, body })

    assert.equal(answer.status, 201)
    assert.equal(answer.headers.get('location'), `${server.url}${ISSUES}/1`)
    assert.equal(answer.json.number, 1)
    assert.equal(answer.json.title, 'It does not float')
    assert.equal(answer.json.state, 'open')
    assert.equal(answer.json.author_association, 'OWNER')
    assert.equal(answer.json.closed_by, null)

    const [, opened] = await server.events()
    assert.equal(opened?.name, 'issues')
    assert.equal(opened?.payload.action, 'opened')
    assert.equal(opened?.payload.issue.title, 'It does not float')
    assert.equal(opened?.payload.repository.open_issues_count, 1)
    assert.equal(opened?.payload.sender.login, 'octocat')
    assert.equal('organization' in (opened?.payload ?? {}), false)
  })

  it('tells of each label and each assignee, and of labels that there were not', async t => {
    const { server, token } = await withRepository(t)
    await server.request('POST', '/repos/octocat/hello/labels', {
      token,
      body: { name: 'bug', color: 'D73A4A' },
    })
    const body = { title: 'Leak', labels: ['BUG', { name: 'hull' }], assignees: ['OctoCat'] }
    const answer = await server.request('POST', ISSUES, { token, body })

    assert.deepEqual(
      answer.json.labels.map(({ name, color }: { name: string; color: string }) => [name, color]),
      [
        ['bug', 'd73a4a'],
        ['hull', 'ededed'],
      ],
    )
    assert.equal(answer.json.assignee.login, 'octocat')
    assert.deepEqual(await told(server), [
      'label created',
      'label created',
      'issues opened',
      'issues labeled',
      'issues labeled',
      'issues assigned',
    ])
    const events = await server.events()
    assert.equal(events.at(-2)?.payload.label.name, 'hull')
    assert.equal(events.at(-1)?.payload.assignee.login, 'octocat')
    assert.equal(events.at(-3)?.payload.issue.labels.length, 2)
  })

  it('lets anybody open one in a public repository, and drops what only pushers may set', async t => {
    const { server, strangerToken: token } = await withRepository(t)
    const body = { title: 'Hello', labels: ['bug'], assignees: ['octocat'], milestone: 4 }
    const answer = await server.request('POST', ISSUES, { token, body })
    assert.equal(answer.status, 201)
    assert.deepEqual(answer.json.labels, [])
    assert.deepEqual(answer.json.assignees, [])
    assert.equal(answer.json.author_association, 'NONE')
    assert.deepEqual(await told(server), ['issues opened'])
  })

  it('refuses what GitHub refuses, in its words', async t => {
    const { server, token } = await withRepository(t)
    const refusals: [body: unknown, status: number, message: string, item?: object][] = [
      ['{', 400, 'Problems parsing JSON'],
      ['[]', 400, 'Body should be a JSON object'],
      ['"text"', 400, 'Body should be a JSON object'],
      [undefined, 422, 'Invalid request.\n\n"title" wasn\'t supplied.'],
      [
        { title: null },
        422,
        "Invalid request.\n\nFor 'properties/title', nil is not a string or an integer.",
      ],
      [
        { title: 'a', labels: null },
        422,
        "Invalid request.\n\nFor 'properties/labels', nil is not an array.",
      ],
      [
        { title: 'a', assignees: [1] },
        422,
        "Invalid request.\n\nFor 'properties/assignees/items', 1 is not a string.",
      ],
      [
        { title: ' ' },
        422,
        'Validation Failed',
        { resource: 'Issue', code: 'missing_field', field: 'title' },
      ],
      [
        { title: 'a'.repeat(257) },
        422,
        'Validation Failed',
        {
          resource: 'Issue',
          code: 'custom',
          field: 'title',
          message: 'title is too long (maximum is 256 characters)',
        },
      ],
      [
        { title: 'a', body: 'a'.repeat(65_537) },
        422,
        'Validation Failed',
        {
          resource: 'Issue',
          code: 'custom',
          field: 'body',
          message: 'body is too long (maximum is 65536 characters)',
        },
      ],
      [
        { title: 'a', assignees: ['nobody'] },
        422,
        'Validation Failed',
        { resource: 'Issue', code: 'invalid', field: 'assignees' },
      ],
      [
        { title: 'a', milestone: 1 },
        422,
        'Validation Failed',
        { resource: 'Issue', code: 'invalid', field: 'milestone' },
      ],
    ]
    for (const [body, status, message, item] of refusals) {
      const answer = await server.request('POST', ISSUES, { token, body })
      assert.equal(answer.status, status, JSON.stringify(body))
      assert.equal(answer.json.message, message)
      assert.equal(answer.json.status, String(status))
      assert.equal(
        answer.json.documentation_url,
        'https://docs.github.com/rest/issues/issues#create-an-issue',
      )
      assert.deepEqual(answer.json.errors, item && [item])
    }
    assert.deepEqual(await told(server), [])
  })

  it('bounds what it takes: many labels, many assignees, deep JSON', async t => {
    const { server, token } = await withRepository(t)
    const post = async (body: unknown) => (await server.request('POST', ISSUES, { token, body })).status
    const many = Array.from({ length: 50_000 }, (_, index) => `n${index}`)
    assert.equal(await post({ title: 'a', labels: many }), 422)
    assert.equal(await post({ title: 'a', assignees: many }), 422)
    assert.equal(await post(`{"title":${'['.repeat(400_000)}${']'.repeat(400_000)}}`), 400)
    assert.deepEqual(await told(server), [])
  })

  it('counts characters as people do, and takes as many as allowed', async t => {
    const { server, token } = await withRepository(t)
    const answer = await server.request('POST', ISSUES, {
      token,
      body: { title: '🎣'.repeat(256), body: '🎣'.repeat(65_536) },
    })
    assert.equal(answer.status, 201)
  })

  it('reads JSON whatever the content type says, and refuses more than 1 MB', async t => {
    const { server, token } = await withRepository(t)
    for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'nonsense', '']) {
      const headers = { 'content-type': type }
      const answer = await server.request('POST', ISSUES, { token, headers, body: '{"title":"a"}' })
      assert.equal(answer.status, 201, type)
    }
    const answer = await server.request('POST', ISSUES, {
      token,
      body: { title: 'a', x: 'x'.repeat(2 ** 20) },
    })
    assert.equal(answer.status, 413)
    assert.equal(answer.json.status, '413')
  })

  it('tells who may not, and hides what may not be seen', async t => {
    const { server, octocat, token, strangerToken } = await withRepository(t)
    await server.request('POST', '/user/repos', { token, body: { name: 'secret', private: true } })
    const withoutScopes = await server.addToken(octocat, [])
    const publicOnly = await server.addToken(octocat, ['public_repo'])
    const post = async (path: string, asker?: string) =>
      (await server.request('POST', path, { ...(asker && { token: asker }), body: { title: 'a' } })).status

    assert.equal(await post(ISSUES), 401)
    assert.equal(await post(ISSUES, 'hkl_wrong'), 401)
    assert.equal(await post(ISSUES, withoutScopes), 404)
    assert.equal(await post('/repos/octocat/secret/issues'), 401)
    assert.equal(await post('/repos/octocat/secret/issues', strangerToken), 404)
    assert.equal(await post('/repos/octocat/secret/issues', publicOnly), 404)
    assert.equal(await post('/repos/octocat/secret/issues', token), 201)
    assert.equal(await post('/repos/octocat/missing/issues', token), 404)
    assert.equal(await post('/repos/nobody/hello/issues', token), 404)
  })

  it('answers 410 where issues are switched off, and 403 where all is archived', async t => {
    const { server, token } = await withRepository(t, { has_issues: false })
    assert.equal((await server.request('POST', ISSUES, { token, body: { title: 'a' } })).status, 410)
    assert.equal((await server.request('GET', ISSUES)).status, 410)
    await server.request('PATCH', '/repos/octocat/hello', { token, body: { has_issues: true } })
    await server.request('PATCH', '/repos/octocat/hello', { token, body: { archived: true } })
    const answer = await server.request('POST', ISSUES, { token, body: { title: 'a' } })
    assert.equal(answer.status, 403)
    assert.equal(answer.json.message, 'Repository was archived so is read-only.')
    assert.equal((await server.request('GET', ISSUES)).status, 200)
  })

  it('numbers issues that are opened at once without a gap and without a double', async t => {
    const { server, token } = await withRepository(t)
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => server.request('POST', ISSUES, { token, body: { title: 'a' } })),
    )
    const numbers = answers.map(answer => answer.json.number as number).toSorted((a, b) => a - b)
    assert.deepEqual(
      numbers,
      Array.from({ length: 40 }, (_, index) => index + 1),
    )
    const repository = await server.request('GET', '/repos/octocat/hello')
    assert.equal(repository.json.open_issues_count, 40)
  })

  it('never answers garbage with 5xx', async t => {
    const { server, token } = await withRepository(t)
    const field = fc.option(fc.jsonValue(), { nil: undefined })
    const body = fc.oneof(
      fc.jsonValue(),
      fc.record({
        title: fc.oneof(field, fc.string({ unit: 'binary' })),
        body: field,
        labels: fc.oneof(field, fc.array(fc.oneof(fc.string(), fc.jsonValue()))),
        assignees: fc.oneof(field, fc.array(fc.string())),
        milestone: field,
        ['__proto__']: fc.jsonValue(),
      }),
    )
    await fc.assert(
      fc.asyncProperty(body, fc.constantFrom('POST', 'PATCH'), async (garbage, method) => {
        const path = method === 'POST' ? ISSUES : `${ISSUES}/1`
        const text = JSON.stringify(garbage) ?? 'null'
        const { status } = await server.request(method, path, { token, body: text })
        assert.ok([200, 201, 400, 404, 422].includes(status), `${status}: ${text}`)
      }),
      { numRuns: 150 },
    )
  })
})

describe('PATCH /repos/{owner}/{repo}/issues/{number}', () => {
  it('tells what was changed from what', async t => {
    const { server, token } = await withRepository(t)
    await server.request('POST', ISSUES, { token, body: { title: 'Before' } })
    const answer = await server.request('PATCH', `${ISSUES}/1`, {
      token,
      body: { title: 'After', body: 'Text' },
    })
    assert.equal(answer.status, 200)
    assert.equal(answer.json.title, 'After')
    const edited = (await server.events()).at(-1)
    assert.equal(edited?.action, 'edited')
    assert.deepEqual(edited?.payload.changes, { title: { from: 'Before' }, body: { from: '' } })
  })

  it('fires nothing and touches nothing when nothing changes', async t => {
    const { server, token } = await withRepository(t)
    const body = { title: 'Same', body: 'Text', labels: ['bug'], assignees: ['octocat'], state: 'open' }
    const { json: opened } = await server.request('POST', ISSUES, { token, body })
    const before = (await server.events()).length
    const answer = await server.request('PATCH', `${ISSUES}/1`, {
      token,
      body: { ...body, labels: ['BUG'], milestone: null },
    })
    assert.equal(answer.status, 200)
    assert.equal(answer.json.updated_at, opened.updated_at)
    assert.equal((await server.events()).length, before)
  })

  it('closes and reopens, with a reason, and counts', async t => {
    const { server, token } = await withRepository(t)
    await server.request('POST', ISSUES, { token, body: { title: 'a' } })
    const patch = (body: object) => server.request('PATCH', `${ISSUES}/1`, { token, body })

    const closed = await patch({ state: 'closed', state_reason: 'not_planned' })
    assert.equal(closed.json.state, 'closed')
    assert.equal(closed.json.state_reason, 'not_planned')
    assert.equal(closed.json.closed_by.login, 'octocat')
    assert.notEqual(closed.json.closed_at, null)
    assert.equal((await server.request('GET', '/repos/octocat/hello')).json.open_issues_count, 0)

    // Without a change of state its reason is passed over.
    assert.equal((await patch({ state_reason: 'completed' })).json.state_reason, 'not_planned')

    const reopened = await patch({ state: 'open' })
    assert.equal(reopened.json.state_reason, 'reopened')
    assert.equal(reopened.json.closed_at, null)
    assert.equal((await patch({ state: 'closed' })).json.state_reason, 'completed')
    assert.deepEqual(await told(server), [
      'issues opened',
      'issues closed',
      'issues reopened',
      'issues closed',
    ])
    assert.equal((await server.events()).at(-1)?.payload.repository.open_issues, 0)
  })

  it('closes once when asked by many at the same time', async t => {
    const { server, token } = await withRepository(t)
    await server.request('POST', ISSUES, { token, body: { title: 'a' } })
    await Promise.all(
      Array.from({ length: 10 }, () =>
        server.request('PATCH', `${ISSUES}/1`, { token, body: { state: 'closed' } }),
      ),
    )
    assert.deepEqual(await told(server), ['issues opened', 'issues closed'])
    assert.equal((await server.request('GET', '/repos/octocat/hello')).json.open_issues_count, 0)
  })

  it('replaces labels and assignees, and tells of the difference alone', async t => {
    const { server, token } = await withRepository(t)
    const body = { title: 'a', labels: ['one', 'two'], assignees: ['octocat'] }
    await server.request('POST', ISSUES, { token, body })
    const before = (await server.events()).length
    await server.request('PATCH', `${ISSUES}/1`, {
      token,
      body: { labels: ['two', 'three'], assignees: [] },
    })
    const events = (await server.events()).slice(before)
    assert.deepEqual(
      events.map(({ payload }) => [payload.action, payload.label?.name ?? payload.assignee?.login]),
      [
        ['created', 'three'],
        ['unlabeled', 'one'],
        ['labeled', 'three'],
        ['unassigned', 'octocat'],
      ],
    )
  })

  it('lets its author change the text and the state, and nobody else without push rights', async t => {
    const { server, strangerToken } = await withRepository(t)
    const other = await server.addToken(await server.addUser('other'))
    await server.request('POST', ISSUES, { token: strangerToken, body: { title: 'a' } })

    const own = await server.request('PATCH', `${ISSUES}/1`, {
      token: strangerToken,
      body: { title: 'b', state: 'closed', labels: ['bug'] },
    })
    assert.equal(own.status, 200)
    assert.deepEqual([own.json.title, own.json.state, own.json.labels], ['b', 'closed', []])

    assert.equal(
      (await server.request('PATCH', `${ISSUES}/1`, { token: other, body: { title: 'c' } })).status,
      403,
    )
    assert.equal((await server.request('PATCH', `${ISSUES}/1`, { body: { title: 'c' } })).status, 401)
  })

  it('answers 404 for a number that leads nowhere', async t => {
    const { server, token } = await withRepository(t)
    for (const number of ['1', '0', '-1', 'one', '1.5', '99999999999999999999', '%00']) {
      const answer = await server.request('PATCH', `${ISSUES}/${number}`, { token, body: { title: 'c' } })
      assert.equal(answer.status, 404, number)
    }
  })
})

describe('DELETE /repos/{owner}/{repo}/issues/{number}', () => {
  it('is for administrators, takes the comments along and tells of it', async t => {
    const { server, token, strangerToken } = await withRepository(t)
    await server.request('POST', ISSUES, { token: strangerToken, body: { title: 'Spam' } })
    await server.request('POST', `${ISSUES}/1/comments`, { token: strangerToken, body: { body: 'More' } })
    assert.equal((await server.request('DELETE', `${ISSUES}/1`, { token: strangerToken })).status, 403)

    const answer = await server.request('DELETE', `${ISSUES}/1`, { token })
    assert.equal(answer.status, 204)
    assert.equal(answer.text, '')
    assert.equal((await server.request('GET', `${ISSUES}/1`)).status, 404)
    const deleted = (await server.events()).at(-1)
    assert.equal(deleted?.action, 'deleted')
    assert.equal(deleted?.payload.issue.title, 'Spam')
    assert.equal(deleted?.payload.repository.open_issues, 0)

    const next = await server.request('POST', ISSUES, { token, body: { title: 'Next' } })
    assert.equal(next.json.number, 2)
  })
})

describe('GET /repos/{owner}/{repo}/issues', () => {
  it('filters, sorts and pages', async t => {
    const { server, token, strangerToken } = await withRepository(t)
    const open = (title: string, body: object = {}, asker = token) =>
      server.request('POST', ISSUES, { token: asker, body: { title, ...body } })
    await open('one', { labels: ['bug', 'hull'] })
    await open('two', { labels: ['bug'], assignees: ['octocat'] })
    await open('three', {}, strangerToken)
    await server.request('PATCH', `${ISSUES}/1`, { token, body: { state: 'closed' } })
    await server.request('POST', `${ISSUES}/2/comments`, { token, body: { body: 'Hm.' } })

    const titles = async (query: string) => {
      const answer = await server.request('GET', `${ISSUES}?${query}`)
      assert.equal(answer.status, 200, answer.text)
      return answer.json.map(({ title }: { title: string }) => title).join(' ')
    }
    assert.equal(await titles(''), 'three two')
    assert.equal(await titles('state=closed'), 'one')
    assert.equal(await titles('state=all&direction=asc'), 'one two three')
    assert.equal(await titles('state=all&labels=bug'), 'two one')
    assert.equal(await titles('state=all&labels=Bug,HULL'), 'one')
    assert.equal(await titles('labels=nothing'), '')
    assert.equal(await titles('assignee=OCTOCAT'), 'two')
    assert.equal(await titles('assignee=*'), 'two')
    assert.equal(await titles('assignee=none'), 'three')
    assert.equal(await titles('creator=stranger'), 'three')
    assert.equal(await titles('creator=octocat&state=all'), 'two one')
    assert.equal(await titles('sort=comments'), 'two three')
    assert.equal(await titles('milestone=1'), '')
    assert.equal(await titles('since=2000-01-01T00:00:00Z'), 'three two')
    assert.equal(await titles('since=2999-01-01T00:00:00Z'), '')
    assert.equal(await titles('per_page=1&page=2'), 'two')

    const first = await server.request('GET', `${ISSUES}?per_page=1&state=all`)
    const address = `${server.url}${ISSUES}?per_page=1&state=all`
    assert.equal(
      first.headers.get('link'),
      `<${address}&page=2>; rel="next", <${address}&page=3>; rel="last"`,
    )
    assert.equal((await server.request('GET', ISSUES)).headers.get('link'), null)
    assert.equal((await server.request('GET', `${ISSUES}?state=odd`)).status, 422)
    for (const since of ['yesterday', '1', '24 Nov 2026', '2026-11', '2026-11-24T12:00', '2026-13-01']) {
      const answer = await server.request('GET', `${ISSUES}?since=${encodeURIComponent(since)}`)
      assert.equal(answer.status, 422, since)
    }
    for (const since of ['2026-11-24', '2026-11-24T12:00Z', '2026-11-24T12:00:00.5+01:00']) {
      const answer = await server.request('GET', `${ISSUES}?since=${encodeURIComponent(since)}`)
      assert.equal(answer.status, 200, since)
    }
    // Passed over, as it says in docs/api.md.
    assert.equal((await server.request('GET', `${ISSUES}?mentioned=nobody&type=none`)).status, 200)
  })
})

describe('labels and assignees of an issue', () => {
  it('are added, set and removed by who may push', async t => {
    const { server, token, strangerToken } = await withRepository(t)
    await server.request('POST', ISSUES, { token, body: { title: 'a' } })
    const labels = `${ISSUES}/1/labels`
    const names = (answer: { json: { name: string }[] }) => answer.json.map(({ name }) => name)

    assert.deepEqual(names(await server.request('POST', labels, { token, body: { labels: ['b', 'a'] } })), [
      'b',
      'a',
    ])
    assert.deepEqual(names(await server.request('POST', labels, { token, body: ['c', { name: 'A' }] })), [
      'b',
      'a',
      'c',
    ])
    assert.deepEqual(names(await server.request('PUT', labels, { token, body: { labels: ['c', 'd'] } })), [
      'c',
      'd',
    ])
    assert.deepEqual(names(await server.request('DELETE', `${labels}/C`, { token })), ['d'])
    const missing = await server.request('DELETE', `${labels}/c`, { token })
    assert.equal(missing.status, 404)
    assert.equal(missing.json.message, 'Label does not exist')
    assert.equal((await server.request('DELETE', labels, { token })).status, 204)
    assert.deepEqual((await server.request('GET', labels)).json, [])
    assert.equal((await server.request('POST', labels, { token: strangerToken, body: ['x'] })).status, 403)
    assert.equal((await server.request('POST', labels, { token, body: '"x"' })).status, 400)
    assert.equal((await server.request('POST', labels, { token, body: [' '] })).status, 422)
    assert.equal((await server.request('POST', labels, { token, body: ['x'.repeat(51)] })).status, 422)
    const hundredAndOne = Array.from({ length: 101 }, (_, index) => `l${index}`)
    assert.equal((await server.request('POST', labels, { token, body: hundredAndOne })).status, 422)
    assert.deepEqual((await server.request('GET', labels)).json, [])
  })

  it('passes over whom one cannot assign', async t => {
    const { server, token } = await withRepository(t)
    await server.request('POST', ISSUES, { token, body: { title: 'a' } })
    const path = `${ISSUES}/1/assignees`
    const body = { assignees: ['octocat', 'stranger', 'nobody'] }
    const added = await server.request('POST', path, { token, body })
    assert.equal(added.status, 201)
    assert.deepEqual(
      added.json.assignees.map(({ login }: { login: string }) => login),
      ['octocat'],
    )
    const removed = await server.request('DELETE', path, { token, body: { assignees: ['OCTOCAT'] } })
    assert.equal(removed.status, 200)
    assert.deepEqual(removed.json.assignees, [])
    assert.deepEqual((await told(server)).slice(-2), ['issues assigned', 'issues unassigned'])
  })
})
