// One POST: the body in the hook's form, GitHub's headers, both signatures, and what came of it.
import type { AttemptRequest, HeaderList, Outcome, ReadyDelivery } from '../delivery.ts'
import type { Sender } from '../egress/send.ts'
import { AppError } from '../errors.ts'
import { withInstallation } from '../github/payload/installed.ts'
import type { Hook, TargetKind } from '../hook.ts'
import { signingSecrets } from '../rotation.ts'
import { sign } from '../signature.ts'
import { standardHeaders } from '../standard-webhook.ts'
import { formBody } from './form.ts'

const MEDIA_TYPE = { json: 'application/json', form: 'application/x-www-form-urlencoded' } as const

// GitHub's words: an App's is recorded, the site's is by analogy with its enterprises.
const TARGET_TYPE: Readonly<Record<TargetKind, string>> = {
  repository: 'repository',
  organization: 'organization',
  site: 'business',
  app: 'integration',
}

export type Attempted = { readonly request: AttemptRequest; readonly outcome: Outcome }

/** Never throws for the destination's faults. `userAgent` is `GitHub-Hookshot/` and seven digits. */
export async function attempt(
  delivery: ReadyDelivery,
  hook: Hook,
  sender: Pick<Sender, 'send'>,
  { userAgent, startedAt, signal }: Sending & { readonly signal: AbortSignal },
): Promise<Attempted> {
  const { url, contentType, insecureSsl } = hook.config
  const { timeoutMs } = hook.policy
  if (!delivery.payload) throw new Error(`delivery ${delivery.id} has no payload to send`)
  const payload = withInstallation(delivery.payload, delivery)
  const body = contentType === 'form' ? formBody(payload) : payload
  const headers = headersOrRefusal(() => headersOf(delivery, hook, body, { userAgent, startedAt }))
  if ('kind' in headers) return { request: { url, contentType, headers: [] }, outcome: headers }
  const outcome = await sender.send({
    method: 'POST',
    url,
    headers,
    body,
    insecureSsl,
    timeoutMs,
    signal,
  })
  return { request: { url, contentType, headers }, outcome }
}

// A secret that cannot be opened is the hook's trouble, which its owner has to see, and no fault of ours.
function headersOrRefusal(make: () => HeaderList): HeaderList | Extract<Outcome, { kind: 'refused' }> {
  try {
    return make()
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { kind: 'refused', reason: error.message, tookMs: 0 }
  }
}

type Sending = { readonly userAgent: string; readonly startedAt: Date }

// Alphabetically, which is also the order in which GitHub shows them.
function headersOf(
  delivery: ReadyDelivery,
  hook: Hook,
  body: Uint8Array,
  { userAgent, startedAt }: Sending,
): HeaderList {
  const secrets = signingSecrets(hook, startedAt.getTime())
  const [secret, previous] = secrets
  const headers: HeaderList[number][] = [
    ['Accept', '*/*'],
    ['Content-Type', MEDIA_TYPE[hook.config.contentType]],
    ['User-Agent', userAgent],
    ['X-GitHub-Delivery', delivery.guid],
    ['X-GitHub-Event', delivery.event],
    ['X-GitHub-Hook-ID', String(hook.id)],
    ['X-GitHub-Hook-Installation-Target-ID', String(hook.target.id)],
    ['X-GitHub-Hook-Installation-Target-Type', TARGET_TYPE[hook.target.kind]],
  ]
  // GitHub's headers have room for one signature: the new secret's.
  if (previous) headers.push(['X-Hookline-Previous-Signature-256', sign(previous, body).sha256])
  if (secret) {
    const { sha1, sha256 } = sign(secret, body)
    headers.push(['X-Hub-Signature', sha1], ['X-Hub-Signature-256', sha256])
  }
  if (hook.standardWebhooks) {
    headers.push(...standardHeaders({ guid: delivery.guid, atMs: startedAt.getTime(), body, secrets }))
  }
  return headers
}
