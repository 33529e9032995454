// `gh` as a person has it, before the real server. It speaks nothing but HTTPS, so a proxy that ends TLS
// stands between the two, as it would for a team, and notes which operations succeeded.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { issue } from '../../src/egress/test-certificate.ts'
import { type Lifetime, programsIn } from '../e2e/program.ts'
import { Site } from '../e2e/site.ts'
import { findOperation } from './description.ts'

const TOKEN = 'hook-line-and-gh'
const SETTINGS = { HOOKLINE_ADMIN_TOKEN: TOKEN, HOOKLINE_TRUST_PROXY: '127.0.0.1/32' }

export type Said = { readonly code: number; readonly stdout: string; readonly stderr: string }

type With = {
  /** Instead of the administrator's. */
  readonly token?: string
  /** What it reads from standard input. */
  readonly input?: string
}

export class Gh {
  /** `localhost` and the proxy's port. */
  readonly host: string
  /** The names of the operations that succeeded, as GitHub describes them. */
  readonly succeeded: ReadonlySet<string>
  readonly #env: NodeJS.ProcessEnv

  constructor(host: string, succeeded: ReadonlySet<string>, env: NodeJS.ProcessEnv) {
    this.host = host
    this.succeeded = succeeded
    this.#env = env
  }

  async run(args: readonly string[], { token, input = '' }: With = {}): Promise<Said> {
    const env = { ...this.#env, ...(token !== undefined && { GH_ENTERPRISE_TOKEN: token }) }
    return new Promise((resolve, reject) => {
      const child = execFile('gh', args, { env }, (error, stdout, stderr) => {
        const code = error ? error.code : 0
        // A text is why it could not be started.
        if (typeof code === 'number') resolve({ code, stdout, stderr })
        else reject(error)
      })
      child.stdin?.end(input)
    })
  }

  /** What `gh api` prints, as JSON: several pages as one list, and undefined when it prints nothing. */
  async api(args: readonly string[], options?: With): Promise<any> {
    const { code, stdout, stderr } = await this.run(['api', ...args], options)
    assert.equal(code, 0, `gh api ${args.join(' ')}\n${stderr}${stdout}`)
    return stdout === '' ? undefined : JSON.parse(stdout.replaceAll(/\]\s*\[/g, ','))
  }
}

/** Signed in as the site's administrator. */
export async function startGh(t: Lifetime): Promise<Gh> {
  const { folder, start } = await programsIn(t)
  const site = await Site.start((args, env) => start(args, { ...env, ...SETTINGS }))
  const authority = issue({ subject: 'Hookline test authority', authority: true })
  const trusted = join(folder, 'authority.pem')
  await writeFile(trusted, authority.cert)
  const { cert, key } = issue({ subject: 'proxy', names: ['localhost'], by: authority })
  const succeeded = new Set<string>()
  const host = `localhost:${await startProxy(t, site.url, { cert, key }, succeeded)}`
  return new Gh(host, succeeded, {
    PATH: process.env.PATH,
    HOME: folder,
    GH_HOST: host,
    GH_ENTERPRISE_TOKEN: TOKEN,
    GH_CONFIG_DIR: join(folder, 'gh'),
    // Where Go looks for authorities on Linux.
    SSL_CERT_FILE: trusted,
    GH_NO_UPDATE_NOTIFIER: '1',
    GH_PROMPT_DISABLED: '1',
    NO_COLOR: '1',
  })
}

type Pair = { readonly cert: string; readonly key: string }

/** Gives its port. */
async function startProxy(t: Lifetime, origin: string, pair: Pair, succeeded: Set<string>): Promise<number> {
  const proxy = createServer(pair, (incoming, answer) => {
    const { method = '', url = '', headers, socket } = incoming
    const forwarded = {
      'x-forwarded-for': socket.remoteAddress,
      'x-forwarded-host': headers.host,
      'x-forwarded-proto': 'https',
    }
    const outgoing = request(origin + url, { method, headers: { ...headers, ...forwarded } }, response => {
      const { statusCode = 502 } = response
      const operation = findOperation(method, url)
      if (operation && statusCode < 300) succeeded.add(operation.name)
      answer.writeHead(statusCode, response.headers)
      response.pipe(answer)
    })
    outgoing.once('error', () => answer.destroy())
    incoming.pipe(outgoing)
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  t.after(() => {
    proxy.close()
    proxy.closeAllConnections()
  })
  return (proxy.address() as AddressInfo).port
}
