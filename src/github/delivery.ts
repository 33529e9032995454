// Attempts in GitHub's JSON, where each is called a delivery. A list tells what came of it; one
// alone also shows what was sent and what came back.
import { isObject } from '../base/is-object.ts'
import type { Attempt, AttemptResponse, AttemptSummary, HeaderList } from '../delivery.ts'
import { MASK } from '../secret.ts'
import type { Rest } from './openapi.ts'

/** An item of a list. GitHub's has a `url`, which its description leaves out and which is empty. */
export function deliveryItemJson(attempt: AttemptSummary): Rest['hook-delivery-item'] & { url: string } {
  return summary(attempt, '')
}

/** One delivery. `url` is where it was sent to; `payload` is the bytes that were sent; null when retention has dropped them. */
export function deliveryJson(attempt: Attempt, payload: Uint8Array | null): Rest['hook-delivery'] {
  return {
    ...summary(attempt, attempt.request.url),
    request: { headers: requestHeaders(attempt.request.headers), payload: payload && parsed(payload) },
    response: responseJson(attempt.response),
  }
}

function summary(attempt: AttemptSummary, url: string) {
  return {
    id: attempt.id,
    guid: attempt.guid,
    delivered_at: attempt.startedAt.toISOString(),
    redelivery: attempt.redelivery,
    duration: Math.round(attempt.tookMs / 10) / 100,
    status: attempt.status,
    status_code: attempt.statusCode,
    event: attempt.event,
    action: attempt.action,
    installation_id: attempt.installationId,
    repository_id: attempt.repositoryId,
    url,
    throttled_at: null,
  }
}

const NOT_SHOWN = new Set(['host', 'content-length'])

// GitHub shows signatures. Beside the payload they would let whoever may only read hooks play
// that message to the receiver again, so ours are masked: that it was signed can still be seen.
const SIGNATURE = /^(?:x-hub-signature(?:-256)?|x-hookline-previous-signature-256|webhook-signature)$/

function requestHeaders(headers: HeaderList): Record<string, string> {
  const shown = headers
    .map(([name, value]) => ({ name, key: name.toLowerCase(), value }))
    .filter(({ key }) => !NOT_SHOWN.has(key))
    .sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)))
    .map(({ name, key, value }) => [name, SIGNATURE.test(key) ? maskedDigests(value) : value] as const)
  return joined(shown)
}

/** `sha256=757107…` becomes `sha256=********`, and `v1,K5oZf… v1,hnO3f…` becomes `v1,******** v1,********`. */
function maskedDigests(value: string): string {
  return value.replace(/(?<=^sha\d+=|(?:^| )v1,)\S+/g, MASK)
}

function responseJson(response: AttemptResponse | null): Rest['hook-delivery']['response'] {
  if (response === null) return { headers: null, payload: null }
  return {
    headers: joined(response.headers),
    payload: response.body && new TextDecoder().decode(response.body),
  }
}

/** A header that came several times is one line in JSON, its values joined as RFC 9110, 5.3 has it. */
function joined(headers: HeaderList): Record<string, string> {
  const values = new Map<string, string>()
  for (const [name, value] of headers) {
    const before = values.get(name)
    values.set(name, before === undefined ? value : `${before}, ${value}`)
  }
  return Object.fromEntries(values)
}

/** Parsed to look at, never to send again. Null when it is no JSON object after all. */
function parsed(payload: Uint8Array): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(payload))
    return isObject(value) ? value : null
  } catch {
    return null
  }
}
