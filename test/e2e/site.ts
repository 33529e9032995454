// The real server with one repository on it, `admin/hello`, that can be killed and started again, and a
// short way to its API.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { eventually } from '../../src/api/test-receiver.ts'
import { type Lifetime, type Program, programsIn, type Start } from './program.ts'

const TOKEN = 'hook-line-and-sinker'
const LISTENS = /listens on http/

export type Answer = {
  readonly status: number
  readonly headers: Headers
  readonly json: any
}

export type Asking = {
  /** An object is sent as JSON; text, bytes and streams are sent as they are. */
  readonly body?: unknown
  readonly token?: string
}

type HookConfig = {
  readonly url: string
  readonly content_type?: string
  readonly secret?: string
}

export class Site {
  readonly url: string
  readonly #start: () => Program
  #program: Program
  #listening: Promise<unknown>

  /** On a port of its own; resolves when it listens. */
  static async start(start: Start): Promise<Site> {
    const site = new Site(start, await freePort())
    await site.listening()
    return site
  }

  constructor(start: Start, port: number) {
    const args = ['serve', '--port', `${port}`, '--allow-network', '127.0.0.0/8', '--log-level', 'warn']
    this.url = `http://127.0.0.1:${port}`
    this.#start = () => start(args, { HOOKLINE_ADMIN_TOKEN: TOKEN })
    this.#program = this.#start()
    this.#listening = this.#program.says(LISTENS)
  }

  /** Resolves at once while it listens, or when it does again. */
  async listening(): Promise<void> {
    await this.#listening
  }

  /** Ends it with `kill -9`, and starts it again on the same folder and port. */
  async kill(whileDown = () => {}): Promise<void> {
    this.#listening = this.#program.end('SIGKILL').then(() => {
      whileDown()
      this.#program = this.#start()
      return this.#program.says(LISTENS)
    })
    await this.#listening
  }

  async request(method: string, path: string, { body, token = TOKEN }: Asking = {}): Promise<Answer> {
    const asItIs = typeof body === 'string' || body instanceof Uint8Array || body instanceof ReadableStream
    const response = await fetch(this.url + path, {
      method,
      headers: { authorization: `token ${token}` },
      ...(body !== undefined && { body: asItIs ? (body as BodyInit) : JSON.stringify(body) }),
      ...(body instanceof ReadableStream && { duplex: 'half' }),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.startsWith('application/json')
    return {
      status: response.status,
      headers: response.headers,
      json: isJson && text !== '' ? JSON.parse(text) : null,
    }
  }

  /** Gives the address of its API. */
  async createRepository(name: string): Promise<string> {
    const { status, json } = await this.request('POST', '/user/repos', { body: { name } })
    assert.equal(status, 201, JSON.stringify(json))
    return `/repos/admin/${name}`
  }

  /** One that hears of everything. Gives the address of its API. */
  async createHook(config: HookConfig, repository = REPOSITORY): Promise<string> {
    const body = { events: ['*'], config: { content_type: 'json', ...config } }
    const { status, json } = await this.request('POST', `${repository}/hooks`, { body })
    assert.equal(status, 201, JSON.stringify(json))
    return `${repository}/hooks/${json.id}`
  }

  /** Resolves when nothing is due or under way: all that came of it can be read. */
  async settled(): Promise<void> {
    await eventually(
      async () => (await fetch(`${this.url}/metrics`)).text(),
      metrics => /^hookline_deliveries_due 0$/m.test(metrics),
    )
  }
}

export const REPOSITORY = '/repos/admin/hello'

/** Ended with the test. */
export async function startSite(t: Lifetime): Promise<Site> {
  const { start } = await programsIn(t)
  const site = await Site.start(start)
  assert.equal(await site.createRepository('hello'), REPOSITORY)
  return site
}

// Systems hand out ports from 32768 on (Linux) or 49152: nobody gets one below by chance while the
// server that is to listen there again is down.
async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000)
    const server = createServer().listen(port, '127.0.0.1')
    const isFree = await Promise.race([
      once(server, 'listening').then(() => true),
      once(server, 'error').then(() => false),
    ])
    if (!isFree) continue
    server.close()
    await once(server, 'close')
    return port
  }
}
