import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { curlOf } from './curl.ts'
import type { Exchange, HeaderList } from './exchange.ts'
import { linesOf, pairsOf } from './header-lines.ts'

async function listen(t: TestContext) {
  const seen: { method: string; target: string; raw: string[]; body: Buffer }[] = []
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray())
    seen.push({ method: request.method!, target: request.url!, raw: request.rawHeaders, body })
    response.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return { seen, local: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

/** Into a shell, as a person does: an argument of a program would have a bound. */
async function paste(command: string): Promise<void> {
  const shell = promisify(execFile)('bash', ['-s'])
  shell.child.stdin?.end(command)
  await shell
}

function exchange(method: string, target: string, headers: HeaderList): Exchange {
  return { method, target, request: { headers } } as Exchange
}

describe('The command for a shell', () => {
  test('sends the same request, whatever is in it', async t => {
    const { seen, local } = await listen(t)
    const settings = { local, hostHeader: null, isSecretKnown: false }
    const headers = [
      ['Host', 'a.example'],
      ['User-Agent', "it's $(id) `id` \\"],
      ['Accept', '*/*'],
      ['X-Empty', ''],
      ['X-Twice', '1'],
      ['X-Twice', '2'],
      ['Content-Length', '7'],
    ] as const
    const bodies = [
      "@/etc/passwd 'quoted' %s \\n é\r\n\n",
      Buffer.from([0, 255, 10, 128]),
      'x'.repeat(300_000),
    ]
    for (const body of bodies) {
      const command = curlOf(
        exchange('PATCH', '/a/../[b]{c}?q=%20&x=1', headers),
        settings,
        Buffer.from(body),
      )
      await paste(command)
      const last = seen.at(-1)!
      assert.deepEqual([last.method, last.target], ['PATCH', '/a/../[b]{c}?q=%20&x=1'])
      assert.deepEqual(last.body, Buffer.from(body))
      assert.deepEqual(last.raw.slice(0, -2), headers.slice(0, -1).flat())
    }
    await paste(curlOf(exchange('HEAD', '/h', headers), settings, Buffer.alloc(0)))
    assert.equal(seen.at(-1)!.method, 'HEAD')
  })

  test('has the Host header that the tunnel gives', () => {
    const settings = { local: 'http://127.0.0.1:1', hostHeader: 'localhost:1', isSecretKnown: false }
    assert.match(
      curlOf(exchange('GET', '/', [['host', 'a']]), settings, Buffer.alloc(0)),
      /'host: localhost:1'/,
    )
  })
})

describe('Headers as lines', () => {
  test('come back as they were', () => {
    const headers = [
      ['A', 'b: c'],
      ['A', ''],
    ] as const
    assert.deepEqual(pairsOf(linesOf(headers)), { pairs: headers, bad: undefined })
  })

  test('are refused at the first that is none', () => {
    assert.equal(pairsOf('A: b\n\nno colon\n: c').bad, 'no colon')
  })
})
