// Apps: how they are registered, how they prove who they are, and their one hook.
import assert from 'node:assert/strict'
import { createHmac, createPublicKey, createSecretKey } from 'node:crypto'
import { suite, test } from 'node:test'
import { SignJWT } from 'jose'
import { URL_OK } from '../test-hooks.ts'
import { register, signedBy, startWithIntegration } from '../test-integrations.ts'
import { eventually, startTestReceiver } from '../test-receiver.ts'
import { startTestServer } from '../test-server.ts'

suite('an App', () => {
  test('is registered with a key, a secret and a hook, and shows them this once', async t => {
    const { server, integration, tokens } = await startWithIntegration(t, {
      description: 'Sorts.',
      default_events: ['issues', 'label'],
      default_permissions: { issues: 'write' },
      hook_attributes: { url: URL_OK },
    })
    const { pem, client_secret, webhook_secret, ...shown } = integration as unknown as Record<string, unknown>
    assert.match(String(pem), /^-----BEGIN RSA PRIVATE KEY-----\n/)
    assert.match(`${client_secret} ${webhook_secret}`, /^[\da-f]{40} [\da-f]{40}$/)
    const seen = await server.request('GET', '/apps/issue-sorter')
    assert.deepEqual(seen.json, shown)
    const { owner, created_at, updated_at, client_id, ...rest } = shown
    assert.match(String(client_id), /^Iv1\.[\da-f]{16}$/)
    assert.deepEqual(rest, {
      id: 1,
      slug: 'issue-sorter',
      node_id: 'MDExOkludGVncmF0aW9uMQ==',
      name: 'Issue Sorter',
      description: 'Sorts.',
      external_url: 'https://sorter.example',
      html_url: `${server.url}/apps/issue-sorter`,
      permissions: { metadata: 'read', issues: 'write' },
      events: ['issues', 'label'],
    })
    const listed = await server.request('GET', '/user/apps', { token: tokens.hubot })
    assert.deepEqual(listed.json, [shown])
    // Only the public half of the key is kept.
    const keys = await server.store.read.selectFrom('app_keys').selectAll().execute()
    assert.equal(keys[0]?.public_key, createPublicKey(String(pem)).export({ type: 'spki', format: 'pem' }))
  })

  test('is refused when it cannot be: one line a case', async t => {
    const { server, tokens } = await startWithIntegration(t)
    const cases: [object, RegExp][] = [
      [{}, /Name is already taken/],
      [{ name: 'ISSUE sorter!' }, /Name is already taken/],
      [{ name: '' }, /"field":"name"/],
      [{ name: '!!!' }, /"field":"name"/],
      [{ name: 'x'.repeat(35) }, /"field":"name"/],
      [{ name: 'Second', url: 'sorter.example' }, /"field":"url"/],
      [{ name: 'Second', default_events: ['nonsense'] }, /not allowed for this hook: nonsense/],
      [{ name: 'Second', default_events: ['projects_v2'] }, /not allowed for this hook: projects_v2/],
      [{ name: 'Second', default_permissions: { nonsense: 'read' } }, /no such permissions: nonsense/],
      [{ name: 'Second', default_permissions: { issues: 'admin' } }, /no such permissions: issues: admin/],
      [{ name: 'Second', hook_attributes: { url: 'http://10.0.0.1/' } }, /public Internet/],
      [{ name: 'Second', hook_attributes: { url: URL_OK, content_type: 'xml' } }, /content_type must be/],
      [{ name: 'Second', hook_attributes: { urls: URL_OK } }, /Invalid config attribute: urls/],
      [{ name: 'Second', redirect_url: 'https://a.example' }, /redirect_url.* is not a permitted key/],
    ]
    for (const [manifest, refusal] of cases) {
      const body = { name: 'Issue Sorter', url: 'https://sorter.example', ...manifest }
      const { status, text } = await server.request('POST', '/user/apps', { token: tokens.hubot, body })
      assert.equal(status, 422, text)
      assert.match(text, refusal)
    }
    assert.equal((await server.request('GET', '/user/apps', { token: tokens.hubot })).json.length, 1)
  })

  test('belongs to a user or to an organization, and to nobody else', async t => {
    const { server, tokens, octocat } = await startWithIntegration(t)
    await server.addOrganization('acme', octocat)
    const body = { name: 'Ours', url: 'https://ours.example' }
    const made = await server.request('POST', '/orgs/acme/apps', { token: tokens.octocat, body })
    assert.deepEqual([made.status, made.json.owner.login], [201, 'acme'])
    assert.equal((await server.request('POST', '/orgs/acme/apps', { token: tokens.hubot, body })).status, 403)
    for (const path of ['/user/apps/issue-sorter', '/user/apps/issue-sorter/keys', '/user/apps/ours']) {
      assert.equal((await server.request('GET', path, { token: tokens.octocat })).status, 404, path)
    }
    const limited = await server.addToken(octocat, ['public_repo'])
    assert.equal((await server.request('POST', '/user/apps', { token: limited, body })).status, 404)
  })

  test('is changed by its owner', async t => {
    const { server, tokens, asApp } = await startWithIntegration(t)
    const body = { description: 'New', default_events: ['push'], default_permissions: { contents: 'read' } }
    const at = '/user/apps/issue-sorter'
    const { json } = await server.request('PATCH', at, { token: tokens.hubot, body })
    assert.deepEqual([json.description, json.events], ['New', ['push']])
    assert.deepEqual((await asApp('GET', '/app')).json, { ...json, installations_count: 0 })
  })

  test('has further keys, each of which opens until it is deleted', async t => {
    const { server, tokens, integration } = await startWithIntegration(t)
    const at = '/user/apps/issue-sorter/keys'
    const made = await server.request('POST', at, { token: tokens.hubot })
    const { pem, ...key } = made.json
    assert.equal(made.status, 201)
    assert.match(key.fingerprint, /^SHA256:[\w+/]{43}=$/)
    const [first, second] = (await server.request('GET', at, { token: tokens.hubot })).json
    assert.deepEqual(second, key)
    const ask = async (pem: string) =>
      (await server.request('GET', '/app', { token: await signedBy({ ...integration, pem }) })).status
    assert.deepEqual([await ask(integration.pem), await ask(pem)], [200, 200])
    const gone = await server.request('DELETE', `${at}/${first.id}`, { token: tokens.hubot })
    assert.equal(gone.status, 204)
    assert.deepEqual([await ask(integration.pem), await ask(pem)], [401, 200])
  })

  test('is gone with its hook when its owner removes it', async t => {
    const { server, tokens, install, asApp } = await startWithIntegration(t, {
      hook_attributes: { url: URL_OK },
    })
    await install()
    const { status } = await server.request('DELETE', '/user/apps/issue-sorter', { token: tokens.hubot })
    assert.equal(status, 204)
    assert.equal((await server.request('GET', '/apps/issue-sorter')).status, 404)
    assert.deepEqual([(await asApp('GET', '/app')).json.message], ['Integration not found'])
    const left = await server.request('GET', '/user/installations', { token: tokens.octocat })
    assert.equal(left.json.total_count, 0)
    // Its name is free, and its bot is the one that it was.
    assert.equal((await register(server, tokens.octocat)).slug, 'issue-sorter')
  })
})

suite('a JSON web token', () => {
  test('opens by the App’s id, as text or as a number, and by its client id', async t => {
    const { server, integration } = await startWithIntegration(t)
    for (const iss of [String(integration.id), integration.id, integration.client_id]) {
      const token = await signedBy(integration, () => ({ iss }))
      const { status, headers } = await server.request('GET', '/app', {
        headers: { authorization: `Bearer ${token}` },
      })
      assert.equal(status, 200, String(iss))
      assert.deepEqual(
        [...headers.keys()].filter(name => /ratelimit|oauth/.test(name)),
        [],
      )
    }
  })

  test('is refused in GitHub’s words: one line a case', async t => {
    const { server, integration, tokens } = await startWithIntegration(t)
    const stranger = await startWithIntegration(t)
    const good = await signedBy(integration)
    const [header = '', payload = '', signature = ''] = good.split('.')
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`
    // The public key, which everybody may know, as a shared secret.
    const publicPem = createPublicKey(integration.pem).export({ type: 'spki', format: 'pem' })
    const hmac = await new SignJWT({ iss: String(integration.id) })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime('5m')
      .sign(createSecretKey(Buffer.from(publicPem)))
    const forged = `${header}.${payload}.${createHmac('sha256', 'x').update(payload).digest('base64url')}`
    const claims = (make: (now: number) => object) => signedBy(integration, make)

    const NOT_DECODED = 'A JSON web token could not be decoded'
    const EXP =
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires"
    const IAT =
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
    const TOO_FAR = "'Expiration time' claim ('exp') is too far in the future"
    const ISSUER = "'Issuer' claim ('iss') must be an Integer"
    const cases: [string, number, string][] = [
      ['nonsense', 401, NOT_DECODED],
      [tokens.hubot, 401, NOT_DECODED],
      ['eyJhbGciOiJSUzI1NiJ9.e30', 401, NOT_DECODED],
      ['eyJ.eyJ.eyJ', 401, NOT_DECODED],
      [unsigned, 401, NOT_DECODED],
      [hmac, 401, NOT_DECODED],
      [forged, 401, NOT_DECODED],
      [`${good.slice(0, -2)}${signature.endsWith('AA') ? 'BB' : 'AA'}`, 401, NOT_DECODED],
      [await signedBy({ ...integration, pem: stranger.integration.pem }), 401, NOT_DECODED],
      [await claims(() => ({ iss: undefined })), 401, "Missing 'issuer' claim ('iss') in assertion"],
      [await claims(() => ({ iss: 'Iv1.0000' })), 401, ISSUER],
      [await claims(() => ({ iss: '1.5' })), 401, ISSUER],
      [await claims(() => ({ iss: {} })), 401, ISSUER],
      [await claims(() => ({ iss: true })), 401, ISSUER],
      [await claims(() => ({ iss: '99' })), 404, 'Integration not found'],
      [await claims(() => ({ exp: undefined })), 401, "Missing 'expiration time' claim ('exp') in assertion"],
      [await claims(now => ({ exp: now - 61 })), 401, EXP],
      [await claims(now => ({ exp: now + 0.5 })), 401, EXP],
      [await claims(now => ({ exp: now + 720 })), 401, TOO_FAR],
      [await claims(() => ({ iat: undefined })), 401, "Missing 'issued at' claim ('iat') in assertion"],
      [await claims(now => ({ iat: now + 120 })), 401, IAT],
      [await claims(now => ({ iat: now - 0.5 })), 401, IAT],
    ]
    for (const [token, status, message] of cases) {
      const answer = await server.request('GET', '/app', { headers: { authorization: `Bearer ${token}` } })
      assert.deepEqual([answer.status, answer.json.message], [status, message], token)
    }
    const without = await server.request('GET', '/app')
    assert.deepEqual([without.status, without.json.message], [401, NOT_DECODED])
  })

  test('opens nothing that is not the App’s own', async t => {
    const { server, asApp, install } = await startWithIntegration(t)
    await install()
    for (const path of ['/user', '/repos/octocat/hello/hooks', '/user/apps', '/admin/hooks']) {
      const { status, json } = await asApp('GET', path)
      assert.deepEqual([status, json.message], [403, 'Resource not accessible by integration'], path)
    }
    assert.equal((await asApp('GET', '/repos/octocat/other')).status, 404)
    assert.equal((await server.request('GET', '/app/hook/config')).status, 401)
  })
})

suite('an App’s hook', () => {
  test('has a configuration from the start, and is active with its first URL', async t => {
    const receiver = await startTestReceiver(t)
    const { asApp, install } = await startWithIntegration(t)
    assert.deepEqual((await asApp('GET', '/app/hook/config')).json, {
      content_type: 'json',
      insecure_ssl: '0',
    })
    assert.equal((await asApp('POST', '/app/hook/pings')).status, 409)
    const secret = await asApp('PATCH', '/app/hook/config', { secret: 'open sesame' })
    assert.deepEqual(secret.json, { content_type: 'json', insecure_ssl: '0', secret: '********' })
    assert.equal((await asApp('GET', '/app/hook')).json.active, false)
    assert.match((await asApp('PATCH', '/app/hook', { active: true })).text, /Config must contain URL/)

    const changed = await asApp('PATCH', '/app/hook/config', { url: receiver.url })
    assert.deepEqual(changed.json, { ...secret.json, url: receiver.url })
    assert.deepEqual(await asApp('GET', '/app/hook').then(({ json }) => [json.active, json.events]), [
      true,
      [],
    ])
    await install()
    const [installed] = await receiver.arrived(1)
    assert.equal(installed?.headers['x-github-event'], 'installation')

    for (const [body, refusal] of [
      [{ url: 'http://10.0.0.1/' }, /public Internet/],
      [{ content_type: 'xml' }, /content_type must be/],
      [{ nonsense: 1 }, /not a permitted key/],
    ] as const) {
      const { status, text } = await asApp('PATCH', '/app/hook/config', body)
      assert.equal(status, 422)
      assert.match(text, refusal)
    }
  })

  test('is pinged as an App’s', async t => {
    const receiver = await startTestReceiver(t)
    const { asApp } = await startWithIntegration(t, { hook_attributes: { url: receiver.url } })
    const [ping] = await receiver.arrived(1)
    const { zen, hook_id, hook, sender, ...rest } = JSON.parse(String(ping?.body))
    assert.ok(zen)
    assert.deepEqual(rest, {})
    assert.deepEqual([hook_id, hook.type, hook.app_id, hook.events], [hook.id, 'App', 1, []])
    assert.equal(sender.login, 'hubot')
    assert.equal(ping?.headers['x-github-hook-installation-target-type'], 'integration')
    assert.equal(ping?.headers['x-github-hook-installation-target-id'], '1')
    await asApp('POST', '/app/hook/pings')
    const again = JSON.parse(String((await receiver.arrived(2))[1]?.body))
    assert.deepEqual([again.sender.login, again.sender.type], ['issue-sorter[bot]', 'Bot'])
  })

  test('has what every hook of ours has', async t => {
    const { asApp } = await startWithIntegration(t, {
      hook_attributes: { url: URL_OK },
      default_events: ['push'],
    })
    for (const path of ['policy', 'filters', 'secret', 'health', 'undelivered?state=pending', 'deliveries']) {
      assert.equal((await asApp('GET', `/app/hook/${path}`)).status, 200, path)
    }
    assert.equal((await asApp('PATCH', '/app/hook/policy', { timeout_seconds: 5 })).json.timeout_seconds, 5)
    assert.deepEqual((await asApp('PATCH', '/app/hook', { events: ['issues'] })).json.events, ['issues'])
    assert.deepEqual((await asApp('PATCH', '/app/hook', { events: [] })).json.events, [])
    const dry = await asApp('POST', '/app/recoveries', { status: 'missed', dry_run: true })
    assert.deepEqual([dry.status, dry.json.total], [200, 0])
  })
})

suite('an App’s hook, for its owner', () => {
  const READ = ['', '/config', '/deliveries', '/policy', '/filters', '/secret', '/health', '/health/series']

  test('has below the App all that the App finds by its own key', async t => {
    const receiver = await startTestReceiver(t)
    const { server, tokens, asApp, install } = await startWithIntegration(t, {
      hook_attributes: { url: receiver.url },
      default_events: ['push'],
    })
    await receiver.arrived(1)
    await install()
    await receiver.arrived(2)
    const asOwner = (method: string, path: string, body?: unknown) =>
      server.request(method, `/user/apps/issue-sorter${path}`, { token: tokens.hubot, body })
    await eventually(
      async () => (await asOwner('GET', '/hook/deliveries')).json,
      deliveries => deliveries.length === 2,
    )
    for (const path of [...READ.slice(1), '/undelivered?state=pending']) {
      const [own, byKey] = [await asOwner('GET', `/hook${path}`), await asApp('GET', `/app/hook${path}`)]
      assert.deepEqual([own.status, own.json], [byKey.status, byKey.json], path)
    }
    const [{ guid, id }] = (await asOwner('GET', '/hook/deliveries')).json
    assert.equal((await asOwner('GET', `/hook/deliveries/${id}`)).json.guid, guid)
    assert.equal((await asOwner('GET', `/hook/explanations/${guid}`)).status, 200)
    assert.equal((await asOwner('POST', `/hook/deliveries/${id}/attempts`)).status, 202)
    const again = await receiver.arrived(3)
    assert.equal(again[2]?.headers['x-github-delivery'], guid)

    const changed = await asOwner('PATCH', '/hook', { events: ['issues'], active: false })
    assert.deepEqual([changed.json.events, changed.json.active], [['issues'], false])
    assert.match(changed.json.deliveries_url, /\/user\/apps\/issue-sorter\/hook\/deliveries$/)
    const { json } = await asOwner('PATCH', '/hook/config', { content_type: 'form' })
    assert.deepEqual([json.content_type, json.url], ['form', receiver.url])
    const rotated = await asOwner('POST', '/hook/secret/rotations', { secret: 'open sesame' })
    assert.equal(rotated.status, 201)
    const job = await asOwner('POST', '/recoveries', { status: 'missed' })
    assert.equal(job.status, 201)
    assert.match(job.json.url, /\/user\/apps\/issue-sorter\/recoveries\/1$/)
    assert.equal(job.json.creator.login, 'hubot')
    assert.equal((await asOwner('GET', '/recoveries/1')).status, 200)
    const ping = await asOwner('POST', '/hook/pings')
    assert.equal(ping.status, 204)
    assert.equal((await asOwner('DELETE', '/hook')).status, 404)
  })

  test('is not there for others, and not for a token that may read less than it is told', async t => {
    const { server, tokens, hubot } = await startWithIntegration(t, { hook_attributes: { url: URL_OK } })
    const few = await Promise.all([
      server.addToken(hubot, ['repo']),
      server.addToken(hubot, ['admin:org_hook', 'public_repo']),
    ])
    for (const path of READ) {
      const url = `/user/apps/issue-sorter/hook${path}`
      for (const token of [tokens.octocat, ...few]) {
        assert.equal((await server.request('GET', url, { token })).status, 404, url)
      }
      assert.equal((await server.request('GET', url)).status, 401)
    }
    const missing = await server.request('GET', '/user/apps/nothing/hook', { token: tokens.hubot })
    assert.equal(missing.status, 404)
    const url = '/user/apps/issue-sorter/hook/deliveries/stream'
    assert.equal((await server.request('GET', url, { token: tokens.octocat })).status, 404)
  })

  test('is for every owner of the organization that owns it, and for no other member', async t => {
    const { server, tokens, hubot, octocat } = await startWithIntegration(t)
    const acme = await server.addOrganization('acme', octocat)
    const body = { name: 'Shipper', url: 'https://ships.example', hook_attributes: { url: URL_OK } }
    const made = await server.request('POST', '/orgs/acme/apps', { token: tokens.octocat, body })
    assert.equal(made.status, 201)
    const statusFor = async (path: string, token: string) =>
      (await server.request('GET', path, { token })).status
    for (const path of READ) {
      const url = `/orgs/acme/apps/shipper/hook${path}`
      assert.deepEqual([await statusFor(url, tokens.octocat), await statusFor(url, tokens.hubot)], [200, 404])
    }
    // It is the organization’s, and no owner’s own.
    assert.equal(await statusFor('/user/apps/shipper/hook', tokens.octocat), 404)
    assert.equal(await statusFor('/orgs/acme/apps/issue-sorter/hook', tokens.octocat), 404)
    assert.equal(await statusFor('/orgs/nothing/apps/shipper/hook', tokens.octocat), 404)

    const setRole = (role: 'admin' | 'member') =>
      server.request('PUT', `/orgs/${acme.login}/memberships/${hubot.login}`, {
        token: tokens.octocat,
        body: { role },
      })
    assert.equal((await setRole('member')).status, 200)
    assert.equal(await statusFor('/orgs/acme/apps/shipper/hook', tokens.hubot), 404)
    assert.equal((await setRole('admin')).status, 200)
    assert.equal(await statusFor('/orgs/acme/apps/shipper/hook', tokens.hubot), 200)
    assert.equal(await statusFor('/orgs/acme/apps/shipper/recoveries', tokens.hubot), 200)
  })
})

test('an App that is nobody’s is not found', async t => {
  const server = await startTestServer(t)
  assert.equal((await server.request('GET', '/apps/nothing')).status, 404)
})
