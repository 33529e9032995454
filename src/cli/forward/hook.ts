// The hook that a forwarder makes for itself by the API: GitHub's, or Hookline's, which knows it again by its
// name. Failures become errors of the catalogue, so that the exit code says what the trouble is.
import { AppError, type ErrorCode } from '../../errors.ts'
import type { Secret } from '../../secret.ts'

export type Wanted = {
  readonly server: string
  readonly token: Secret
  readonly target: { readonly kind: 'repos' | 'orgs'; readonly name: string }
  readonly events: readonly string[]
  readonly secret: Secret | null
  readonly name: string
}

export type MadeHook = {
  /** Of the hook, for what is done to it later. */
  readonly url: string
  readonly lineUrl: string
  /** The server keeps what happens while nobody is connected. Without it, it is GitHub, which does not. */
  readonly remembers: boolean
}

// An answer of a server that is well takes milliseconds.
const TIMEOUT_MS = 30_000

const CODES: Readonly<Record<number, ErrorCode>> = {
  400: 'bad_request',
  401: 'bad_credentials',
  403: 'forbidden',
  404: 'not_found',
  422: 'validation_failed',
  429: 'rate_limited',
}

/** Whether it is Hookline, which says so to everybody. */
export async function remembersDeliveries({ server, token }: Wanted, signal: AbortSignal): Promise<boolean> {
  const response = await call({ method: 'GET', url: `${server}/meta`, token, signal })
  const meta: unknown = response.ok ? await response.json().catch(() => null) : null
  return typeof meta === 'object' && meta !== null && 'hookline_version' in meta
}

export async function makeHook(wanted: Wanted, remembers: boolean, signal: AbortSignal): Promise<MadeHook> {
  const { server, token, target, events, secret, name } = wanted
  const config = {
    content_type: 'json',
    insecure_ssl: '0',
    url: '',
    ...(secret && { secret: secret.reveal() }),
  }
  // GitHub refuses keys that it does not know. There, events begin once somebody is connected.
  const body = { name: 'cli', events, active: remembers, config, ...(remembers && { forwarder: name }) }
  const response = await call({
    method: 'POST',
    url: `${server}/${target.kind}/${target.name}/hooks`,
    token,
    signal,
    body,
  })
  if (!response.ok) throw await failureOf(response, wanted)
  const made = (await response.json()) as { readonly url?: unknown; readonly ws_url?: unknown }
  if (typeof made.url !== 'string' || typeof made.ws_url !== 'string') {
    throw new AppError('unsupported', `${server} has made the hook and does not say where to connect to.`)
  }
  return { url: made.url, lineUrl: made.ws_url, remembers }
}

export async function activateHook(wanted: Wanted, { url }: MadeHook, signal: AbortSignal): Promise<void> {
  const response = await call({
    method: 'PATCH',
    url,
    token: wanted.token,
    signal,
    body: { active: true },
  })
  if (!response.ok) throw await failureOf(response, wanted)
}

/** Our own alone; one that is gone already is as good. Never throws. */
export async function deleteHook({ token }: Wanted, { url }: MadeHook): Promise<void> {
  await call({ method: 'DELETE', url, token, signal: AbortSignal.timeout(5_000) }).catch(() => {})
}

type Call = {
  readonly method: string
  readonly url: string
  readonly token: Secret
  readonly signal: AbortSignal
  readonly body?: object
}

async function call({ method, url, token, signal, body }: Call): Promise<Response> {
  const deadline = AbortSignal.timeout(TIMEOUT_MS)
  try {
    return await fetch(url, {
      method,
      redirect: 'manual',
      headers: {
        accept: 'application/vnd.github+json',
        authorization: `token ${token.reveal()}`,
        'user-agent': 'hookline-forward',
        ...(body && { 'content-type': 'application/json; charset=utf-8' }),
      },
      signal: AbortSignal.any([signal, deadline]),
      ...(body && { body: JSON.stringify(body) }),
    })
  } catch (error) {
    if (signal.aborted) throw error
    const { origin } = new URL(url)
    const cause = (error as { readonly cause?: { readonly code?: string } }).cause
    const why = deadline.aborted
      ? 'does not answer'
      : `cannot be reached (${cause?.code ?? (error as Error).message})`
    throw new AppError('unavailable', `${origin} ${why}. Is the server running, and is --server right?`, {
      cause: error,
    })
  }
}

async function failureOf(response: Response, { server, target }: Wanted): Promise<AppError> {
  const { status } = response
  const told = (await response.json().catch(() => null)) as {
    readonly message?: string
    readonly errors?: readonly { readonly message?: string }[]
  } | null
  const details = (told?.errors ?? []).flatMap(({ message }) => message ?? [])
  const code = CODES[status] ?? (status >= 500 ? 'unavailable' : 'conflict')
  const said = [`${server} answers ${status}: ${told?.message ?? response.statusText}`, ...details].join('\n')
  return new AppError(code, `${said}\n${adviceOf(status, target.name)}`.trim())
}

function adviceOf(status: number, name: string): string {
  switch (status) {
    case 401:
      return 'The token is not one of this server’s: give another in HOOKLINE_TOKEN.'
    case 403:
    case 404:
      return `Forwarding needs an administrator of ${name}, and a token with the scope write:repo_hook (admin:org_hook for an organization).`
    default:
      return ''
  }
}
