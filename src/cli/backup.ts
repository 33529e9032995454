// `hookline backup`: a copy of all that the embedded store remembers, while the server runs or not.
import { styleText } from 'node:util'
import { BACKUP_SETTINGS, readConfig } from '../app/config.ts'
import { backUp, keyFileOf } from '../store/backup.ts'
import { UsageError } from './arguments.ts'
import type { Command } from './command.ts'
import { Progress } from './progress.ts'
import { timeOf } from './time.ts'

export const backup: Command = {
  name: 'backup',
  summary: 'a copy of all that a server remembers, while it runs or not',
  settings: BACKUP_SETTINGS,
  argument: 'file',
  examples: [
    {
      line: 'hookline backup /backups/hookline.db',
      says: 'Its keys for secrets are in hookline.db.key then.',
    },
  ],
  async run(flags, signal) {
    const { file, data } = readConfig(BACKUP_SETTINGS, flags)
    if (file === null) throw new UsageError('Which file is the backup to be written to?', backup)
    const begun = timeOf(new Date())
    const progress = new Progress('Copying')
    const onProgress = (done: number, total: number) =>
      progress.show(done, total, `${Math.floor((100 * done) / total)} %`)
    const bytes = await backUp(data, file, { signal, onProgress })
    progress.say(
      `${styleText('bold', file)} has all that was accepted until ${begun}: ${megabytes(bytes)}, checked.`,
    )
    console.log(
      `${styleText('bold', keyFileOf(file))} opens the webhook secrets in it. ` +
        'Keep the two apart: who has both can read the secrets, who has lost this one cannot.',
    )
  },
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}
