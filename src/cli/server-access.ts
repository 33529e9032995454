// Which server a command speaks to, and as whom: what the flags and the environment say, else the server that
// runs on this machine and has left its address and a token in its data folder.
import { findRunningAccess } from '../app/local-access.ts'
import { AppError } from '../errors.ts'
import { Secret } from '../secret.ts'

const DEFAULT_SERVER = 'http://127.0.0.1:3000'

export type ServerAccess = { readonly server: string; readonly token: Secret }

type Given = { readonly server: string | null; readonly token: Secret | null; readonly data: string }

/** Throws `misconfigured` when there is no token to be had. The local one goes to the local server alone. */
export function serverAccess({ server, token, data }: Given): ServerAccess {
  const local = findRunningAccess(data)
  const chosen = server ?? local?.url ?? DEFAULT_SERVER
  if (token) return { server: chosen, token }
  if (local && isSameServer(local.url, chosen)) return { server: chosen, token: new Secret(local.token) }
  throw new AppError(
    'misconfigured',
    `There is no token for ${chosen}. Give one in HOOKLINE_TOKEN, or name with --data the folder of a server that runs here.`,
  )
}

function isSameServer(one: string, other: string): boolean {
  return originOf(one) === originOf(other)
}

function originOf(url: string): string {
  const { protocol, hostname, port } = new URL(url)
  return `${protocol}//${hostname === 'localhost' ? '127.0.0.1' : hostname}:${port}`
}
