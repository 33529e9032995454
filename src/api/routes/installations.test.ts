// Where Apps are installed: what their hooks then hear of, and what their tokens open.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { verify } from '@octokit/webhooks-methods'
import { addRepository } from '../test-hooks.ts'
import { installOn, startWithIntegration } from '../test-integrations.ts'
import { eventually, type Received, startTestReceiver } from '../test-receiver.ts'

const MANIFEST = { default_events: ['issues', 'label'], default_permissions: { issues: 'write' } }

suite('an installation', () => {
  test('is told to its App alone, with the repositories that it covers', async t => {
    const receiver = await startTestReceiver(t)
    const { integration, install, server, hello } = await startWithIntegration(t, {
      ...MANIFEST,
      hook_attributes: { url: receiver.url },
    })
    await receiver.arrived(1)
    const installation = await install({ repository_selection: 'selected', repositories: ['hello'] })
    const [, created] = await receiver.arrived(2)
    assert.equal(created?.headers['x-github-event'], 'installation')
    assert.ok(await verify(String(integration.webhook_secret), String(created?.body), signatureOf(created)))
    const payload = payloadOf(created)
    assert.deepEqual(Object.keys(payload), ['action', 'installation', 'repositories', 'sender'])
    assert.deepEqual([payload.action, payload.sender.login], ['created', 'octocat'])
    assert.deepEqual(payload.installation, installation)
    assert.deepEqual(payload.repositories, [
      {
        id: hello.id,
        node_id: Buffer.from(`010:Repository${hello.id}`).toString('base64'),
        name: 'hello',
        full_name: 'octocat/hello',
        private: false,
      },
    ])
    assert.deepEqual(installation, {
      id: 1,
      client_id: integration.client_id,
      account: payload.sender,
      repository_selection: 'selected',
      access_tokens_url: `${server.url}/app/installations/1/access_tokens`,
      repositories_url: `${server.url}/installation/repositories`,
      html_url: `${server.url}/settings/installations/1`,
      app_id: 1,
      app_slug: 'issue-sorter',
      target_id: payload.sender.id,
      target_type: 'User',
      permissions: { metadata: 'read', issues: 'write' },
      events: ['issues', 'label'],
      created_at: installation.created_at,
      updated_at: installation.updated_at,
      single_file_name: null,
      has_multiple_single_files: false,
      single_file_paths: [],
      suspended_by: null,
      suspended_at: null,
    })
  })

  test('brings the events of what it covers, and `installation` in them as the last key', async t => {
    const receiver = await startTestReceiver(t)
    const plain = await startTestReceiver(t)
    const { asApp, install, server, tokens, integration } = await startWithIntegration(t, {
      ...MANIFEST,
      hook_attributes: { url: receiver.url },
    })
    const hook = { config: { url: plain.url, content_type: 'json' }, events: ['issues'] }
    await server.request('POST', '/repos/octocat/hello/hooks', { token: tokens.octocat, body: hook })
    await plain.arrived(1)
    await install({ repository_selection: 'selected', repositories: ['hello'] })
    await receiver.arrived(2)
    for (const repository of ['other', 'hello']) {
      const body = { title: `In ${repository}` }
      await server.request('POST', `/repos/octocat/${repository}/issues`, { token: tokens.octocat, body })
    }
    // What it did not ask for.
    await server.request('POST', '/repos/octocat/hello/issues/1/comments', {
      token: tokens.octocat,
      body: { body: 'Hello' },
    })
    const opened = (await receiver.arrived(3))[2]
    const others = (await plain.arrived(2))[1]
    const text = String(opened?.body)
    assert.equal(payloadOf(opened).issue.title, 'In hello')
    // The same bytes but for the end.
    const node = 'MDIzOkludGVncmF0aW9uSW5zdGFsbGF0aW9uMQ=='
    assert.equal(text, `${String(others?.body).slice(0, -1)},"installation":{"id":1,"node_id":"${node}"}}`)
    assert.ok(await verify(String(integration.webhook_secret), text, signatureOf(opened)))
    assert.equal(opened?.headers['x-github-delivery'], others?.headers['x-github-delivery'])

    const log = await eventually(
      async () => (await asApp('GET', '/app/hook/deliveries')).json,
      list => list.length === 3,
    )
    assert.deepEqual(
      log.map((it: { event: string; installation_id: number | null }) => [it.event, it.installation_id]),
      [
        ['issues', 1],
        ['installation', 1],
        ['ping', null],
      ],
    )
    const one = await asApp('GET', `/app/hook/deliveries/${log[0].id}`)
    assert.deepEqual(one.json.request.payload, JSON.parse(text))
    assert.equal(one.json.installation_id, 1)

    assert.equal((await asApp('POST', `/app/hook/deliveries/${log[0].id}/attempts`)).status, 202)
    const again = (await receiver.arrived(4))[3]
    assert.equal(String(again?.body), text)
    assert.equal(again?.headers['x-github-delivery'], opened?.headers['x-github-delivery'])
  })

  test('of an organization brings what belongs to no repository, too', async t => {
    const receiver = await startTestReceiver(t)
    const { integration, octocat, server, tokens } = await startWithIntegration(t, {
      default_events: ['organization', 'star'],
      hook_attributes: { url: receiver.url },
    })
    const acme = await server.addOrganization('acme', octocat)
    await addRepository(server, acme, 'ours')
    await installOn(server, tokens.octocat, integration, { repository_selection: 'all' }, acme)
    await receiver.arrived(2)
    for (const path of ['/orgs/acme/events', '/repos/acme/ours/events', '/repos/octocat/hello/events']) {
      const body = { event: path.startsWith('/orgs') ? 'organization' : 'star', payload: { path } }
      const { status } = await server.request('POST', `${path}?validate=false`, {
        token: tokens.octocat,
        body,
      })
      assert.equal(status, 202)
    }
    const [, , ...heard] = (await receiver.arrived(4)).map(payloadOf)
    assert.deepEqual(heard.map(({ path }) => path).sort(), ['/orgs/acme/events', '/repos/acme/ours/events'])
    for (const { installation } of heard) assert.equal(installation.id, 1)
  })

  test('takes the place of an `installation` that was published', async t => {
    const receiver = await startTestReceiver(t)
    const { install, server, tokens } = await startWithIntegration(t, {
      default_events: ['push'],
      hook_attributes: { url: receiver.url },
    })
    await install()
    await receiver.arrived(2)
    for (const payload of ['{"installation": {"id": 99}, "n": 1.0}', '{ }']) {
      await server.request('POST', '/repos/octocat/hello/events?validate=false', {
        token: tokens.octocat,
        body: `{"event":"push","payload":${payload}}`,
      })
    }
    const ours = '{"id":1,"node_id":"MDIzOkludGVncmF0aW9uSW5zdGFsbGF0aW9uMQ=="}'
    const received = await receiver.arrived(4)
    assert.deepEqual(
      received
        .slice(2)
        .map(({ body }) => String(body))
        .sort(),
      [`{ "installation":${ours}}`, `{"installation": ${ours}, "n": 1.0}`],
    )
  })

  test('hears of nothing while it is suspended, and is told of both', async t => {
    const receiver = await startTestReceiver(t)
    const { asApp, install, server, tokens } = await startWithIntegration(t, {
      ...MANIFEST,
      hook_attributes: { url: receiver.url },
    })
    await install()
    await receiver.arrived(2)
    const open = (title: string) =>
      server.request('POST', '/repos/octocat/hello/issues', { token: tokens.octocat, body: { title } })
    const at = '/app/installations/1'
    assert.equal((await asApp('PUT', `${at}/suspended`)).status, 204)
    assert.equal((await asApp('PUT', `${at}/suspended`)).status, 204)
    const suspended = (await asApp('GET', at)).json
    assert.equal(suspended.suspended_by.login, 'issue-sorter[bot]')
    assert.ok(suspended.suspended_at)
    const refused = await asApp('POST', `${at}/access_tokens`)
    assert.deepEqual([refused.status, refused.json.message], [403, 'This installation has been suspended'])
    await receiver.arrived(3)
    await open('Not heard')
    const own = '/user/installations/1/suspended'
    assert.equal((await server.request('DELETE', own, { token: tokens.octocat })).status, 204)
    await receiver.arrived(4)
    await open('Heard')
    const heard = (await receiver.arrived(5)).map(it => [
      it.headers['x-github-event'],
      payloadOf(it).action,
      payloadOf(it).issue?.title,
    ])
    assert.deepEqual(heard.slice(1), [
      ['installation', 'created', undefined],
      ['installation', 'suspend', undefined],
      ['installation', 'unsuspend', undefined],
      ['issues', 'opened', 'Heard'],
    ])
  })

  test('stays suspended, whatever the App says, when the account has suspended it', async t => {
    const { asApp, install, server, tokens } = await startWithIntegration(t, MANIFEST)
    await install()
    const own = '/user/installations/1/suspended'
    assert.equal((await server.request('PUT', own, { token: tokens.octocat })).status, 204)
    assert.equal((await asApp('DELETE', '/app/installations/1/suspended')).status, 404)
    assert.ok((await asApp('GET', '/app/installations/1')).json.suspended_at)
  })

  test('is not told of installations by whoever publishes', async t => {
    const receiver = await startTestReceiver(t)
    const { install, server, tokens } = await startWithIntegration(t, {
      ...MANIFEST,
      default_events: ['*'],
      hook_attributes: { url: receiver.url },
    })
    await install()
    await receiver.arrived(2)
    const publish = (event: string, payload: unknown) =>
      server.request('POST', '/repos/octocat/hello/events?validate=false', {
        token: tokens.octocat,
        body: { event, payload },
      })
    const forged = { action: 'deleted', installation: { id: 7 } }
    assert.deepEqual((await publish('installation', forged)).json.deliveries, 0)
    assert.deepEqual((await publish('push', { ref: 'refs/heads/main' })).json.deliveries, 1)
  })

  test('covers other repositories when they are added or removed', async t => {
    const receiver = await startTestReceiver(t)
    const { install, server, tokens, hello, other } = await startWithIntegration(t, {
      ...MANIFEST,
      hook_attributes: { url: receiver.url },
    })
    await install({ repository_selection: 'selected', repositories: ['hello'] })
    await receiver.arrived(2)
    const at = '/user/installations/1/repositories'
    const change = async (method: string, id: number, token = tokens.octocat) =>
      (await server.request(method, `${at}/${id}`, { token })).status
    assert.equal(await change('PUT', other.id), 204)
    assert.equal(await change('PUT', other.id), 204)
    await receiver.arrived(3)
    assert.equal(await change('DELETE', hello.id), 204)
    assert.equal(await change('DELETE', hello.id), 404)
    assert.equal(await change('DELETE', other.id), 422)
    assert.equal(await change('PUT', 999), 404)
    assert.equal(await change('PUT', hello.id, tokens.hubot), 404)
    const listed = await server.request('GET', at, { token: tokens.octocat })
    assert.deepEqual([listed.json.total_count, listed.json.repositories[0].name], [1, 'other'])
    const told = (await receiver.arrived(4)).slice(2).map(payloadOf)
    assert.deepEqual(Object.keys(told[0]), [
      'action',
      'installation',
      'repository_selection',
      'repositories_added',
      'repositories_removed',
      'requester',
      'sender',
    ])
    assert.deepEqual(
      told.map(it => [it.action, it.repositories_added.length, it.repositories_removed[0]?.name]),
      [
        ['added', 1, undefined],
        ['removed', 0, 'hello'],
      ],
    )
  })

  test('is asked again when its App wants more, and told so', async t => {
    const receiver = await startTestReceiver(t)
    const { install, server, tokens, asApp } = await startWithIntegration(t, {
      ...MANIFEST,
      hook_attributes: { url: receiver.url },
    })
    await install()
    await receiver.arrived(2)
    await server.request('PATCH', '/user/apps/issue-sorter', {
      token: tokens.hubot,
      body: { default_permissions: { issues: 'write', contents: 'write' } },
    })
    assert.equal('contents' in (await asApp('GET', '/app/installations/1')).json.permissions, false)
    const at = '/user/installations/1/permissions'
    const accepted = await server.request('PUT', at, { token: tokens.octocat })
    assert.equal(accepted.json.permissions.contents, 'write')
    assert.equal(payloadOf((await receiver.arrived(3))[2]).action, 'new_permissions_accepted')
  })

  test('ends by either side, and is told', async t => {
    const receiver = await startTestReceiver(t)
    const { asApp, install, server, tokens } = await startWithIntegration(t, {
      ...MANIFEST,
      hook_attributes: { url: receiver.url },
    })
    await install()
    await receiver.arrived(2)
    const own = { token: tokens.octocat }
    assert.equal(
      (await server.request('DELETE', '/user/installations/1', { token: tokens.hubot })).status,
      404,
    )
    assert.equal((await server.request('DELETE', '/user/installations/1', own)).status, 204)
    await receiver.arrived(3)
    await install()
    await receiver.arrived(4)
    assert.equal((await asApp('DELETE', '/app/installations/2')).status, 204)
    assert.equal((await asApp('GET', '/app/installations/2')).status, 404)
    await receiver.arrived(5)
    await server.request('POST', '/repos/octocat/hello/issues', { ...own, body: { title: 'Not heard' } })
    await asApp('POST', '/app/hook/pings')
    const heard = (await receiver.arrived(6)).map(it => [
      it.headers['x-github-event'],
      payloadOf(it).sender.login,
    ])
    assert.deepEqual(heard.slice(1), [
      ['installation', 'octocat'],
      ['installation', 'octocat'],
      ['installation', 'octocat'],
      ['installation', 'issue-sorter[bot]'],
      ['ping', 'issue-sorter[bot]'],
    ])
  })

  test('is refused when it cannot be: one line a case', async t => {
    const { install, server, tokens, octocat } = await startWithIntegration(t, {
      default_permissions: { administration: 'write' },
    })
    const limited = await server.addToken(octocat, ['repo'])
    const weak = await server.addToken(octocat, ['public_repo', 'admin:repo_hook'])
    const cases: [string, object, number][] = [
      [tokens.octocat, { app_slug: 'nothing' }, 404],
      [tokens.octocat, {}, 422],
      [tokens.octocat, { app_slug: 'issue-sorter', repository_selection: 'some' }, 422],
      [tokens.octocat, { app_slug: 'issue-sorter', repository_selection: 'selected' }, 422],
      [
        tokens.octocat,
        { app_slug: 'issue-sorter', repository_selection: 'selected', repositories: ['nothing'] },
        422,
      ],
      [limited, { app_slug: 'issue-sorter' }, 404],
      [weak, { app_slug: 'issue-sorter' }, 404],
    ]
    for (const [token, body, status] of cases) {
      const answer = await server.request('POST', '/user/installations', { token, body })
      assert.equal(answer.status, status, answer.text)
    }
    await install()
    const again = await server.request('POST', '/user/installations', {
      token: tokens.octocat,
      body: { app_slug: 'issue-sorter' },
    })
    assert.equal(again.status, 422)
    assert.match(again.text, /already_exists/)
  })

  test('asks for no less of an organization’s owner: one line a case', async t => {
    const { integration, octocat, server } = await startWithIntegration(t)
    await server.addOrganization('acme', octocat)
    const body = { app_slug: integration.slug }
    for (const [scopes, status] of [
      [['repo', 'admin:org_hook'], 404],
      [['repo', 'admin:org'], 404],
      [['admin:org', 'admin:org_hook'], 404],
      [['repo', 'admin:org', 'admin:org_hook'], 201],
    ] as const) {
      const token = await server.addToken(octocat, scopes)
      const answer = await server.request('POST', '/orgs/acme/installations', { token, body })
      assert.equal(answer.status, status, scopes.join())
    }
    const token = await server.addToken(octocat, ['repo'])
    assert.equal((await server.request('PUT', '/user/installations/1/permissions', { token })).status, 404)
  })

  test('is found by account and by repository', async t => {
    const { asApp, integration, install, octocat, server, tokens } = await startWithIntegration(t)
    const acme = await server.addOrganization('acme', octocat)
    await install({ repository_selection: 'selected', repositories: ['hello'] })
    await installOn(server, tokens.octocat, integration, {}, acme)
    const found = async (path: string) => {
      const { status, json } = await asApp('GET', path)
      return status === 200 ? json.id : status
    }
    assert.equal(await found('/users/octocat/installation'), 1)
    assert.equal(await found('/users/hubot/installation'), 404)
    assert.equal(await found('/users/acme/installation'), 404)
    assert.equal(await found('/orgs/acme/installation'), 2)
    assert.equal(await found('/repos/octocat/hello/installation'), 1)
    assert.equal(await found('/repos/octocat/other/installation'), 404)
    const page = await asApp('GET', '/app/installations?per_page=1')
    assert.deepEqual([page.json.length, page.json[0].id], [1, 1])
    assert.match(String(page.headers.get('link')), /page=2>; rel="next"/)
    assert.equal((await asApp('GET', '/app')).json.installations_count, 2)
    assert.deepEqual((await asApp('GET', '/app/installation-requests')).json, [])
    const own = await server.request('GET', '/user/installations', { token: tokens.octocat })
    assert.equal(own.json.total_count, 2)
    const ours = await server.request('GET', '/orgs/acme/installations', { token: tokens.octocat })
    assert.deepEqual([ours.json.total_count, ours.json.installations[0].id], [1, 2])
    assert.equal(
      (await server.request('GET', '/orgs/acme/installations', { token: tokens.hubot })).status,
      403,
    )
  })

  test('keeps what its App did not get, and explains it', async t => {
    const receiver = await startTestReceiver(t)
    receiver.answer(500)
    const { asApp, install, server, tokens } = await startWithIntegration(t, {
      ...MANIFEST,
      hook_attributes: { url: receiver.url },
    })
    await asApp('PATCH', '/app/hook/policy', { retry: [] })
    await install()
    await receiver.arrived(2)
    const publish = async (event: string, repository = 'hello') =>
      (
        await server.request('POST', `/repos/octocat/${repository}/events?validate=false`, {
          token: tokens.octocat,
          body: { event, payload: { n: 1 } },
        })
      ).json.guid
    const issues = await publish('issues')
    const state = async (guid: string) => (await asApp('GET', `/app/hook/explanations/${guid}`)).json.state
    await eventually(
      () => state(issues),
      it => it === 'exhausted',
    )
    assert.equal(await state(await publish('push')), 'not_subscribed')
    receiver.answer(200)
    const recovery = await asApp('POST', '/app/recoveries', { status: 'exhausted', event: 'issues' })
    assert.equal(recovery.status, 201, recovery.text)
    const [, , , again] = await receiver.arrived(4)
    assert.deepEqual(payloadOf(again), {
      n: 1,
      installation: { id: 1, node_id: 'MDIzOkludGVncmF0aW9uSW5zdGFsbGF0aW9uMQ==' },
    })
    await asApp('PATCH', '/app/hook', { active: false })
    assert.equal(await state(await publish('label')), 'skipped')
    const skipped = await asApp('GET', '/app/hook/undelivered?state=skipped')
    assert.deepEqual([skipped.json.length, skipped.json[0].reason], [1, 'inactive'])
    const tried = await asApp('POST', '/app/hook/filters/tries', { filters: { actions: ['opened'] } })
    // The two that it asks for; neither has an action.
    assert.deepEqual([tried.json.passed, tried.json.refused], [2, 0])
  })
})

suite('an installation’s token', () => {
  test('acts as the App’s bot, within its permissions', async t => {
    const { asApp, install, server } = await startWithIntegration(t, {
      default_permissions: { issues: 'write', repository_hooks: 'read' },
    })
    await install({ repository_selection: 'selected', repositories: ['hello'] })
    const made = await asApp('POST', '/app/installations/1/access_tokens')
    assert.equal(made.status, 201, made.text)
    const { token, expires_at, ...rest } = made.json
    assert.match(token, /^hks_[\dA-Za-z]{40}$/)
    assert.ok(Math.abs(Date.parse(expires_at) - Date.now() - 3_600_000) < 60_000)
    assert.deepEqual(rest, {
      permissions: { metadata: 'read', issues: 'write', repository_hooks: 'read' },
      repository_selection: 'selected',
    })
    const opened = await server.request('POST', '/repos/octocat/hello/issues', {
      token,
      body: { title: 'By a bot' },
    })
    assert.deepEqual(
      [opened.status, opened.json.user.login, opened.json.user.type],
      [201, 'issue-sorter[bot]', 'Bot'],
    )
    assert.equal(opened.headers.has('x-oauth-scopes'), false)
    assert.equal(opened.headers.get('x-accepted-github-permissions'), 'issues=write')
    const reach = await server.request('GET', '/installation/repositories', { token })
    assert.deepEqual([reach.json.total_count, reach.json.repositories[0].full_name], [1, 'octocat/hello'])

    const hook = { config: { url: 'http://receiver.localhost:9/' } }
    const cases: [string, string, object | undefined, number][] = [
      ['GET', '/repos/octocat/hello', undefined, 200],
      ['GET', '/repos/octocat/hello/hooks', undefined, 200],
      ['POST', '/repos/octocat/hello/hooks', hook, 403],
      ['PATCH', '/repos/octocat/hello', { description: 'x' }, 403],
      ['DELETE', '/repos/octocat/hello', undefined, 403],
      ['POST', '/repos/octocat/hello/dispatches', { event_type: 'x' }, 403],
      ['GET', '/repos/octocat/other', undefined, 404],
      ['GET', '/repos/octocat/other/hooks', undefined, 404],
      ['GET', '/user', undefined, 403],
      ['GET', '/user/repos', undefined, 403],
      ['GET', '/admin/hooks', undefined, 403],
      ['GET', '/app', undefined, 401],
      ['GET', '/zen', undefined, 200],
    ]
    for (const [method, path, body, status] of cases) {
      const answer = await server.request(method, path, { token, body })
      assert.equal(answer.status, status, `${method} ${path} ${answer.text}`)
      if (status === 403) assert.equal(answer.json.message, 'Resource not accessible by integration')
    }
  })

  test('writes to no repository that its installation does not cover', async t => {
    const { asApp, install, server, octocat } = await startWithIntegration(t, MANIFEST)
    await install({ repository_selection: 'selected', repositories: ['hello'] })
    await addRepository(server, octocat, 'public')
    const { token } = (await asApp('POST', '/app/installations/1/access_tokens')).json
    assert.equal((await server.request('GET', '/repos/octocat/public/issues', { token })).status, 200)
    const { status } = await server.request('POST', '/repos/octocat/public/issues', {
      token,
      body: { title: 'No' },
    })
    assert.equal(status, 403)
  })

  test('can be made for less, and for no more: one line a case', async t => {
    const { asApp, hello, install, other, server } = await startWithIntegration(t, {
      default_permissions: { issues: 'write', contents: 'read' },
    })
    await install()
    const at = '/app/installations/1/access_tokens'
    const less = await asApp('POST', at, { repositories: ['hello'], permissions: { issues: 'read' } })
    assert.deepEqual(less.json.permissions, { metadata: 'read', issues: 'read' })
    assert.deepEqual(
      less.json.repositories.map(({ id }: { id: number }) => id),
      [hello.id],
    )
    const { token } = less.json
    const issues = '/repos/octocat/hello/issues'
    assert.equal((await server.request('GET', issues, { token })).status, 200)
    assert.equal((await server.request('POST', issues, { token, body: { title: 'x' } })).status, 403)
    assert.equal((await server.request('GET', '/repos/octocat/other', { token })).status, 404)
    const both = await asApp('POST', at, { repository_ids: [hello.id, other.id] })
    assert.equal(both.json.repositories.length, 2)

    const cases: [object, RegExp][] = [
      [{ permissions: { issues: 'admin' } }, /not granted to this installation/],
      [{ permissions: { contents: 'write' } }, /not granted to this installation/],
      [{ permissions: { repository_hooks: 'read' } }, /not granted to this installation/],
      [{ permissions: { issues: 'all' } }, /is not a member of/],
      [{ repositories: ['nothing'] }, /does not exist or is not accessible/],
      [{ repositories: [] }, /does not exist or is not accessible/],
      [{ repository_ids: [999] }, /does not exist or is not accessible/],
    ]
    for (const [body, refusal] of cases) {
      const answer = await asApp('POST', at, body)
      assert.equal(answer.status, 422, answer.text)
      assert.match(answer.text, refusal)
    }
    assert.equal((await asApp('POST', '/app/installations/9/access_tokens')).status, 404)
  })

  test('opens nothing after an hour, and after it is given back', async t => {
    let nowMs = Date.now()
    const clock = { nowMs: () => nowMs, random: () => 0.5 }
    const { asApp, install, server } = await startWithIntegration(t, MANIFEST, { clock })
    await install()
    const make = async () => (await asApp('POST', '/app/installations/1/access_tokens')).json.token
    const ask = async (token: string) =>
      (await server.request('GET', '/installation/repositories', { token })).status
    const [one, two] = [await make(), await make()]
    const stored = await server.store.read.selectFrom('installation_tokens').selectAll().execute()
    assert.equal(JSON.stringify(stored).includes(one), false)
    assert.equal((await server.request('DELETE', '/installation/token', { token: one })).status, 204)
    assert.deepEqual([await ask(one), await ask(two)], [401, 200])
    nowMs += 3_600_001
    assert.equal(await ask(two), 401)
    assert.equal(await ask('hks_nonsense'), 401)
  })

  test('ends with its installation', async t => {
    const { asApp, install, server } = await startWithIntegration(t, MANIFEST)
    await install()
    const { token } = (await asApp('POST', '/app/installations/1/access_tokens')).json
    await asApp('PUT', '/app/installations/1/suspended')
    assert.equal((await server.request('GET', '/installation/repositories', { token })).status, 403)
    await asApp('DELETE', '/app/installations/1')
    assert.equal((await server.request('GET', '/installation/repositories', { token })).status, 401)
  })
})

function payloadOf(received: Received | undefined): any {
  return JSON.parse(String(received?.body))
}

function signatureOf(received: Received | undefined): string {
  return String(received?.headers['x-hub-signature-256'])
}
