// A client that asks again, as Octokit with its retry plugin does, is served in the end: by a server that
// was full, and by one that was killed under it.
import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import { test } from 'node:test'
import { BODY_BYTES_MAX } from '../../src/api/body-room.ts'
import { repositoryHooks, URL_OK } from '../../src/api/test-hooks.ts'
import { eventually } from '../../src/api/test-receiver.ts'
import { programsIn } from '../e2e/program.ts'
import { Site } from '../e2e/site.ts'
import { clientOf } from './octokit.ts'

// Until a busy machine has started the server once more.
const RETRIES = 10

test('creates a webhook once a full server has room again', async t => {
  const { server, token, get } = await repositoryHooks(t)
  const path = '/repos/octocat/hello/hooks'
  const sockets: Socket[] = []
  // Each announces the largest body and never sends it.
  const announce = () => {
    const head = `POST ${path} HTTP/1.1\r\nHost: a\r\nUser-Agent: a\r\nAuthorization: token ${token}\r\n`
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    socket.write(`${head}Content-Length: ${BODY_BYTES_MAX}\r\n\r\n`)
    sockets.push(socket)
  }
  // A body that creates nothing: 422 while there is room for it.
  const probe = () => server.request('POST', path, { token, body: {} })
  await eventually(
    () => {
      for (let n = 0; n < 16; n++) announce()
      return probe()
    },
    ({ status }) => status === 503,
  )

  const answers: Response[] = []
  const { repos } = clientOf(server.url, {
    auth: token,
    request: {
      retries: RETRIES,
      fetch: async (url: string, options: RequestInit) => {
        const answer = await fetch(url, options)
        answers.push(answer)
        for (const socket of sockets) socket.destroy()
        return answer
      },
    },
  })
  const { status, data } = await repos.createWebhook({
    owner: 'octocat',
    repo: 'hello',
    config: { url: URL_OK },
  })
  assert.equal(status, 201)
  const [refused] = answers
  assert.equal(refused?.status, 503)
  assert.match(refused?.headers.get('retry-after') ?? '', /^\d+$/)
  assert.deepEqual(
    (await get('')).json.map(({ id }: { id: number }) => id),
    [data.id],
  )
})

test('creates a webhook once a server that was killed is back', async t => {
  const { start } = await programsIn(t)
  const token = 'hook-line-and-octokit'
  const site = await Site.start((args, env) => start(args, { ...env, HOOKLINE_ADMIN_TOKEN: token }))
  let failures = 0
  const { repos } = clientOf(site.url, {
    auth: token,
    request: {
      retries: RETRIES,
      fetch: (url: string, options: RequestInit) =>
        fetch(url, options).catch(error => {
          failures++
          throw error
        }),
    },
  })
  const place = { owner: 'admin', repo: 'hello' }
  await repos.createForAuthenticatedUser({ name: place.repo })

  const asked: ReturnType<typeof repos.createWebhook>[] = []
  await site.kill(() => {
    asked.push(repos.createWebhook({ ...place, config: { url: URL_OK } }))
  })
  const [created] = await Promise.all(asked)
  assert.ok(failures > 0)
  assert.deepEqual(
    (await repos.listWebhooks(place)).data.map(({ id }) => id),
    [created?.data.id],
  )
})
