// A hook's attempts as they happen, as server-sent events (HTML Living Standard, 9.2). Whoever comes again
// with `Last-Event-ID` is told first, from the store, what they missed; from then on each attempt is passed on
// as it is settled, and the store is not asked any more. GitHub has no such thing.
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { pause } from '../../base/pause.ts'
import type { AttemptSummary } from '../../delivery.ts'
import type { SettledAttempt } from '../../engine/attempt-feed.ts'
import { AppError } from '../../errors.ts'
import { deliveryItemJson } from '../../github/delivery.ts'
import { settledJson } from '../../github/delivery-state.ts'
import { findAttemptBelow, listAttempts, listLaterAttempts } from '../../store/attempts.ts'
import type { ApiContext } from '../context.ts'
import { invalidRequest, shown } from '../faults.ts'
import { getHook, HOOK_FAMILIES, HOOK_PARAMS, type HookFamily, needsHooks, sceneOf } from '../hook-family.ts'

// Proxies commonly close what is silent for 30 or 60 s.
const HEARTBEAT_MS = 15_000

// Whoever loses their session, token or role is cut off after a minute at the latest.
const HEARTBEATS_PER_CHECK = 4

// One read of the store, and some 45 KB to send.
const PAGE = 100

// Beyond ten pages a client is better off reading the list anew.
const MISSED_MAX = 1000

// What a client has not taken yet, besides what the system's own buffers hold: of 500 streams 128 MB at worst.
const BUFFERED_BYTES_MAX = 256 * 1024

// For a client that catches up, to take a page.
const DRAIN_MS = 15_000

// A browser comes again by itself after this.
const RETRY_MS = 2000

const RETRY_AFTER_SECONDS = 30

const QUERY = { type: 'object', properties: { last_event_id: { type: 'string' } } } as const

type Stream = {
  Params: { readonly hook_id?: number }
  Querystring: { readonly last_event_id?: string }
}

export function deliveryStreamRoutes(app: FastifyInstance, context: ApiContext): void {
  const streams = new Set<DeliveryStream>()
  app.addHook('preClose', async () => {
    for (const stream of streams) stream.end()
  })
  for (const family of HOOK_FAMILIES) streamRoute(app, context, family, streams)
}

function streamRoute(
  app: FastifyInstance,
  context: ApiContext,
  family: HookFamily,
  streams: Set<DeliveryStream>,
): void {
  const { store } = context
  app.get<Stream>(
    `${family.hookPath}/deliveries/stream`,
    {
      onRequest: needsHooks(context, family, 'read'),
      schema: { params: HOOK_PARAMS, querystring: QUERY },
      // There is nothing that it could tell.
      exposeHeadRoute: false,
    },
    async (request, reply) => {
      const lastId = readLastId(request)
      const { owner } = sceneOf(request, family.kind)
      const { id } = await getHook(store.read, store, owner, request.params.hook_id)
      // Gone before it began: no `close` is to come any more.
      if (reply.raw.destroyed) return reply.hijack()
      const stream = new DeliveryStream(context, id, reply, () => isStillAllowed(request))
      streams.add(stream)
      reply.raw.once('close', () => streams.delete(stream))
      await stream.follow(lastId)
    },
  )
}

class DeliveryStream {
  readonly #context: ApiContext
  readonly #hookId: number
  readonly #response: ServerResponse
  readonly #isAllowed: () => Promise<boolean>
  readonly #unwatch: () => void
  readonly #beating: NodeJS.Timeout
  readonly #ended = new AbortController()
  #beats = 0
  /** The latest that was sent. */
  #lastId = 0
  /** Not while it catches up: then what is told is read from the store. */
  #isLive = false
  #wasTold = false

  /** Throws `unavailable` when there are as many as there may be. */
  constructor(context: ApiContext, hookId: number, reply: FastifyReply, isAllowed: () => Promise<boolean>) {
    const unwatch = context.engine.feed.watch(hookId, settled => this.#tell(settled))
    if (!unwatch) {
      throw new AppError('unavailable', 'Too many streams are open: come again soon, or read the list.', {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      })
    }
    this.#context = context
    this.#hookId = hookId
    this.#response = reply.raw
    this.#isAllowed = isAllowed
    this.#unwatch = unwatch
    reply.hijack()
    this.#response.once('close', () => this.end())
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) this.#response.setHeader(name, value)
    }
    this.#response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'private, no-cache, no-transform',
      // Its end is the end of the connection, so that a server that stops waits for none.
      connection: 'close',
      // Nginx would keep events back until it has a page of them.
      'x-accel-buffering': 'no',
    })
    this.#beating = setInterval(() => this.#beat(), HEARTBEAT_MS)
  }

  /** From the attempt after this one on; from the next that is settled when it is left out. */
  async follow(lastId: number | undefined): Promise<void> {
    try {
      await this.#begin(lastId)
      await this.#catchUp()
    } catch (error) {
      // The answer has begun: it can only end. The client comes again.
      this.#context.log.error({ err: error, hook: this.#hookId }, 'a stream of deliveries failed')
      this.end()
    }
  }

  end(): void {
    if (this.#ended.signal.aborted) return
    this.#ended.abort()
    this.#unwatch()
    clearInterval(this.#beating)
    this.#response.end()
  }

  async #begin(lastId: number | undefined): Promise<void> {
    const { read } = this.#context.store
    const hasMissedTooMuch =
      lastId !== undefined &&
      (await findAttemptBelow(read, this.#hookId, { aboveId: lastId, limit: MISSED_MAX })) !== null
    if (lastId !== undefined && !hasMissedTooMuch) {
      this.#lastId = lastId
      this.#write(`retry: ${RETRY_MS}\n\n`)
      return
    }
    // With it a client that is cut off before anything happens knows where to go on.
    const [newest] = await listAttempts(read, this.#hookId, { limit: 1 })
    this.#lastId = newest?.id ?? 0
    const event = hasMissedTooMuch ? 'reset' : 'ready'
    this.#write(`retry: ${RETRY_MS}\nevent: ${event}\nid: ${this.#lastId}\ndata: {}\n\n`)
  }

  // What is settled while a page is read may be in it or not: then one more is read. Nothing can come in
  // between the last look and being live, which happen in one turn.
  async #catchUp(): Promise<void> {
    const { read } = this.#context.store
    while (!this.#ended.signal.aborted) {
      this.#wasTold = false
      const later = await listLaterAttempts(read, this.#hookId, { afterId: this.#lastId, limit: PAGE })
      for (const attempt of later) this.#send(attempt)
      if (later.length < PAGE && !this.#wasTold) {
        this.#isLive = true
        return
      }
      await this.#drained()
    }
  }

  #tell({ attempt, settlement }: SettledAttempt): void {
    if (!this.#isLive) {
      this.#wasTold = true
      return
    }
    if (attempt.id <= this.#lastId) return
    this.#send(attempt)
    this.#write(`event: standing\ndata: ${JSON.stringify(settledJson(attempt, settlement))}\n\n`)
  }

  #send(attempt: AttemptSummary): void {
    this.#lastId = attempt.id
    this.#write(`event: delivery\nid: ${attempt.id}\ndata: ${JSON.stringify(deliveryItemJson(attempt))}\n\n`)
  }

  #write(text: string): void {
    if (this.#ended.signal.aborted) return
    this.#response.write(text)
    if (this.#response.writableLength > BUFFERED_BYTES_MAX) this.#cutOff()
  }

  /** Too slow: it is not waited for, and goes on later from where it was. */
  #cutOff(): void {
    this.end()
    this.#response.destroy()
  }

  async #drained(): Promise<void> {
    if (!this.#response.writableNeedDrain) return
    const waiting = new AbortController()
    const signal = AbortSignal.any([waiting.signal, this.#ended.signal])
    await Promise.race([once(this.#response, 'drain', { signal }).catch(() => {}), pause(DRAIN_MS, signal)])
    waiting.abort()
    if (this.#response.writableNeedDrain) this.#cutOff()
  }

  #beat(): void {
    this.#write(': \n\n')
    this.#beats++
    if (this.#beats % HEARTBEATS_PER_CHECK === 0) void this.#check()
  }

  async #check(): Promise<void> {
    if (!(await this.#isAllowed().catch(() => true))) this.end()
  }
}

// Who is asking, and from where: nothing else counts when they are looked at again.
const IDENTITY = [
  'authorization',
  'cookie',
  'host',
  'user-agent',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
] as const

/** Asks for the list within this process, with what the client came with: the same rights, by the same way. */
async function isStillAllowed({ server, url, headers, socket }: FastifyRequest): Promise<boolean> {
  const [path = ''] = url.split('?', 1)
  const held = IDENTITY.flatMap(name => (headers[name] === undefined ? [] : [[name, headers[name]] as const]))
  const { statusCode } = await server.inject({
    method: 'GET',
    url: `${path.replace(/\/stream$/, '')}?per_page=1`,
    headers: Object.fromEntries(held),
    ...(socket.remoteAddress !== undefined && { remoteAddress: socket.remoteAddress }),
  })
  // Only who is refused goes: not while the store does not answer.
  return statusCode < 300 || statusCode === 429 || statusCode >= 500
}

/** Browsers send the header when they come again, and cannot send it the first time. */
function readLastId({ headers, query }: FastifyRequest<Stream>): number | undefined {
  const text = headers['last-event-id']?.toString() || query.last_event_id
  if (text === undefined || text === '') return undefined
  const id = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(id)) return id
  throw invalidRequest(`For 'properties/last_event_id', ${shown(text)} is not the id of an event.`)
}
