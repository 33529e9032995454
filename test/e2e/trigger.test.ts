// `hookline trigger` as one would type it, against the tutorial's server: found by its data folder, no token given.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { type Program, programsIn, type Start } from './program.ts'

type Delivery = { readonly headers: IncomingHttpHeaders; readonly body: Buffer }

suite('hookline trigger', () => {
  let start: Start
  let folder: string
  let tutorial: Program
  let server: string
  const ends: (() => unknown)[] = []
  const received: Delivery[] = []
  let status = 202
  const receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    received.push({ headers: request.headers, body: Buffer.concat(chunks) })
    response.writeHead(status).end()
  })

  before(async () => {
    ;({ start, folder } = await programsIn({ after: end => ends.push(end) }))
    tutorial = start(['tutorial', '--port', '0', '--receiver-port', '0'])
    const [line, token] = await tutorial.says(/token (hkl_\w+)' (\S+)/)
    assert.ok(token)
    server = /(http:\/\/\S+?)\/repos/.exec(line)?.[1] ?? ''
    await new Promise<void>(resolve => receiver.listen(0, '127.0.0.1', resolve))
    const { port } = receiver.address() as AddressInfo
    const config = { url: `http://127.0.0.1:${port}/`, content_type: 'json', secret: 'hush' }
    const made = await fetch(`${server}/repos/octocat/hello-world/hooks`, {
      method: 'POST',
      headers: { authorization: `token ${token}` },
      body: JSON.stringify({ name: 'web', events: ['issues', 'pull_request', 'star'], config }),
    })
    assert.equal(made.status, 201)
  })

  after(async () => {
    receiver.close()
    for (const end of ends.toReversed()) await end()
  })

  const trigger = (...args: string[]) => start(['trigger', '--repo', 'octocat/hello-world', ...args]).end()
  const lastOf = (event: string) => received.findLast(({ headers }) => headers['x-github-event'] === event)

  test('delivers an issue that is counted, to every webhook that asks for it', async () => {
    const { code, stdout } = await trigger('issues', '--action', 'opened', '--set', 'issue.title=It "broke"')
    assert.equal(code, 0, stdout)
    assert.match(stdout, /^issues opened {2}[\w-]{36} {2}2 deliveries\n/)
    assert.equal(stdout.match(/delivered 202 in/g)?.length, 2)
    const { headers, body } = lastOf('issues') as Delivery
    const payload = JSON.parse(body.toString())
    assert.equal(payload.issue.title, 'It "broke"')
    assert.equal(payload.repository.full_name, 'octocat/hello-world')
    assert.equal(payload.issue.url, `${server}/repos/octocat/hello-world/issues/1`)
    const signature = createHmac('sha256', 'hush').update(body).digest('hex')
    assert.equal(headers['x-hub-signature-256'], `sha256=${signature}`)
    await tutorial.says(/1 issue today/)
  })

  test('sends a payload of one’s own byte for byte, and tells each outcome in JSON', async () => {
    const text = '{ "action":"created",  "starred_at": null, "odd": "\\u0041" }'
    await writeFile(join(folder, 'star.json'), text)
    const sent = await trigger('star', '--payload', 'star.json', '--no-validate', '--json')
    assert.equal(sent.code, 0, sent.stderr)
    const [accepted, outcome] = sent.stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    assert.equal(accepted.deliveries, 1)
    assert.deepEqual([outcome.state, outcome.status_code], ['delivered', 202])
    assert.equal(lastOf('star')?.body.toString(), text)
  })

  test('ends with 1 when a delivery fails, and says so', async () => {
    status = 500
    const { code, stdout, stderr } = await trigger('pull_request')
    status = 202
    assert.equal(code, 1)
    assert.match(stdout, /failed 500 in .*Invalid HTTP Response: 500/)
    assert.match(stderr, /1 of 1 deliveries failed/)
  })

  test('says what is wrong, and what there is instead', async () => {
    for (const [args, says] of [
      [['issues', '--action', 'nope'], /There are assigned, closed, .*opened/],
      [['nonsense'], /hookline trigger --list/],
      [['issues', '--set', 'issue.nothing.title=x'], /no issue\.nothing in which to set title/],
      [['issues', '--set', 'title'], /issue\.title=Hello/],
      [['star', '--payload', 'none.json'], /none\.json cannot be read \(ENOENT\)/],
      [
        ['issues', '--server', 'http://127.0.0.1:1', '--token', 'x'],
        /http:\/\/127\.0\.0\.1:1 does not answer/,
      ],
      [['star', '--set', 'starred_at=7'], /payload\.starred_at/],
    ] as const) {
      const { code, stderr } = await trigger(...args)
      assert.notEqual(code, 0)
      assert.match(stderr, says)
    }
  })

  test('lists events and their actions without a server', async () => {
    const events = await start(['trigger', '--list', '--data', 'nowhere']).end()
    assert.equal(events.code, 0)
    assert.match(events.stdout, /^issues {2}.*opened/m)
    const actions = await start(['trigger', 'star', '--list']).end()
    assert.equal(actions.stdout, 'created\ndeleted\n')
  })
})
