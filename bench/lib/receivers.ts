// Starts the receivers of a bench in a process of their own.
import { fork } from 'node:child_process'
import { once } from 'node:events'

export type Receivers = { readonly ports: number[]; stop(): void }

export async function startReceivers(count: number): Promise<Receivers> {
  const child = fork(new URL('./receiver.ts', import.meta.url), [String(count)], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  })
  const [ports] = (await once(child, 'message')) as [number[]]
  return { ports, stop: () => child.disconnect() }
}
