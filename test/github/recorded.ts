// Payloads that GitHub really sent, from `@octokit/webhooks-examples`: most of 2019, some newer,
// and with keys that the package appended to old ones so that they fit its schemas.
import { createRequire } from 'node:module'

export type Recorded = Readonly<Record<string, unknown>>

type Examples = readonly { readonly name: string; readonly examples: readonly Recorded[] }[]

const examples: Examples = createRequire(import.meta.url)('@octokit/webhooks-examples')

/** All recordings, named `event.action` or `event`. */
export const recordings: readonly { readonly name: string; readonly payload: Recorded }[] = examples.flatMap(
  ({ name, examples }) =>
    examples.map(payload => ({ name: payload.action ? `${name}.${payload.action}` : name, payload })),
)

export function firstRecording(name: string): Recorded {
  const found = recordings.find(recording => recording.name === name)
  if (!found) throw new Error(`there is no recording of ${name}`)
  return found.payload
}
