// GitHub's own receiver, `@octokit/webhooks` behind its middleware for Node, against the whole server: it
// must believe each delivery of what GitHub's own client does.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { Octokit } from '@octokit/rest'
import { createNodeMiddleware, Webhooks } from '@octokit/webhooks'
import { eventually } from '../../src/api/test-receiver.ts'
import { startTestServer } from '../../src/api/test-server.ts'

const PLACE = { owner: 'octocat', repo: 'hello' }
const QUIET = { debug() {}, info() {}, warn() {}, error() {} }

test('believes a repository’s hook: its ping, and all that happens to an issue', async t => {
  const { issues, repos } = await startOctokit(t)
  const receiver = await startVerifier(t)
  await repos.createForAuthenticatedUser({ name: 'hello' })
  const { data: hook } = await repos.createWebhook({ ...PLACE, events: ['*'], config: receiver.config })
  await issues.createLabel({ ...PLACE, name: 'bug', color: 'd73a4a' })
  const opened = await issues.create({ ...PLACE, title: 'Grüße, 東京 🐙', body: 'payload=1&b="2"%20\r\n' })
  const issue = { ...PLACE, issue_number: opened.data.number }
  await issues.update({ ...issue, title: 'Greetings' })
  await issues.addLabels({ ...issue, labels: ['bug'] })
  await issues.addAssignees({ ...issue, assignees: ['octocat'] })
  await issues.createComment({ ...issue, body: 'Me too' })
  await issues.update({ ...issue, state: 'closed' })
  await issues.update({ ...issue, state: 'open' })

  const names = [
    'issue_comment.created',
    'issues.assigned',
    'issues.closed',
    'issues.edited',
    'issues.labeled',
    'issues.opened',
    'issues.reopened',
    'label.created',
    'ping',
  ]
  const believed = await receiver.believed(names.length)
  assert.deepEqual(receiver.errors, [])
  assert.deepEqual(believed, names)
  await allAnswered200(names.length, () => repos.listWebhookDeliveries({ ...PLACE, hook_id: hook.id }))
})

test('believes an organization’s hook: its ping, and all that happens to a repository', async t => {
  const { orgs, repos } = await startOctokit(t)
  const receiver = await startVerifier(t)
  const org = 'acme'
  const { data: hook } = await orgs.createWebhook({
    org,
    name: 'web',
    events: ['repository'],
    config: receiver.config,
  })
  await repos.createInOrg({ org, name: 'tools' })
  const place = { owner: org, repo: 'tools' }
  await repos.update({ ...place, description: 'Eight arms' })
  await repos.update({ ...place, private: true })
  await repos.update({ ...place, private: false })
  await repos.update({ ...place, archived: true })
  await repos.update({ ...place, archived: false })
  await repos.update({ ...place, name: 'arms' })
  await repos.delete({ owner: org, repo: 'arms' })

  const names = [
    'ping',
    'repository.archived',
    'repository.created',
    'repository.deleted',
    'repository.edited',
    'repository.privatized',
    'repository.publicized',
    'repository.renamed',
    'repository.unarchived',
  ]
  const believed = await receiver.believed(names.length)
  assert.deepEqual(receiver.errors, [])
  assert.deepEqual(believed, names)
  await allAnswered200(names.length, () => orgs.listWebhookDeliveries({ org, hook_id: hook.id }))
})

test('does not believe a hook that has another secret', async t => {
  const { repos } = await startOctokit(t)
  const receiver = await startVerifier(t)
  await repos.createForAuthenticatedUser({ name: 'hello' })
  const config = { ...receiver.config, secret: 'another' }
  const { data: hook } = await repos.createWebhook({ ...PLACE, config })
  const [ping] = await eventually(
    async () => (await repos.listWebhookDeliveries({ ...PLACE, hook_id: hook.id })).data,
    list => list.length > 0,
  )
  assert.equal(ping?.status, 'Invalid HTTP Response: 400')
  assert.equal(receiver.errors.length, 1)
})

/** The client of `octocat`, who owns `acme`. */
async function startOctokit(t: TestContext): Promise<Octokit> {
  const server = await startTestServer(t)
  const user = await server.addUser('octocat')
  await server.addOrganization('acme', user)
  return new Octokit({ auth: await server.addToken(user), baseUrl: `${server.url}/api/v3`, log: QUIET })
}

async function startVerifier(t: TestContext) {
  const secret = "It's a Secret to Everybody"
  const names: string[] = []
  const errors: unknown[] = []
  const webhooks = new Webhooks({ secret })
  const server = createServer(createNodeMiddleware(webhooks, { path: '/payload', log: QUIET }))
  webhooks.onAny(({ name, payload }) => {
    names.push('action' in payload ? `${name}.${payload.action}` : name)
    server.emit('judged')
  })
  webhooks.onError(error => {
    errors.push(error)
    server.emit('judged')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/payload`
  return {
    config: { url, content_type: 'json', secret },
    errors,
    /** The names of what it believed, in alphabetical order, once there are so many, or one it did not. */
    async believed(count: number): Promise<string[]> {
      while (names.length < count && errors.length === 0) await once(server, 'judged')
      return names.toSorted()
    },
  }
}

type List = { readonly data: readonly { readonly status: string; readonly status_code: number }[] }

async function allAnswered200(count: number, list: () => Promise<List>): Promise<void> {
  const { data } = await eventually(list, ({ data }) => data.length >= count)
  assert.equal(data.length, count)
  for (const { status, status_code } of data) assert.deepEqual([status, status_code], ['OK', 200])
}
