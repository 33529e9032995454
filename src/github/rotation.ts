// The rotation of a hook's secret, in the JSON of our own API. No secret leaves: what is shown of one
// is its mask, and until when the one before it signs.
import { customItem, type ErrorItem, refuse } from '../errors.ts'
import type { Hook } from '../hook.ts'
import { isSame, OVERLAP_MS_DEFAULT, OVERLAP_MS_MAX, rotate, signingSecrets } from '../rotation.ts'
import { MASK, Secret } from '../secret.ts'
import { secretFaults } from './hook-body.ts'
import { timestamp } from './links.ts'

/** The route has checked the types. */
export type RotationBody = { readonly secret: string; readonly overlap_seconds?: number }

export function secretJson(hook: Hook, nowMs: number) {
  const [secret, previous] = signingSecrets(hook, nowMs)
  return {
    secret: secret ? MASK : null,
    previous_secret_until: previous && hook.previousSecret ? timestamp(hook.previousSecret.until) : null,
  }
}

/** What the hook is to be. Throws `validation_failed` with an item for each value that cannot be used. */
export function readRotation(
  { secret: text, overlap_seconds: seconds = OVERLAP_MS_DEFAULT / 1000 }: RotationBody,
  hook: Hook,
  nowMs: number,
): Pick<Hook, 'config' | 'previousSecret'> {
  const secret = new Secret(text)
  const faults = [...newSecretFaults(secret, hook), ...overlapFaults(seconds)]
  refuse(faults)
  return rotate(hook, secret, seconds * 1000, nowMs)
}

// The hook's own secret again is a request that was sent twice: done a second time, it would end the
// overlap of the first.
function newSecretFaults(secret: Secret, { config }: Hook): readonly ErrorItem[] {
  if (secret.reveal() === '') return [customItem('Hook', 'secret must not be empty', 'secret')]
  if (isSame(secret, config.secret)) return [{ resource: 'Hook', code: 'already_exists', field: 'secret' }]
  return secretFaults(secret.reveal())
}

function overlapFaults(seconds: number): readonly ErrorItem[] {
  const most = OVERLAP_MS_MAX / 1000
  return seconds >= 0 && seconds <= most
    ? []
    : [customItem('Hook', `overlap_seconds must be from 0 to ${most}`, 'overlap_seconds')]
}
