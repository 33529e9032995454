// The bare sender: signs and posts the same bytes with the same headers, as fast as undici goes, and
// remembers nothing. What is left of its speed is what durability and the log cost.
import { Pool } from 'undici'
import { Secret } from '../../src/secret.ts'
import { sign } from '../../src/signature.ts'
import { beginRun, type Run } from './closed-loop.ts'
import { payloadOf } from './payload.ts'
import { SECRET_TEXT } from './site.ts'

/** As many as one hook has under way in Hookline. */
export const CONNECTIONS_PER_RECEIVER = 10

export class BareSender {
  readonly #secret = new Secret(SECRET_TEXT)
  readonly #pools: readonly Pool[]

  constructor(urls: readonly string[]) {
    this.#pools = urls.map(
      url => new Pool(new URL(url).origin, { connections: CONNECTIONS_PER_RECEIVER, pipelining: 1 }),
    )
  }

  /** To the receivers in turn. */
  post(index: number, body: Uint8Array, ended: (error?: Error) => void): void {
    const pool = this.#pools[index % this.#pools.length] as Pool
    const { sha1, sha256 } = sign(this.#secret, body)
    const headers = [...HEADERS, 'X-Hub-Signature', sha1, 'X-Hub-Signature-256', sha256]
    pool.dispatch(
      { path: '/payload', method: 'POST', headers, body },
      {
        onRequestStart() {},
        onResponseStart() {},
        onResponseData() {},
        onResponseEnd: () => ended(),
        onResponseError: (_, error) => ended(error),
      },
    )
  }

  async close(): Promise<void> {
    await Promise.all(this.#pools.map(pool => pool.close()))
  }
}

/** As many at once as there are connections. */
export async function postBare(urls: readonly string[], template: Uint8Array, count: number): Promise<Run> {
  const sender = new BareSender(urls)
  const run = beginRun()
  await new Promise<void>((resolve, reject) => {
    let begun = 0
    let ended = 0
    const next = () => {
      if (begun === count) return
      sender.post(begun++, payloadOf(template), error => {
        if (error) reject(error)
        else if (++ended === count) resolve()
        else next()
      })
    }
    for (let index = 0; index < urls.length * CONNECTIONS_PER_RECEIVER; index++) next()
  })
  const result = run.end(count)
  await sender.close()
  return result
}

const HEADERS = [
  'Accept',
  '*/*',
  'Content-Type',
  'application/json',
  'User-Agent',
  'GitHub-Hookshot/0000000',
  'X-GitHub-Delivery',
  '3f2b8c1e-7f6a-11ee-8c99-0242ac120002',
  'X-GitHub-Event',
  'issues',
  'X-GitHub-Hook-ID',
  '1',
  'X-GitHub-Hook-Installation-Target-ID',
  '1',
  'X-GitHub-Hook-Installation-Target-Type',
  'repository',
]
