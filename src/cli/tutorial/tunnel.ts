// The tutorial's tunnel: the address of the receiver that its webhook is sent to, by the server's one port, as
// `hookline http` would open it.
import type { Secret } from '../../secret.ts'
import { TIMEOUT_MS } from '../../tunnel/carrier.ts'
import { TunnelClient } from '../../tunnel/client.ts'

type Wanted = {
  /** Address of the server. */
  readonly server: string
  readonly token: Secret
  /** The one that it had last; null at the first start. */
  readonly name: string | null
  readonly local: { readonly host: string; readonly port: number }
  /** Once it is open: what happens to the line. */
  say(text: string): void
}

export type OpenTunnel = {
  readonly name: string
  readonly url: string
  /** Resolves once the signal has aborted; rejects when the tunnel cannot go on. */
  readonly ended: Promise<void>
}

export async function openTunnel(
  { server, token, name, local, say }: Wanted,
  signal: AbortSignal,
): Promise<OpenTunnel> {
  const { promise: opened, resolve } = Promise.withResolvers<string>()
  let isCut = false
  const client = new TunnelClient({
    ...{ token, name, local, hostHeader: null, timeoutMs: TIMEOUT_MS, observer: null },
    // It is on this machine: no proxy is on the way.
    route: { server, proxy: null },
    edge: { basicAuth: null, allowNetworks: [], secret: null },
    onOpened(url) {
      resolve(url)
      if (isCut) say('The line is back.')
      isCut = false
    },
    onCut(reason) {
      isCut = true
      say(`The line is cut (${reason}). Calling the server again…`)
    },
    // The delivery log tells of what comes through it.
    onExchange() {},
  })
  const ended = client.run(signal)
  const endedEarly = ended.then(() => signal.throwIfAborted())
  const url = await Promise.race([opened, endedEarly])
  if (url === undefined) throw new Error('The tunnel has ended before it was open.')
  return { name: nameOf(url), url, ended }
}

function nameOf(url: string): string {
  return new URL(url).hostname.split('.', 1)[0] ?? ''
}
