// GitHub Enterprise's global hooks: the site's own, for its administrator alone.
import assert from 'node:assert/strict'
import { suite, type TestContext, test } from 'node:test'
import { addRepository, URL_OK } from '../test-hooks.ts'
import { eventually, startTestReceiver } from '../test-receiver.ts'
import { startTestServer } from '../test-server.ts'

suite('hooks of the site', () => {
  test('are made, listed, shown, changed and removed as GitHub Enterprise has them', async t => {
    const { request, server } = await siteHooks(t)
    const made = await request('POST', '', { name: 'web', config: { url: URL_OK, secret: 'open sesame' } })
    assert.equal(made.status, 201)
    const { created_at, updated_at, ...hook } = made.json
    assert.equal(made.headers.get('location'), hook.url)
    assert.deepEqual(hook, {
      type: 'Global',
      id: 1,
      name: 'web',
      active: true,
      events: ['user', 'organization'],
      config: { content_type: 'form', insecure_ssl: '0', secret: '********', url: URL_OK },
      url: `${server.url}/admin/hooks/1`,
      ping_url: `${server.url}/admin/hooks/1/pings`,
    })
    assert.deepEqual((await request('GET', '')).json, [made.json])
    assert.deepEqual((await request('GET', '/1')).json, made.json)

    const changed = await request('PATCH', '/1', { events: ['*'], config: { url: URL_OK } })
    assert.deepEqual([changed.status, changed.json.events], [200, ['*']])
    assert.equal('secret' in changed.json.config, false)
    assert.equal((await request('DELETE', '/1')).status, 204)
    assert.equal((await request('GET', '/1')).status, 404)
  })

  test('are not there for anybody but the site administrator', async t => {
    const { server } = await siteHooks(t)
    const octocat = await server.addToken(await server.addUser('octocat'))
    for (const [method, path] of [
      ['GET', '/admin/hooks'],
      ['POST', '/admin/hooks'],
      ['GET', '/admin/hooks/1'],
      ['PATCH', '/admin/hooks/1'],
      ['DELETE', '/admin/hooks/1'],
      ['POST', '/admin/hooks/1/pings'],
      ['GET', '/admin/hooks/1/deliveries'],
      ['GET', '/admin/hooks/1/policy'],
      ['GET', '/admin/recoveries'],
    ] as const) {
      assert.equal((await server.request(method, path, { token: octocat })).status, 404, path)
      assert.equal((await server.request(method, path)).status, 401, path)
    }
  })

  test('refuse what cannot be: one line a case', async t => {
    const { request } = await siteHooks(t)
    const config = { url: URL_OK }
    const cases: [object, RegExp][] = [
      [{ config }, /name." wasn't supplied/],
      [{ name: 'web' }, /config." wasn't supplied/],
      [{ name: 'web', config: {} }, /Config must contain URL/],
      [{ name: 'cli', config }, /"field":"name"/],
      [{ name: 'web', config, events: ['nonsense'] }, /not allowed for this hook: nonsense/],
      [{ name: 'web', config, events: ['installation'] }, /not allowed for this hook: installation/],
      [{ name: 'web', config: { url: 'http://10.0.0.1/' } }, /reachable over the public Internet/],
    ]
    for (const [body, refusal] of cases) {
      const { status, text } = await request('POST', '', body)
      assert.equal(status, 422, text)
      assert.match(text, refusal)
    }
    await request('POST', '', { name: 'web', config })
    const { status, text } = await request('POST', '', { name: 'web', config, events: ['*'] })
    assert.equal(status, 422)
    assert.match(text, /Hook already exists on this site/)
    assert.equal((await request('PATCH', '/1', { add_events: ['push'] })).status, 422)
  })

  test('hear of every repository and organization, and keep a log of it', async t => {
    const receiver = await startTestReceiver(t)
    const { request, server } = await siteHooks(t)
    const octocat = await server.addUser('octocat')
    const token = await server.addToken(octocat)
    const acme = await server.addOrganization('acme', octocat)
    await addRepository(server, octocat, 'mine')
    await addRepository(server, acme, 'ours')
    const config = { url: receiver.url, content_type: 'json', secret: 'open sesame' }
    await request('POST', '', { name: 'web', config, events: ['issues', 'organization'] })
    for (const repository of ['octocat/mine', 'acme/ours']) {
      await server.request('POST', `/repos/${repository}/issues`, { token, body: { title: 'Found' } })
    }
    const [ping, ...issues] = (await receiver.arrived(3)).map(({ headers, body }) => ({
      event: headers['x-github-event'],
      target: `${headers['x-github-hook-installation-target-type']} ${headers['x-github-hook-installation-target-id']}`,
      payload: JSON.parse(body.toString()),
    }))
    assert.equal(ping?.event, 'ping')
    assert.equal(ping?.payload.hook.type, 'Global')
    assert.deepEqual(Object.keys(ping?.payload), ['zen', 'hook_id', 'hook', 'sender'])
    assert.deepEqual(issues.map(({ payload }) => payload.repository.full_name).sort(), [
      'acme/ours',
      'octocat/mine',
    ])
    for (const { target, payload } of issues) {
      assert.equal(target, 'business 1')
      assert.equal('installation' in payload, false)
    }
    const log = await eventually(
      async () => (await request('GET', '/1/deliveries')).json,
      list => list.length === 3,
    )
    const one = await request('GET', `/1/deliveries/${log[0].id}`)
    assert.equal(one.json.installation_id, null)
    assert.equal(one.json.url, receiver.url)
    assert.equal((await request('POST', `/1/deliveries/${log[0].id}/attempts`)).status, 202)
    await receiver.arrived(4)
  })

  test('hear of users and organizations that come, and of their own end', async t => {
    const receiver = await startTestReceiver(t)
    const { request, server, token } = await siteHooks(t)
    const config = { url: receiver.url, content_type: 'json' }
    await request('POST', '', { name: 'web', config, events: ['user', 'organization', 'meta'] })
    await receiver.arrived(1)
    await server.request('POST', '/admin/users', { token, body: { login: 'hubot' } })
    await receiver.arrived(2)
    const body = { login: 'acme', admin: 'hubot' }
    await server.request('POST', '/admin/organizations', { token, body })
    await receiver.arrived(3)
    await request('DELETE', '/1')
    const heard = (await receiver.arrived(4)).slice(1).map(({ headers, body }) => {
      const { action, hook } = JSON.parse(String(body))
      return [headers['x-github-event'], action, hook?.type]
    })
    assert.deepEqual(heard, [
      ['user', 'created', undefined],
      ['organization', 'created', undefined],
      ['meta', 'deleted', 'Global'],
    ])
  })

  test('have all that is ours, too', async t => {
    const { request, server } = await siteHooks(t)
    await request('POST', '', { name: 'web', config: { url: URL_OK }, events: ['*'] })
    assert.equal((await request('POST', '/1/pings')).status, 204)
    for (const path of ['config', 'policy', 'filters', 'secret', 'health', 'undelivered?state=pending']) {
      assert.equal((await request('GET', `/1/${path}`)).status, 200, path)
    }
    const tried = await request('POST', '/1/filters/tries', { filters: { actors: ['octocat'] } })
    assert.deepEqual([tried.status, tried.json.events], [200, []])
    const filters = await request('PUT', '/1/filters', { repositories: ['octocat/*'] })
    assert.deepEqual([filters.status, filters.json.repositories], [200, ['octocat/*']])
    const recovery = await server.request('POST', '/admin/recoveries', {
      token: await server.addToken(await server.addUser('other', { siteAdmin: true })),
      body: { status: 'any', dry_run: true },
    })
    assert.equal(recovery.status, 200)
  })

  test('explain an event of any repository', async t => {
    const { request, server } = await siteHooks(t)
    const octocat = await server.addUser('octocat')
    await addRepository(server, octocat, 'hello')
    await request('POST', '', { name: 'web', config: { url: URL_OK }, events: ['star'] })
    const token = await server.addToken(octocat)
    const published = await server.request('POST', '/repos/octocat/hello/events?validate=false', {
      token,
      body: { event: 'push', payload: {} },
    })
    const { json } = await request('GET', `/1/explanations/${published.json.guid}`)
    assert.equal(json.state, 'not_subscribed')
  })
})

async function siteHooks(t: TestContext) {
  const server = await startTestServer(t)
  const token = await server.addToken(await server.addUser('admin', { siteAdmin: true }))
  const request = (method: string, at: string, body?: unknown) =>
    server.request(method, `/admin/hooks${at}`, { token, body })
  return { server, token, request }
}
