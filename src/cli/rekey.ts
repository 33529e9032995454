// `hookline rekey`: another key for the secrets of the embedded store, while the server is stopped.
import { REKEY_SETTINGS, readConfig } from '../app/config.ts'
import { systemClock } from '../base/clock.ts'
import { rekey as rekeyStore } from '../store/rekey.ts'
import type { Command } from './command.ts'

export const rekey: Command = {
  name: 'rekey',
  summary: 'another key for the webhook secrets that a stopped server keeps',
  settings: REKEY_SETTINGS,
  examples: [{ line: 'hookline rekey', says: 'Run again, it goes on from where it was broken off.' }],
  async run(flags) {
    const { data } = readConfig(REKEY_SETTINGS, flags)
    const { keyId, secrets } = await rekeyStore(data, systemClock)
    console.log(
      `${secrets} ${secrets === 1 ? 'secret is' : 'secrets are'} sealed anew, with the key ${keyId}.`,
    )
    console.log(
      'No other key is left in secret.key. A backup from before is opened by its own .key file alone.',
    )
  },
}
