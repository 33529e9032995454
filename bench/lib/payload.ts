// What is sent: an `issues` event as GitHub sent it, fitted to a size. Real text, so that whoever
// compresses gains what there is to gain. It begins with the time at which it was published.
import { firstRecording } from '../../test/github/recorded.ts'

// GitHub's `issues` payloads are 9 to 18 KB with an organization; 7 KB is the mean of all the
// recorded ones.
export const PAYLOAD_BYTES = 7 * 1024

const STAMP = '0'.repeat(16)
const START = '{"sent_at":"'

/** A copy of its own for each event. `sentAtMicros` is on the machine's clock: see `nowMicros`. */
export function payloadOf(template: Uint8Array, sentAtMicros = nowMicros()): Buffer {
  const payload = Buffer.from(template)
  payload.write(String(sentAtMicros).padStart(STAMP.length, '0'), START.length, 'latin1')
  return payload
}

/** When this payload was published, in `nowMicros`. The first bytes are enough to tell. */
export function sentAtMicros(payload: Buffer): number {
  return Number(payload.toString('latin1', START.length, START.length + STAMP.length))
}

/** One clock for every process on the machine, and none that is ever set. */
export function nowMicros(): number {
  return Number(process.hrtime.bigint() / 1000n)
}

export function payloadTemplate(bytes = PAYLOAD_BYTES): Buffer {
  const { action, issue, sender, repository } = firstRecording('issues.opened') as {
    action: string
    issue: object
    sender: object
    repository: Readonly<Record<string, unknown>>
  }
  const build = (body: string) => {
    const { id, name, full_name } = repository
    const told = { action, issue: { ...issue, body }, repository: { id, name, full_name }, sender }
    return Buffer.from(`${START}${STAMP}",${JSON.stringify(told).slice(1)}`)
  }
  // Words of the payload itself, without what JSON would escape.
  const words = JSON.stringify(repository).replace(/[^\w ./:-]+/g, ' ')
  const missing = bytes - build('').byteLength
  if (missing < 0) throw new Error(`an issues payload has ${-missing} bytes more than ${bytes}`)
  return build(words.repeat(Math.ceil(missing / words.length)).slice(0, missing))
}
