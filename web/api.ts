// The public API, as the browser speaks it: with the session's cookie. What GitHub refuses is an `ApiError`
// with its message and items; no answer at all is one, too, with status 0.
import { BASE } from './base.ts'

export type ErrorItem = {
  readonly resource?: string
  readonly code: string
  readonly field?: string
  readonly message?: string
}

export class ApiError extends Error {
  readonly status: number
  readonly items: readonly ErrorItem[]
  readonly retryAfterSeconds: number | null

  constructor(
    status: number,
    message: string,
    items: readonly ErrorItem[] = [],
    retryAfterSeconds: number | null = null,
  ) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.items = items
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** `next` and `prev` are addresses to be given to `getPage`, or null. */
export type Page<Item> = {
  readonly items: readonly Item[]
  readonly next: string | null
  readonly prev: string | null
}

export async function get<Body>(path: string, signal?: AbortSignal): Promise<Body> {
  const response = await call('GET', path, undefined, signal)
  return response.json() as Promise<Body>
}

export async function getPage<Item>(path: string, signal?: AbortSignal): Promise<Page<Item>> {
  const response = await call('GET', path, undefined, signal)
  const items = (await response.json()) as Item[]
  const links = linksIn(response.headers.get('link') ?? '')
  return { items, next: links.get('next') ?? null, prev: links.get('prev') ?? null }
}

/** Whether there is such a thing: GitHub answers 204 or 404. */
export async function has(path: string, signal?: AbortSignal): Promise<boolean> {
  try {
    await call('GET', path, undefined, signal)
    return true
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return false
    throw error
  }
}

/** Gives undefined for an answer without a body. */
export async function send<Body>(
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<Body> {
  const response = await call(method, path, body)
  const text = await response.text()
  return (text === '' ? undefined : JSON.parse(text)) as Body
}

/** Somebody else may be faster, in another tab: then it is gone, which is what was wanted. */
export async function remove(path: string): Promise<void> {
  try {
    await call('DELETE', path)
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error
  }
}

async function call(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
  let response: Response
  try {
    response = await fetch(addressOf(path), {
      method,
      headers: {
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ?? null,
    })
  } catch (error) {
    if (signal?.aborted) throw error
    throw new ApiError(0, 'The server did not answer')
  }
  if (response.ok) return response
  throw await errorFrom(response)
}

// Links in answers carry the address by which this page came.
function addressOf(path: string): string {
  if (!path.startsWith('/')) return path
  return `${BASE}${path}`
}

async function errorFrom(response: Response): Promise<ApiError> {
  const told = await response.json().catch(() => ({}))
  const { message = response.statusText, errors = [] } = told as { message?: string; errors?: ErrorItem[] }
  const retryAfter = Number(response.headers.get('retry-after'))
  return new ApiError(response.status, message, Array.isArray(errors) ? errors : [], retryAfter || null)
}

function linksIn(header: string): Map<string, string> {
  const found = header.matchAll(/<([^>]+)>;\s*rel="([^"]+)"/g)
  return new Map([...found].map(([, address = '', relation = '']) => [relation, address]))
}
