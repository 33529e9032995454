// A receiver for tests: takes what is posted to it, one after the other, and answers as it is told.
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { TestContext } from 'node:test'

export type Received = { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: Buffer }

export type TestReceiver = {
  readonly url: string
  /** All that came so far. */
  readonly received: readonly Received[]
  /** The answer to everything from now on; 200 at first. */
  answer(status: number, text?: string): void
  /** Resolves when this many have come in all. */
  arrived(count: number): Promise<readonly Received[]>
}

export async function startTestReceiver(t: TestContext): Promise<TestReceiver> {
  const received: Received[] = []
  const waiting = new Set<() => void>()
  let reply = { status: 200, text: '' }

  const server = createServer(async (request, response) => {
    received.push({ path: request.url ?? '', headers: request.headers, body: await buffer(request) })
    response.writeHead(reply.status, { 'content-type': 'text/plain' }).end(reply.text)
    for (const check of waiting) check()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answer(status, text = '') {
      reply = { status, text }
    },
    arrived: count =>
      new Promise(resolve => {
        const check = () => {
          if (received.length < count) return
          waiting.delete(check)
          resolve(received)
        }
        waiting.add(check)
        check()
      }),
  }
}

/**
 * Asks until the answer will do: for what is written down after it was sent, which no signal tells
 * outside of the server.
 */
export async function eventually<T>(ask: () => Promise<T>, willDo: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask()
    if (willDo(answer)) return answer
  }
}
