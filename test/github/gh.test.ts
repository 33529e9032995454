// GitHub's command line, told of nothing but our host: every operation on webhooks through `gh api`, and
// the commands that need REST alone.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { eventually, startTestReceiver } from '../../src/api/test-receiver.ts'
import { OPERATIONS } from './description.ts'
import { startGh } from './gh.ts'

const gh = await startGh({ after })
await gh.api(['user/repos', '-f', 'name=hello'])
await gh.api(['admin/organizations', '-f', 'login=acme', '-f', 'admin=admin'])

for (const [whose, hooks] of [
  ['a repository', 'repos/admin/hello/hooks'],
  ['an organization', 'orgs/acme/hooks'],
] as const) {
  test(`manages the webhooks of ${whose}`, async t => {
    const receiver = await startTestReceiver(t)
    const events = ['-f', 'events[]=push', '-f', 'events[]=issues']
    const config = ['-f', `config[url]=${receiver.url}`, '-f', 'config[content_type]=json']
    const created = await gh.api([hooks, '-f', 'name=web', '-F', 'active=true', ...events, ...config])
    const hook = `${hooks}/${created.id}`
    assert.equal(created.url, `https://${gh.host}/api/v3/${hook}`)
    assert.deepEqual((await gh.api([hooks])).map(idOf), [created.id])
    assert.deepEqual((await gh.api([hook])).config, created.config)

    const updated = await gh.api([hook, '-X', 'PATCH', '-F', 'active=false', '-f', 'events[]=star'])
    assert.deepEqual([updated.active, updated.events], [false, ['star']])
    // A number, as `-F` has it.
    const merged = await gh.api([`${hook}/config`, '-X', 'PATCH', '-F', 'insecure_ssl=1'])
    assert.deepEqual(merged, { ...created.config, insecure_ssl: '1' })
    assert.deepEqual(await gh.api([`${hook}/config`]), merged)

    assert.equal(await gh.api([`${hook}/pings`, '-X', 'POST']), undefined)
    await receiver.arrived(2)
    const deliveries = await eventually(
      () => gh.api([`${hook}/deliveries`]),
      list => list.length === 2,
    )
    const delivery = `${hook}/deliveries/${idOf(deliveries[0])}`
    const one = await gh.api([delivery])
    assert.deepEqual([one.event, one.request.payload.hook_id], ['ping', created.id])
    assert.deepEqual(await gh.api([`${delivery}/attempts`, '-X', 'POST']), {})
    const [, , again] = await receiver.arrived(3)
    assert.equal(again?.headers['x-github-delivery'], one.guid)

    assert.equal(await gh.api([hook, '-X', 'DELETE']), undefined)
    assert.deepEqual(await gh.api([hooks]), [])
  })
}

test('has the latest push sent again', async t => {
  const receiver = await startTestReceiver(t)
  const hooks = 'repos/admin/hello/hooks'
  const { id } = await gh.api([hooks, '-f', `config[url]=${receiver.url}`])
  const events = 'repos/admin/hello/events?validate=false'
  const push = JSON.stringify({ event: 'push', payload: { ref: 'refs/heads/main' } })
  await gh.api([events, '--input', '-'], { input: push })
  await receiver.arrived(2)
  assert.equal(await gh.api([`${hooks}/${id}/tests`, '-X', 'POST']), undefined)
  const names = (await receiver.arrived(3)).map(({ headers }) => headers['x-github-event'])
  assert.deepEqual(names.sort(), ['ping', 'push', 'push'])
  await gh.api([`${hooks}/${id}`, '-X', 'DELETE'])
})

test('has called every operation on the webhooks of repositories and organizations', () => {
  const operations = OPERATIONS.map(({ name }) => name).filter(name =>
    /^\w+ \/(?:repos|orgs)\/.*\/hooks/.test(name),
  )
  assert.equal(operations.length, 23)
  assert.deepEqual(
    operations.filter(name => !gh.succeeded.has(name)),
    [],
  )
})

test('follows the links of pages to their end', async t => {
  const receiver = await startTestReceiver(t)
  await gh.api(['user/repos', '-f', 'name=many'])
  const hooks = 'repos/admin/many/hooks'
  const ids: number[] = []
  for (const n of [1, 2, 3, 4, 5]) {
    ids.push(idOf(await gh.api([hooks, '-f', `config[url]=${receiver.url}/${n}`])))
  }
  const inPages = ['--paginate', '-X', 'GET', '-F', 'per_page=2']
  assert.deepEqual((await gh.api([hooks, ...inPages])).map(idOf), ids)

  const hook = `${hooks}/${ids[0]}`
  for (const _ of [1, 2, 3, 4]) await gh.api([`${hook}/pings`, '-X', 'POST'])
  const deliveries = await eventually(
    () => gh.api([`${hook}/deliveries`, ...inPages]),
    list => list.length === 5,
  )
  assert.equal(new Set(deliveries.map(idOf)).size, 5)
})

test('says what is wrong in the API’s words, and ends with 1', async () => {
  const hooks = 'repos/admin/hello/hooks'
  const { token } = await gh.api(['user/tokens', '-f', 'note=reader', '-f', 'scopes[]=read:user'])
  for (const [args, says, as] of [
    [['repos/admin/nowhere/hooks'], /^gh: Not Found \(HTTP 404\)/],
    [
      [hooks, '-f', 'name=email', '-f', 'config[url]=http://a.example'],
      /^gh: Validation Failed \(HTTP 422\)/,
    ],
    [
      [hooks, '-F', 'events=3'],
      /^gh: Invalid request\.\n\nFor 'properties\/events', 3 is not an array\. \(HTTP 422\)/,
    ],
    [['app/hook/config'], /^gh: A JSON web token could not be decoded \(HTTP 401\)/],
    [['user'], /^gh: Bad credentials \(HTTP 401\)/, 'hkl_wrong'],
    // It reads this from X-OAuth-Scopes and X-Accepted-OAuth-Scopes.
    [[hooks], /^gh: Not Found .*\n.*needs the "admin:repo_hook" scope/, token],
    [['orgs/acme/hooks'], /^gh: Not Found .*\n.*needs the "admin:org_hook" scope/, token],
  ] as const) {
    const { code, stdout, stderr } = await gh.run(['api', ...args], as === undefined ? {} : { token: as })
    assert.equal(code, 1, args.join(' '))
    assert.match(stderr, says)
    assert.match(JSON.parse(stdout).documentation_url, /^https:\/\/docs\.github\.com\/rest/)
  }
})

test('shows the headers', async () => {
  const { stdout } = await gh.run(['api', '-i', 'user/repos?per_page=1'])
  assert.match(stdout, /^HTTP\/[\d.]+ 200 OK/)
  const headers = new Map(
    [...stdout.matchAll(/^([\w-]+): (.*?)\r?$/gm)].map(([, name, value]) => [name, value]),
  )
  assert.match(
    headers.get('Link') ?? '',
    new RegExp(`^<https://${gh.host}/api/v3/user/repos\\?.*>; rel="next"`),
  )
  assert.match(headers.get('X-Oauth-Scopes') ?? '', /admin:org_hook/)
  assert.match(headers.get('X-Github-Enterprise-Version') ?? '', /^3\.\d+\.\d+$/)

  const unchanged = ['api', '-i', 'user/repos?per_page=1', '-H', `If-None-Match: ${headers.get('Etag')}`]
  assert.match((await gh.run(unchanged)).stdout, /^HTTP\/[\d.]+ 304 Not Modified/)
})

test('tells who one is and how much one may ask', async () => {
  assert.equal((await gh.api(['user'])).login, 'admin')
  assert.ok((await gh.api(['rate_limit'])).rate.remaining > 0)
})

test('has labels and repositories by the commands that need REST alone', async () => {
  await gh.api(['user/repos', '-f', 'name=tools'])
  const labels = async () => (await gh.api(['repos/admin/tools/labels'])).map(({ name }: any) => name)
  const initial = await labels()
  for (const command of [
    ['label', 'create', 'wanted', '--color', 'ff0000', '-R', 'admin/tools'],
    ['label', 'edit', 'wanted', '--name', 'needed', '-R', 'admin/tools'],
  ]) {
    assert.equal((await gh.run(command)).code, 0, command.join(' '))
  }
  assert.deepEqual(
    (await labels()).filter((name: string) => !initial.includes(name)),
    ['needed'],
  )
  for (const command of [
    ['label', 'delete', 'needed', '--yes', '-R', 'admin/tools'],
    ['repo', 'edit', 'admin/tools', '--description', 'Of the trade'],
    ['repo', 'rename', 'gear', '--yes', '-R', 'admin/tools'],
  ]) {
    assert.equal((await gh.run(command)).code, 0, command.join(' '))
  }
  assert.deepEqual(await labels(), initial)
  assert.equal((await gh.api(['repos/admin/gear'])).description, 'Of the trade')
  assert.equal((await gh.run(['repo', 'delete', 'admin/gear', '--yes'])).code, 0)
  assert.equal((await gh.run(['api', 'repos/admin/gear'])).code, 1)
})

test('ends at once with 1 where a command needs GraphQL', async () => {
  for (const command of [
    ['auth', 'status'],
    ['issue', 'list', '-R', 'admin/hello'],
    ['repo', 'create', 'admin/other', '--public'],
  ]) {
    const { code, stdout, stderr } = await gh.run(command)
    assert.equal(code, 1, command.join(' '))
    assert.match(stdout + stderr, /404/)
  }
})

function idOf({ id }: { readonly id: number }): number {
  return id
}
