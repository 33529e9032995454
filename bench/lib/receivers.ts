// Starts the receivers of a bench in a process of their own.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

export type ReceiverCounts = {
  readonly plain?: number
  readonly timed?: number
  readonly hanging?: number
}

export type ReceiverPorts = Readonly<Record<keyof ReceiverCounts, readonly number[]>>

export class Receivers {
  readonly urls: Readonly<Record<keyof ReceiverCounts, readonly string[]>>
  readonly #child: ChildProcess

  constructor(child: ChildProcess, ports: ReceiverPorts) {
    this.#child = child
    this.urls = { plain: urlsOf(ports.plain), timed: urlsOf(ports.timed), hanging: urlsOf(ports.hanging) }
  }

  /** From publish to receipt, of what the timed ones have received since the last call. */
  async takeTimes(): Promise<number[]> {
    this.#child.send('take')
    const [tookMs] = (await once(this.#child, 'message')) as [number[]]
    return tookMs
  }

  stop(): void {
    this.#child.disconnect()
  }
}

export async function startReceivers(counts: ReceiverCounts): Promise<Receivers> {
  const child = fork(new URL('./receiver.ts', import.meta.url), [JSON.stringify(counts)], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  })
  const [ports] = (await once(child, 'message')) as [ReceiverPorts]
  return new Receivers(child, ports)
}

function urlsOf(ports: readonly number[]): string[] {
  return ports.map(port => `http://127.0.0.1:${port}/payload`)
}
