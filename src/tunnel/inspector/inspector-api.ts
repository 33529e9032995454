// The inspector's API, by which its page does everything.
//
//   GET    /api/requests?method=&status=&path=&before=&limit=    newest first
//   DELETE /api/requests
//   GET    /api/requests/{id}
//   GET    /api/requests/{id}/request-body, …/response-body      the bytes
//   POST   /api/requests/{id}/replays                            {method?, target?, headers?, body?, encoding?}
//   PUT    /api/secret                                           {secret}, or null to forget it
//   GET    /api/settings                                         where replays go; whether there is a secret
//   GET    /api/stream                                           server-sent events: ready, requests, cleared
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isObject } from '../../base/is-object.ts'
import { Secret } from '../../secret.ts'
import type { LocalServer } from '../carrier.ts'
import { type Exchange, isCut, type Message } from './exchange.ts'
import { addressOf, exchangeJson, summaryJson } from './exchange-json.ts'
import type { ExchangeStore } from './exchange-store.ts'
import { Live } from './live.ts'
import { listPage, readPageQuery } from './page-query.ts'
import { Refusal } from './refusal.ts'
import { editsIn, sendReplay, signAgain } from './replay.ts'
import { readDraft } from './replay-input.ts'
import { type Verdict, verdictOn } from './verdict.ts'

// A body of 1 MB as JSON, were each of its characters escaped.
const INPUT_BYTES_MAX = 6 * 1024 * 1024 + 64 * 1024

// Each holds its body, and its answer while that is on its way.
const REPLAYS_MAX = 20

const SECRET_LENGTH_MAX = 1000

// Addresses are paths: none of it is ever seen.
const BASE = 'http://inspector'

export type InspectorApiOptions = {
  readonly store: ExchangeStore
  readonly secret: Secret | null
  readonly local: LocalServer
  readonly hostHeader: string | null
  readonly timeoutMs: number
}

type Call = { readonly request: IncomingMessage; readonly response: ServerResponse; readonly url: URL }

export class InspectorApi {
  readonly #options: InspectorApiOptions
  readonly #store: ExchangeStore
  readonly #live: Live
  readonly #stopping = new AbortController()
  #secret: Secret | null
  /** Of what is over, by the present secret: a list is asked for several times a second. */
  #verdicts = new WeakMap<Exchange, Verdict | null>()
  #replaying = 0

  constructor(options: InspectorApiOptions) {
    this.#options = options
    this.#store = options.store
    this.#secret = options.secret
    this.#live = new Live({ store: options.store, json: it => this.#summaryOf(it) })
  }

  stop(): void {
    this.#stopping.abort()
    this.#live.end()
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const address = request.url ?? ''
    if (!URL.canParse(address, BASE)) throw notThere()
    const url = new URL(address, BASE)
    const call = { request, response, url }
    const [, root, thing, id, part, ...rest] = url.pathname.split('/')
    if (root !== 'api' || rest.length > 0) throw notThere()
    const method = request.method === 'HEAD' ? 'GET' : request.method
    const of = `${method} ${thing}${id === undefined ? '' : '/{id}'}${part === undefined ? '' : `/${part}`}`
    switch (of) {
      case 'GET requests':
        return this.#list(call)
      case 'DELETE requests':
        this.#store.clear()
        return sendNothing(call)
      case 'GET requests/{id}':
        return this.#show(call, this.#find(id))
      case 'GET requests/{id}/request-body':
        return this.#sendBody(call, this.#find(id).requestMessage, `${id}-request`)
      case 'GET requests/{id}/response-body':
        return this.#sendBody(call, this.#find(id).responseMessage, `${id}-response`)
      case 'POST requests/{id}/replays':
        return this.#replay(call, this.#find(id))
      case 'GET settings':
        return this.#showSettings(call)
      case 'PUT secret':
        return this.#setSecret(call)
      case 'GET stream':
        return this.#live.follow(request, response)
      default:
        throw notThere()
    }
  }

  #list(call: Call): void {
    const { items, hasMore } = listPage(this.#store, readPageQuery(call.url.searchParams))
    const next = new URL(call.url)
    next.searchParams.set('before', String(items.at(-1)?.id))
    sendJson(call, 200, {
      requests: items.map(exchange => this.#summaryOf(exchange)),
      next: hasMore ? next.pathname + next.search : null,
    })
  }

  #show(call: Call, exchange: Exchange): void {
    sendJson(call, 200, exchangeJson(exchange, this.#verdictOn(exchange), this.#store))
  }

  /** Whatever it is, nobody opens it by clicking on it. */
  #sendBody(call: Call, message: Message, name: string): void {
    const bytes = this.#store.readBody(message)
    call.response.writeHead(200, {
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="${name}.bin"`,
      'content-length': bytes.length,
    })
    call.response.end(call.request.method === 'HEAD' ? undefined : bytes)
  }

  async #replay(call: Call, exchange: Exchange): Promise<void> {
    const input = await readJson(call.request)
    if (exchange.how === null) throw new Refusal(409, 'It still goes on: wait until it is over.')
    if (exchange.how === 'upgraded')
      throw new Refusal(409, 'It became a connection of its own, which cannot be sent again.')
    if (!this.#store.isKept(exchange)) throw notThere()
    const hasOwnBody = isObject(input) && input.body !== undefined
    if (isCut(exchange.requestMessage) && !hasOwnBody)
      throw new Refusal(409, 'Its body is too long to have been kept: give it one.')
    if (this.#replaying >= REPLAYS_MAX)
      throw new Refusal(429, `${REPLAYS_MAX} replays are on their way: wait for one of them.`)

    const body = this.#store.readBody(exchange.requestMessage)
    const before = { ...this.#store.requestHead(exchange), body }
    const draft = readDraft(input, before)
    const edits = editsIn(before, draft)
    const { headers, signature } = signAgain(draft, edits, this.#secret)
    const head = { method: draft.method, target: draft.target, headers, startedAtMs: Date.now() }
    const replay = { of: exchange.id, isEdited: edits.isEdited, signature }
    const made = this.#store.record(head, replay)
    this.#replaying += 1
    const { local, hostHeader, timeoutMs } = this.#options
    const options = { local, hostHeader, timeoutMs, signal: this.#stopping.signal }
    sendReplay({ ...draft, headers }, options, made, () => {
      this.#replaying -= 1
    })
    call.response.setHeader('location', addressOf(made))
    sendJson(call, 201, exchangeJson(made, this.#verdictOn(made), this.#store))
  }

  #showSettings(call: Call): void {
    const { local, hostHeader } = this.#options
    const host = local.host.includes(':') ? `[${local.host}]` : local.host
    const isSecretKnown = this.#secret !== null
    sendJson(call, 200, { local: `http://${host}:${local.port}`, hostHeader, isSecretKnown })
  }

  async #setSecret(call: Call): Promise<void> {
    const input = await readJson(call.request)
    const secret = isObject(input) ? input.secret : undefined
    if (secret !== null && (typeof secret !== 'string' || secret === '' || secret.length > SECRET_LENGTH_MAX))
      throw new Refusal(422, `secret is a text of 1 to ${SECRET_LENGTH_MAX} characters, or null.`)
    this.#secret = secret === null ? null : new Secret(secret)
    this.#verdicts = new WeakMap()
    sendNothing(call)
  }

  #summaryOf(exchange: Exchange): unknown {
    return summaryJson(exchange, this.#verdictOn(exchange), this.#store)
  }

  #verdictOn(exchange: Exchange): Verdict | null {
    const known = this.#verdicts.get(exchange)
    if (known !== undefined) return known
    const verdict = verdictOn(exchange, this.#secret, this.#store)
    if (exchange.how !== null) this.#verdicts.set(exchange, verdict)
    return verdict
  }

  #find(id: string | undefined): Exchange {
    const found = /^[1-9]\d{0,14}$/.test(id ?? '') ? this.#store.find(Number(id)) : undefined
    if (!found) throw notThere()
    return found
  }
}

function notThere(): Refusal {
  return new Refusal(404, 'There is nothing here. The oldest requests are dropped first.')
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let size = 0
  // Not destroyed when it is too much: there is an answer to be given.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length
    if (size > INPUT_BYTES_MAX) throw new Refusal(413, 'The body is too large.')
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString())
  } catch {
    throw new Refusal(400, 'The body is not JSON.')
  }
}

function sendJson({ request, response }: Call, status: number, body: unknown): void {
  const text = `${JSON.stringify(body)}\n`
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  })
  response.end(request.method === 'HEAD' ? undefined : text)
}

function sendNothing({ response }: Call): void {
  response.writeHead(204).end()
}
