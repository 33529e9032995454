// The hook that a forwarder makes for itself by the API: GitHub's, or Hookline's, which knows it again by its
// name. Failures become errors of the catalogue, so that the exit code says what the trouble is.
import { isObject } from '../../base/is-object.ts'
import { AppError } from '../../errors.ts'
import type { Secret } from '../../secret.ts'
import { ApiClient, refusal } from '../api-client.ts'

// The command is about to end.
const LAST_WORD_MS = 5_000

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

/** Whether it is Hookline, which says so to everybody. */
export async function remembersDeliveries(wanted: Wanted, signal: AbortSignal): Promise<boolean> {
  const { status, body } = await new ApiClient(wanted, signal).ask('GET', '/meta')
  return status === 200 && isObject(body) && 'hookline_version' in body
}

export async function makeHook(wanted: Wanted, remembers: boolean, signal: AbortSignal): Promise<MadeHook> {
  const { server, target, events, secret, name } = wanted
  const config = {
    content_type: 'json',
    insecure_ssl: '0',
    url: '',
    ...(secret && { secret: secret.reveal() }),
  }
  // GitHub refuses keys that it does not know. There, events begin once somebody is connected.
  const body = { name: 'cli', events, active: remembers, config, ...(remembers && { forwarder: name }) }
  const made = await change(wanted, signal, 'POST', `/${target.kind}/${target.name}/hooks`, body)
  if (!isObject(made) || typeof made.url !== 'string' || typeof made.ws_url !== 'string') {
    throw new AppError('unsupported', `${server} has made the hook and does not say where to connect to.`)
  }
  return { url: made.url, lineUrl: made.ws_url, remembers }
}

export async function activateHook(wanted: Wanted, { url }: MadeHook, signal: AbortSignal): Promise<void> {
  await change(wanted, signal, 'PATCH', url, { active: true })
}

/** Our own alone; one that is gone already is as good. Never throws. */
export async function deleteHook(wanted: Wanted, { url }: MadeHook): Promise<void> {
  await new ApiClient(wanted, AbortSignal.timeout(LAST_WORD_MS)).ask('DELETE', url).catch(() => {})
}

async function change(
  wanted: Wanted,
  signal: AbortSignal,
  method: 'POST' | 'PATCH',
  place: string,
  body: object,
): Promise<unknown> {
  const answer = await new ApiClient(wanted, signal).ask(method, place, body)
  if (answer.status >= 200 && answer.status <= 299) return answer.body
  throw refusal(method, place, answer, adviceOf(answer.status, wanted.target.name))
}

function adviceOf(status: number, name: string): string | undefined {
  switch (status) {
    case 401:
      return 'The token is not one of this server’s: give another in HOOKLINE_TOKEN.'
    case 403:
    case 404:
      return `Forwarding needs an administrator of ${name}, and a token with the scope write:repo_hook (admin:org_hook for an organization).`
    default:
      return undefined
  }
}
