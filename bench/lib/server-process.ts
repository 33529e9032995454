// Starts the server in a process of its own, and speaks its public API.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

export type Memory = {
  readonly residentMiB: number
  /** The most that it ever was. */
  readonly peakMiB: number
  readonly ownMiB: number
  readonly mappedMiB: number
}

const TOKEN = 'hook-line-and-sinker'

export class ServerProcess {
  readonly #url: string
  readonly #child: ChildProcess

  constructor(url: string, child: ChildProcess) {
    this.#url = url
    this.#child = child
  }

  async post(path: string, body: unknown): Promise<void> {
    const response = await fetch(this.#url + path, {
      method: 'POST',
      headers: { authorization: `token ${TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`POST ${path} was answered ${response.status}: ${text}`)
  }

  async memory(): Promise<Memory> {
    this.#child.send('memory')
    const [memory] = (await once(this.#child, 'message')) as [Memory]
    return memory
  }

  async stop(): Promise<void> {
    this.#child.disconnect()
    await once(this.#child, 'exit')
  }
}

export async function startServer(folder: string): Promise<ServerProcess> {
  const child = fork(new URL('./server.ts', import.meta.url), [folder], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: { ...process.env, HOOKLINE_ADMIN_TOKEN: TOKEN },
  })
  const [url] = (await once(child, 'message')) as [string]
  return new ServerProcess(url, child)
}
