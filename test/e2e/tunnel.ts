// A tunnel with the real program at both of its ends, and callers of it.
import { once } from 'node:events'
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type RequestOptions,
  request,
} from 'node:http'
import type { AddressInfo, Server } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import { pause } from '../../src/base/pause.ts'
import { type Program, programsIn, type Start } from './program.ts'
import { Site } from './site.ts'

export const TOKEN = { HOOKLINE_TOKEN: 'hook-line-and-sinker' }

export type Answer = {
  readonly status: number | undefined
  readonly headers: NodeJS.Dict<string | string[]>
  readonly body: Buffer
}
export type Ask = (
  options: RequestOptions,
  body?: Buffer | readonly Buffer[],
  abortAfter?: number,
) => Promise<Answer>

export async function openTunnel(t: TestContext, listener: RequestListener, flags: readonly string[] = []) {
  const { server, port } = await listening(t, createServer(listener))
  // The servers' own timers have to get their turn, however often somebody asks.
  const connections = async () => {
    await pause(20)
    return new Promise<number>((resolve, reject) =>
      server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
    )
  }
  return { ...(await tunnelTo(t, port, flags)), port, connections }
}

const sites = new WeakMap<TestContext, Promise<{ start: Start; site: Site }>>()

/** To a server that the tunnels of one test have in common. */
export async function tunnelTo(t: TestContext, port: number, flags: readonly string[] = []) {
  const begun =
    sites.get(t) ?? programsIn(t).then(async ({ start }) => ({ start, site: await Site.start(start) }))
  sites.set(t, begun)
  const { start, site } = await begun
  const program = start(
    [
      'http',
      `${port}`,
      '--server',
      site.url,
      ...(flags.includes('--inspect') ? [] : ['--inspect', 'off']),
      ...flags,
    ],
    TOKEN,
  )
  return { site, program, ...(await callersOf(program, site)) }
}

export async function callersOf(program: Program, site: Site) {
  const [, host = ''] = await program.says(/Forwarding {2}http:\/\/(\S+)/)
  // Not every system finds the names below localhost.
  const open = ({ headers, ...options }: RequestOptions) =>
    request(site.url, { ...options, headers: { ...headers, host }, agent: false })
  const ask: Ask = async (options, body = Buffer.alloc(0), abortAfter) => {
    const asked = open(options)
    asked.on('error', () => {})
    const answered = once(asked, 'response') as Promise<[IncomingMessage]>
    const parts: readonly Buffer[] = Buffer.isBuffer(body) ? [body] : body
    for (const [at, part] of parts.entries()) {
      if (at === abortAfter) asked.destroy(new Error('as planned'))
      if (part.length > 0) asked.write(part)
    }
    asked.end()
    const [response] = await answered
    if (abortAfter === parts.length) asked.destroy(new Error('as planned'))
    return { status: response.statusCode, headers: response.headers, body: await buffer(response) }
  }
  return { host, open, ask }
}

export async function listening<S extends Server>(
  t: TestContext,
  server: S,
): Promise<{ server: S; port: number }> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => close(server))
  return { server, port: (server.address() as AddressInfo).port }
}

export function close(server: Server): void {
  server.close()
  if ('closeAllConnections' in server) (server.closeAllConnections as () => void)()
}
