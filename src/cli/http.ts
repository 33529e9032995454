// `hookline http PORT`: a public address for a port of this machine, until a signal comes.
import { styleText } from 'node:util'
import { type ConfigOf, HTTP_SETTINGS, readConfig, systemProxy } from '../app/config.ts'
import { AppError } from '../errors.ts'
import type { Exchange } from '../tunnel/carrier.ts'
import { TunnelClient } from '../tunnel/client.ts'
import type { Inspector, InspectorOptions } from '../tunnel/inspector/inspector.ts'
import { UsageError } from './arguments.ts'
import type { Command } from './command.ts'
import { serverAccess } from './server-access.ts'
import { timeOf } from './time.ts'

export const http: Command = {
  name: 'http',
  summary: 'a tunnel: a public address for a port of this machine',
  settings: HTTP_SETTINGS,
  argument: 'localPort',
  examples: [
    {
      line: 'hookline http 4567',
      says: 'By the server that runs on this machine, under a name that is made up.',
    },
    {
      line: 'HOOKLINE_TOKEN=… hookline http 4567 --server https://hooks.example.com --subdomain ada',
      says: 'By a server elsewhere; the name is yours from then on.',
    },
    {
      line: 'hookline http 4567 --verify-signature "$SECRET"',
      says: 'Whatever is not signed with the webhook’s secret does not get as far as this machine.',
    },
  ],
  async run(flags, signal) {
    const config = readConfig(HTTP_SETTINGS, flags)
    const local = config.localPort
    if (local === null) throw new UsageError('Which port does the tunnel lead to?', http)
    const { server, token } = serverAccess(config)
    const teller = new Teller(config, `${local.host}:${local.port}`)
    const hostHeader = config.hostHeader === 'rewrite' ? `${local.host}:${local.port}` : config.hostHeader
    const timeoutMs = config.timeout * 1000
    const inspector = await inspect(config, { target: local, hostHeader, timeoutMs })
    const client = new TunnelClient({
      ...{ token, local, hostHeader, timeoutMs, name: config.subdomain },
      observer: inspector?.observer ?? null,
      route: { server, proxy: systemProxy(server) },
      edge: {
        basicAuth: config.basicAuth?.reveal() ?? null,
        allowNetworks: config.allow,
        secret: config.verifySignature?.reveal() ?? null,
      },
      onOpened: url => teller.opened(url, inspector?.url ?? null),
      onCut: reason => teller.cut(reason),
      onExchange: exchange => teller.exchange(exchange),
    })
    try {
      await client.run(signal)
    } finally {
      teller.end()
      await inspector?.stop()
    }
  },
}

type Config = ConfigOf<typeof HTTP_SETTINGS>

type Inspected = Pick<InspectorOptions, 'target' | 'hostHeader' | 'timeoutMs'>

// Whoever has several tunnels open has an inspector for each: the next ports are theirs.
const INSPECTOR_PORTS = 10

/** Null when none is wanted. Loaded here, since it is not small. */
async function inspect(
  { inspect: first, verifySignature: secret }: Config,
  what: Inspected,
): Promise<Inspector | null> {
  if (first === null) return null
  const { startInspector } = await import('../tunnel/inspector/inspector.ts')
  for (let port = first; ; port++) {
    try {
      return await startInspector({ port, secret, ...what })
    } catch (error) {
      const isTaken = error instanceof AppError && error.code === 'conflict'
      if (!isTaken || port === first + INSPECTOR_PORTS - 1) throw error
    }
  }
}

// Often enough to be live, and one write for what comes in between: a line each costs as much as the request.
const TELL_EVERY_MS = 50
// A person reads no more, and a terminal takes its time. `--json` leaves nothing out.
const LINES_MAX = 500

/** What the terminal is told: results on standard output, talk beside it. */
class Teller {
  readonly #json: boolean
  readonly #local: string
  #isCut = false
  #lines: string[] = []
  #left = 0
  #telling: NodeJS.Timeout | undefined

  constructor({ json }: Config, local: string) {
    this.#json = json
    this.#local = local
  }

  opened(url: string, inspector: string | null): void {
    this.end()
    if (this.#isCut) this.#talk('The line is back.')
    this.#isCut = false
    if (this.#json) {
      console.log(JSON.stringify({ kind: 'forwarding', url, local: this.#local, inspector }))
      return
    }
    if (inspector !== null) console.log(`Inspector   ${styleText('bold', inspector)}`)
    console.log(`Forwarding  ${styleText('bold', url)} -> ${this.#local}`)
  }

  cut(reason: string): void {
    this.end()
    this.#isCut = true
    this.#talk(`The line is cut (${reason}). Calling the server again…`)
  }

  exchange(exchange: Exchange): void {
    this.#telling ??= setTimeout(() => this.end(), TELL_EVERY_MS)
    if (this.#json) this.#lines.push(jsonOf(exchange))
    else if (this.#lines.length < LINES_MAX) this.#lines.push(lineOf(exchange))
    else this.#left += 1
  }

  /** Tells what is left to tell. */
  end(): void {
    clearTimeout(this.#telling)
    this.#telling = undefined
    if (this.#left > 0) this.#lines.push(styleText('dim', `… and ${this.#left} requests more`))
    if (this.#lines.length > 0) console.log(this.#lines.join('\n'))
    this.#lines = []
    this.#left = 0
  }

  #talk(text: string): void {
    console.error(`${time()}  ${styleText('yellow', text, { stream: process.stderr })}`)
  }
}

function jsonOf({ method, target, status, tookMs, end }: Exchange): string {
  return JSON.stringify({ kind: 'request', method, target, status, took_ms: Math.round(tookMs), end })
}

function lineOf({ method, target, status, tookMs, end }: Exchange): string {
  const shown =
    status === null ? styleText('yellow', 'gone') : styleText(status < 400 ? 'green' : 'red', `${status}`)
  const why = end === 'complete' || end === 'upgraded' ? '' : `  ${end}`
  return `${time()}  ${printable(method)} ${printable(target)}  ${shown}  ${Math.round(tookMs)} ms${why}`
}

const TARGET_LENGTH_MAX = 200

/** A caller wrote it, and could steer the terminal. */
function printable(text: string): string {
  return text.replace(/[^ -~]/g, '').slice(0, TARGET_LENGTH_MAX)
}

function time(): string {
  return styleText('dim', timeOf(new Date()))
}
