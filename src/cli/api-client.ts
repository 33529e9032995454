// GitHub's REST API as the commands speak it, to a server that their user named. What the server refuses, and that
// none answers, becomes an error that says what to do next.

import { isObject } from '../base/is-object.ts'
import { AppError, type ErrorCode } from '../errors.ts'
import type { ServerAccess } from './server-access.ts'

export type Answer = { readonly status: number; readonly body: unknown }

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

// Publishing 25 MB over a slow line takes a while.
const TIMEOUT_MS = 60_000

const CODES: Readonly<Record<number, ErrorCode>> = {
  401: 'bad_credentials',
  403: 'forbidden',
  404: 'not_found',
  422: 'validation_failed',
  429: 'rate_limited',
}

export class ApiClient {
  readonly #access: ServerAccess
  readonly #signal: AbortSignal

  constructor(access: ServerAccess, signal: AbortSignal) {
    this.#access = access
    this.#signal = signal
  }

  /** Whatever the server answers, at a path of it or at an address that it has given; throws `unavailable` when none does. */
  async ask(method: Method, place: string, body?: unknown): Promise<Answer> {
    const { server, token } = this.#access
    const url = place.startsWith('/') ? server + place : place
    const sent = body instanceof Uint8Array ? new Blob([new Uint8Array(body)]) : JSON.stringify(body)
    const headers = {
      accept: 'application/vnd.github+json',
      authorization: `token ${token.reveal()}`,
      'user-agent': 'hookline',
      ...(body !== undefined && { 'content-type': 'application/json; charset=utf-8' }),
    }
    const signal = AbortSignal.any([this.#signal, AbortSignal.timeout(TIMEOUT_MS)])
    try {
      const response = await fetch(url, { method, headers, body: sent ?? null, signal, redirect: 'manual' })
      return { status: response.status, body: parsed(await response.text()) }
    } catch (error) {
      this.#signal.throwIfAborted()
      const said = `${server} does not answer (${reasonOf(error)}). Is the server running, and is --server right?`
      throw new AppError('unavailable', said, { cause: error })
    }
  }

  /** Throws an answer that has none of these statuses. */
  async expect(statuses: readonly number[], method: Method, path: string, body?: unknown): Promise<Answer> {
    const answer = await this.ask(method, path, body)
    if (!statuses.includes(answer.status)) throw refusal(method, path, answer)
    return answer
  }

  /** Throws what any other status than 2xx says. */
  async get(path: string): Promise<unknown> {
    return this.#succeed('GET', path)
  }

  async post(path: string, body: unknown): Promise<unknown> {
    return this.#succeed('POST', path, body)
  }

  async #succeed(method: Method, path: string, body?: unknown): Promise<unknown> {
    const answer = await this.ask(method, path, body)
    if (answer.status >= 200 && answer.status <= 299) return answer.body
    throw refusal(method, path, answer)
  }
}

/** GitHub's error as one of ours: its message, a line for each of its items, and what to do. */
export function refusal(method: string, place: string, { status, body }: Answer, advice?: string): AppError {
  const { message, errors } = isObject(body) ? body : {}
  const said = typeof message === 'string' ? message : 'no message'
  const faults = Array.isArray(errors) ? errors.map(tellItem) : []
  const code = CODES[status] ?? (status >= 500 ? 'unavailable' : 'bad_request')
  return new AppError(code, `${method} ${place} was answered ${status}: ${said}`, {
    faults: [...faults, ...(advice === undefined ? [] : [advice])],
  })
}

function tellItem(item: unknown): string {
  if (!isObject(item)) return `  ${String(item)}`
  return `  ${[item.field, item.message ?? item.code].filter(part => part !== undefined).join(': ')}`
}

function parsed(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text)
  } catch {
    return null
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = ((error as Error).cause ?? error) as NodeJS.ErrnoException
  return code ?? message
}
