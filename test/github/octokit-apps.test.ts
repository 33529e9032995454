// GitHub's own client as an App, with GitHub's own way of signing in: every method that it has for an App's
// webhook, and what its installations do.
import assert from 'node:assert/strict'
import { suite, type TestContext, test } from 'node:test'
import { createAppAuth } from '@octokit/auth-app'
import { verify } from '@octokit/webhooks-methods'
import { startWithIntegration } from '../../src/api/test-integrations.ts'
import { eventually, startTestReceiver } from '../../src/api/test-receiver.ts'
import { clientOf, untriedWebhookMethods } from './octokit.ts'

suite('an App by Octokit', () => {
  test('configures its webhook, and reads and repeats its deliveries', async t => {
    const { octokit, apps, app, install, receiver } = await start(t)
    assert.equal((await apps.getAuthenticated()).data?.slug, app.slug)
    const before = await apps.getWebhookConfigForApp()
    assert.equal(before.data.url, receiver.url)
    // Not its `url`: the client would take that for the address of the request.
    const secret = 'open sesame'
    const { data: config } = await apps.updateWebhookConfigForApp({ secret, insecure_ssl: '1' })
    assert.deepEqual(config, { ...before.data, insecure_ssl: '1' })

    await receiver.arrived(1)
    await install()
    const [, installed] = await receiver.arrived(2)
    assert.ok(
      await verify(secret, String(installed?.body), String(installed?.headers['x-hub-signature-256'])),
    )
    const deliveries = await eventually(
      async () => (await apps.listWebhookDeliveries({ status: 'success' })).data,
      list => list.length === 2,
    )
    const [latest] = deliveries
    assert.ok(latest)
    assert.equal((await apps.listWebhookDeliveries({ status: 'failure' })).data.length, 0)
    const first = await apps.listWebhookDeliveries({ per_page: 1 })
    assert.match(
      String(first.headers.link),
      new RegExp(`/app/hook/deliveries\\?.*cursor=v1_${deliveries[1]?.id}`),
    )
    const second = await apps.listWebhookDeliveries({ per_page: 1, cursor: `v1_${deliveries[1]?.id}` })
    assert.deepEqual(second.data, [deliveries[1]])

    const { data: one } = await apps.getWebhookDelivery({ delivery_id: latest.id })
    assert.deepEqual([one.event, one.action, one.installation_id], ['installation', 'created', 1])
    const { status } = await apps.redeliverWebhookDelivery({ delivery_id: latest.id })
    assert.equal(status, 202)
    const [, , again] = await receiver.arrived(3)
    assert.deepEqual(again?.body, installed?.body)

    const all = await eventually(
      () => octokit.paginate(apps.listWebhookDeliveries, { per_page: 1 }),
      list => list.length === 3,
    )
    const pages: number[] = []
    for await (const { data } of octokit.paginate.iterator(apps.listWebhookDeliveries, { per_page: 2 })) {
      pages.push(data.length)
    }
    assert.deepEqual([new Set(all.map(({ id }) => id)).size, pages], [3, [2, 1]])
  })

  test('finds its installations, suspends them and ends them', async t => {
    const { apps, install, receiver } = await start(t)
    await install()
    const { data: installations } = await apps.listInstallations()
    assert.deepEqual(
      installations.map(({ id }) => id),
      [1],
    )
    const { data: found } = await apps.getRepoInstallation({ owner: 'octocat', repo: 'hello' })
    assert.deepEqual(found, (await apps.getUserInstallation({ username: 'octocat' })).data)
    assert.deepEqual(found, (await apps.getInstallation({ installation_id: 1 })).data)
    assert.equal((await apps.suspendInstallation({ installation_id: 1 })).status, 204)
    assert.equal((await apps.unsuspendInstallation({ installation_id: 1 })).status, 204)
    assert.equal((await apps.deleteInstallation({ installation_id: 1 })).status, 204)
    const told = (await receiver.arrived(5)).map(({ body }) => JSON.parse(String(body)).action)
    assert.deepEqual(told.slice(1).sort(), ['created', 'deleted', 'suspend', 'unsuspend'])
  })

  test('works where it is installed, by tokens that the client fetches itself', async t => {
    const { clientFor, install, receiver } = await start(t)
    await install({ repository_selection: 'selected', repositories: ['hello'] })
    const octokit = clientFor({ installationId: 1 })
    const { data } = await octokit.rest.apps.listReposAccessibleToInstallation()
    assert.deepEqual([data.total_count, data.repositories[0]?.name], [1, 'hello'])
    const place = { owner: 'octocat', repo: 'hello' }
    const { data: issue } = await octokit.rest.issues.create({ ...place, title: 'By a bot' })
    assert.equal(issue.user?.login, 'octo-sorter[bot]')
    await octokit.rest.issues.addLabels({ ...place, issue_number: issue.number, labels: ['bug'] })
    await assert.rejects(octokit.rest.repos.listWebhooks(place), /Resource not accessible by integration/)
    const heard = (await receiver.arrived(4)).map(({ body }) => JSON.parse(String(body)))
    const { installation, sender } = heard.find(({ action }) => action === 'opened')
    assert.deepEqual([installation.id, sender.type], [1, 'Bot'])
    assert.equal((await octokit.rest.apps.revokeInstallationAccessToken()).status, 204)
  })

  test('has every method that the client has for its webhook', async t => {
    assert.deepEqual(untriedWebhookMethods((await start(t)).octokit, 'apps'), [])
  })
})

async function start(t: TestContext) {
  const receiver = await startTestReceiver(t)
  const {
    server,
    integration: app,
    install,
  } = await startWithIntegration(t, {
    name: 'Octo Sorter',
    default_events: ['issues'],
    default_permissions: { issues: 'write' },
    hook_attributes: { url: receiver.url },
  })
  const clientFor = (auth: object) =>
    clientOf(server.url, {
      authStrategy: createAppAuth,
      auth: { appId: app.id, privateKey: app.pem, ...auth },
    })
  const octokit = clientFor({})
  return { server, app, install, receiver, clientFor, octokit, apps: octokit.rest.apps }
}
