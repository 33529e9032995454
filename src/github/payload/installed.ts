// `installation`, the last key of what an App's hook is sent, and of that alone: the stored payload is one
// for all hooks, so it is put in where the bytes are signed and sent, and again where they are shown. The
// rest of the bytes stays as it is.
import { sliceMember } from '../../base/json-slice.ts'
import { ABOUT_THE_INSTALLATION } from '../../event.ts'
import { nodeId } from '../links.ts'

/** Always the same bytes for the same delivery. */
export function withInstallation(
  payload: Uint8Array,
  { event, installationId }: { readonly event: string; readonly installationId: number | null },
): Uint8Array {
  if (installationId === null || ABOUT_THE_INSTALLATION.has(event)) return payload
  const value = Buffer.from(
    JSON.stringify({ id: installationId, node_id: nodeId('IntegrationInstallation', installationId) }),
  )
  // One that was published with it tells of somebody else's installation.
  const foreign = sliceMember(payload, 0, 'installation')
  if (foreign) return concat(payload.subarray(0, foreign.start), value, payload.subarray(foreign.end))

  const end = payload.lastIndexOf(CLOSE_BRACE)
  const comma = hasMembers(payload, end) ? ',' : ''
  return concat(
    payload.subarray(0, end),
    Buffer.from(`${comma}"installation":`),
    value,
    payload.subarray(end),
  )
}

const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const SPACE = 0x20

/** Whether there is anything but whitespace between the braces. */
function hasMembers(payload: Uint8Array, end: number): boolean {
  let at = end - 1
  while (at > 0 && (payload[at] ?? 0) <= SPACE) at--
  return payload[at] !== OPEN_BRACE
}

// A buffer of its own, since it may be handed to another thread.
function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = Buffer.allocUnsafeSlow(parts.reduce((sum, { byteLength }) => sum + byteLength, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.byteLength
  }
  return whole
}
