// What goes wrong outside of the server: receivers that fail, each in its own way and told in GitHub's
// words, while a healthy one beside it gets everything; and requests that make no sense.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { suite, type TestContext, test } from 'node:test'
import { eventually } from '../../src/api/test-receiver.ts'
import { issue as issueCertificate } from '../../src/egress/test-certificate.ts'
import { startReceiver } from '../../src/engine/test-engine.ts'
import { type Answer, REPOSITORY, type Site, startSite } from './site.ts'

const NO_RESPONSE = { headers: null, payload: null }

test('a receiver', { concurrency: true }, async t => {
  const site = await startSite(t)
  await Promise.all([
    t.test('that hangs is given up after 10 s, and holds up nobody else', async t => {
      const cut = Promise.withResolvers<void>()
      const receiver = await startFaultyReceiver(t, response => response.once('close', cut.resolve))
      const { openIssues, deliveries } = await startScene(t, site, receiver.url)
      await openIssues(20)
      assert.deepEqual(await deliveries(0), [])
      // No more than ten are under way, whatever waits behind them.
      assert.ok(receiver.received.length <= 1 + 10)

      await cut.promise
      const delivery = first(await deliveries(1))
      assert.deepEqual([delivery.status, delivery.status_code], ['timed out', 504])
      assert.deepEqual(delivery.response, NO_RESPONSE)
    }),

    t.test('that resets the connection has not answered', async t => {
      const receiver = await startFaultyReceiver(t, ({ socket }) => socket?.resetAndDestroy())
      const { openIssues, deliveries } = await startScene(t, site, receiver.url)
      await openIssues(1)
      const delivery = first(await deliveries(1))
      assert.equal(delivery.status, 'The receiver reset the connection before a whole response came.')
      assert.equal(delivery.status_code, 502)
      assert.deepEqual(delivery.response, NO_RESPONSE)
    }),

    t.test('that answers 500 is tried again after some 5 s by itself, and at once when asked to', async t => {
      const statuses = [500, 500, 200]
      const receiver = await startFaultyReceiver(t, response =>
        response.writeHead(statuses.shift() ?? 400).end(),
      )
      const { openIssues, deliveries, redeliver } = await startScene(t, site, receiver.url)
      await openIssues(1)
      await receiver.got(3)
      // The third would be due in half a minute. What waits is brought forward, not made twice.
      await redeliver(first(await deliveries(2)))
      await receiver.got(4)

      const made = await deliveries(3)
      assert.deepEqual(
        made.map(({ status, status_code, redelivery }) => [status, status_code, redelivery]),
        [
          ['OK', 200, true],
          ['Invalid HTTP Response: 500', 500, true],
          ['Invalid HTTP Response: 500', 500, false],
        ],
      )
      assert.equal(new Set(made.map(({ guid }) => guid)).size, 1)
    }),

    t.test('that redirects to a private address is not followed', async t => {
      // On a network that is open to us: nothing but the redirect stands in the way.
      const inside = await startReceiver(t)
      const receiver = await startFaultyReceiver(t, response =>
        response.writeHead(302, { location: inside.url }).end(),
      )
      const { openIssues, deliveries } = await startScene(t, site, receiver.url)
      await openIssues(1)
      const delivery = first(await deliveries(1))
      assert.deepEqual([delivery.status, delivery.status_code], ['Invalid HTTP Response: 302', 302])
      assert.equal(delivery.response.headers?.location, inside.url)
      assert.equal(inside.received.length, 0)
    }),

    t.test('that answers without end is cut off, and has answered', async t => {
      const cut = Promise.withResolvers<void>()
      const receiver = await startFaultyReceiver(t, response => {
        const more = () => response.write('x'.repeat(64 * 1024)) && setImmediate(more)
        response.on('drain', more).once('close', cut.resolve)
        more()
      })
      const { openIssues, deliveries } = await startScene(t, site, receiver.url)
      await openIssues(1)
      await cut.promise
      const delivery = first(await deliveries(1))
      assert.deepEqual([delivery.status, delivery.status_code], ['OK', 200])
      assert.equal(delivery.response.payload?.length, 64 * 1024)
    }),

    t.test('whose certificate nobody vouches for is refused, unless the hook says otherwise', async t => {
      const receiver = await startSecureReceiver(t)
      const { openIssues, deliveries, redeliver, configure } = await startScene(t, site, receiver.url)
      await openIssues(1)
      const refused = first(await deliveries(1))
      assert.equal(
        refused.status,
        'tls: failed to verify certificate: x509: certificate signed by unknown authority',
      )
      assert.equal(refused.status_code, 502)
      assert.equal(receiver.guids.length, 0)

      await configure({ insecure_ssl: '1' })
      await redeliver(refused)
      const [delivered] = await eventually(
        () => deliveries(2),
        ([latest]) => latest?.status === 'OK',
      )
      assert.equal(delivered?.guid, refused.guid)
      assert.ok(receiver.guids.includes(refused.guid))
    }),
  ])
})

suite('a request', () => {
  test('of 26 MB is refused in words that arrive, whether it tells its length or not', async t => {
    const site = await startSite(t)
    const bytes = Buffer.alloc(26 * 1024 * 1024, ' ')
    for (const path of [`${REPOSITORY}/hooks`, `${REPOSITORY}/issues`]) {
      for (const body of [bytes, new Blob([bytes]).stream()]) {
        const answer = await site.request('POST', path, { body })
        assert.deepEqual([answer.status, answer.json.message], [413, 'Payload Too Large'])
      }
    }
  })

  test('that makes no sense is answered in GitHub’s envelope, and never with 5xx', async t => {
    const site = await startSite(t)
    const hook = await site.createHook({ url: 'http://127.0.0.1:9/' })
    await site.request('POST', '/admin/organizations', { body: { login: 'acme', admin: 'admin' } })
    await site.request('POST', `${REPOSITORY}/issues`, { body: { title: 'Found a bug' } })

    const routes = [...ROUTES, `PATCH ${hook}`, `PATCH ${hook}/config`, `POST ${hook}/deliveries/7/attempts`]
    for (const route of routes) {
      const [method = '', path = ''] = route.split(' ')
      for (const body of NONSENSE) assertSpeaksGitHub(await site.request(method, path, { body }), route)
    }
    for (const path of PLACES) assertSpeaksGitHub(await site.request('GET', path), path)
    // At last: after thirty guesses the address has to wait.
    for (const route of routes) {
      const [method = '', path = ''] = route.split(' ')
      const answer = await site.request(method, path, { body: NONSENSE[0], token: 'guess' })
      assert.ok([401, 403].includes(answer.status), route)
      assertSpeaksGitHub(answer, route)
    }
  })
})

const ROUTES = [
  'POST /user/repos',
  'POST /orgs/acme/repos',
  'POST /orgs/acme/hooks',
  'POST /orgs/acme/events',
  'PUT /orgs/acme/memberships/admin',
  'POST /admin/users',
  'POST /admin/organizations',
  'POST /admin/users/admin/authorizations',
  `POST ${REPOSITORY}/hooks`,
  `POST ${REPOSITORY}/events`,
  `POST ${REPOSITORY}/labels`,
  `POST ${REPOSITORY}/issues`,
  `PATCH ${REPOSITORY}/issues/1`,
  `POST ${REPOSITORY}/issues/1/comments`,
  `PATCH ${REPOSITORY}/issues/comments/1`,
  `POST ${REPOSITORY}/issues/1/labels`,
  `PUT ${REPOSITORY}/issues/1/labels`,
  `POST ${REPOSITORY}/issues/1/assignees`,
  `DELETE ${REPOSITORY}/issues/1/assignees`,
  `PATCH ${REPOSITORY}`,
]

const KEYS =
  'name login admin title body state labels assignees config events active event payload role scopes'
const everyKey = (value: unknown) => Object.fromEntries(KEYS.split(' ').map(key => [key, value]))

const NONSENSE = [
  '{"title":',
  '',
  '7',
  'null',
  [],
  [[7], null],
  '['.repeat(100_000),
  Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
  ...[null, 7, '', '\0', {}, [], [[]], [{}], { url: 7, name: 7, action: {} }].map(everyKey),
]

const PLACES = [
  '/repos/admin/%00/hooks',
  '/repos/%FF/hello/hooks',
  `${REPOSITORY}/hooks/99999999999999999999`,
  `${REPOSITORY}/hooks/-1/deliveries`,
  `${REPOSITORY}/hooks/1.5/config`,
  `${REPOSITORY}/issues/0`,
  `${REPOSITORY}/issues?per_page=-1&page=x&state=7&since=yesterday&direction=`,
  `${REPOSITORY}/labels/${'%25'.repeat(2_000)}`,
]

function assertSpeaksGitHub({ status, json }: Answer, where: string): void {
  assert.ok(status < 500, `${where} answered ${status}`)
  if (status < 400) return
  assert.equal(json.status, `${status}`, where)
  assert.ok(json.message.length > 0, where)
  assert.match(json.documentation_url, /^https:\/\/docs\.github\.com\//, where)
}

/** The oldest of a list: what is tried again by itself may be above it by now. */
function first(deliveries: readonly Delivery[]): Delivery {
  const oldest = deliveries.at(-1)
  assert.ok(oldest)
  return oldest
}

/** Answers pings as it should, and everything else as it is told. */
function startFaultyReceiver(t: TestContext, answer: (response: ServerResponse) => void) {
  return startReceiver(t, ({ headers }, response) => {
    if (headers['x-github-event'] === 'ping') response.end()
    else answer(response)
  })
}

/** Signed by itself. */
async function startSecureReceiver(t: TestContext) {
  const guids: string[] = []
  const certificate = issueCertificate({ subject: 'nobody', address: [127, 0, 0, 1] })
  const server = createServer(certificate, ({ headers }, response) => {
    guids.push(String(headers['x-github-delivery']))
    response.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/`, guids }
}

type Delivery = {
  readonly id: number
  readonly guid: string
  readonly event: string
  readonly status: string
  readonly status_code: number
  readonly redelivery: boolean
  readonly response: { readonly headers: Record<string, string> | null; readonly payload: string | null }
}

/** A hook at the receiver, on a repository of its own, and a healthy one beside it. */
async function startScene(t: TestContext, site: Site, url: string) {
  const healthy = await startReceiver(t)
  const repository = await site.createRepository(`fails-at-${new URL(url).port}`)
  await site.createHook({ url: healthy.url }, repository)
  const hook = await site.createHook({ url }, repository)
  const get = async (path: string) => (await site.request('GET', `${hook}${path}`)).json
  return {
    /** Resolves when the healthy one has heard of all of them. */
    async openIssues(count: number): Promise<void> {
      for (let n = 0; n < count; n++) {
        const body = { title: 'Found a bug' }
        assert.equal((await site.request('POST', `${repository}/issues`, { body })).status, 201)
      }
      await healthy.got(1 + count)
    },
    /** Of the issues, newest first, as soon as there are so many. */
    async deliveries(count: number): Promise<Delivery[]> {
      const list = await eventually<Delivery[]>(
        async () => (await get('/deliveries')).filter(({ event }: Delivery) => event === 'issues'),
        found => found.length >= count,
      )
      return Promise.all(list.map(({ id }) => get(`/deliveries/${id}`)))
    },
    async redeliver({ id }: Delivery): Promise<void> {
      assert.equal((await site.request('POST', `${hook}/deliveries/${id}/attempts`)).status, 202)
    },
    async configure(body: object): Promise<void> {
      assert.equal((await site.request('PATCH', `${hook}/config`, { body })).status, 200)
    },
  }
}
