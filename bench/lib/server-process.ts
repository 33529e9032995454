// The real server, `hookline serve`, in a process of its own: its memory is nobody else's. It is spoken
// to through its public API, and its memory is read from outside.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { type Listening, serveArguments, startListening, stopListening } from './listening.ts'

export type Memory = {
  readonly residentMiB: number
  /** The most that it ever was. Linux alone knows this and what follows; elsewhere it is what is now. */
  readonly peakMiB: number
  /** Pages that are its own. */
  readonly ownMiB: number
  /** Pages of mapped files, its program's and its database's: the system takes them back when it likes. */
  readonly mappedMiB: number
}

const TOKEN = 'hook-line-and-sinker'

export class ServerProcess {
  readonly #listening: Listening

  constructor(listening: Listening) {
    this.#listening = listening
  }

  async post(path: string, body: unknown): Promise<void> {
    const response = await fetch(this.#listening.url + path, {
      method: 'POST',
      headers: { authorization: `token ${TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`POST ${path} was answered ${response.status}: ${text}`)
  }

  /** Milliseconds until the last byte of the answer, and its JSON. */
  async get(path: string): Promise<{ readonly tookMs: number; readonly json: unknown }> {
    const startedMs = performance.now()
    const response = await fetch(this.#listening.url + path, { headers: { authorization: `token ${TOKEN}` } })
    const text = await response.text()
    const tookMs = performance.now() - startedMs
    if (!response.ok) throw new Error(`GET ${path} was answered ${response.status}: ${text}`)
    return { tookMs, json: JSON.parse(text) }
  }

  memory(): Memory {
    const pid = this.#listening.child.pid ?? 0
    if (process.platform !== 'linux') {
      const residentMiB = mebibytes(execFileSync('ps', ['-o', 'rss=', '-p', `${pid}`], { encoding: 'utf8' }))
      return { residentMiB, peakMiB: residentMiB, ownMiB: 0, mappedMiB: 0 }
    }
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const read = (name: string) => mebibytes(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(status)?.[1] ?? '0')
    return {
      residentMiB: read('VmRSS'),
      peakMiB: read('VmHWM'),
      ownMiB: read('RssAnon'),
      mappedMiB: read('RssFile'),
    }
  }

  stop(): Promise<void> {
    return stopListening(this.#listening)
  }
}

export async function startServer(folder: string): Promise<ServerProcess> {
  return new ServerProcess(await startListening(serveArguments(folder), { HOOKLINE_ADMIN_TOKEN: TOKEN }))
}

function mebibytes(kibibytes: string): number {
  return Math.round(Number(kibibytes) / 1024)
}
