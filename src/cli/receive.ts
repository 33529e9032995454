// `hookline receive`: the receiver of the tutorial on its own, for GitHub's webhooks or ours. With
// --backfill it first counts the issues that were there before the webhook.
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { styleText } from 'node:util'
import { backfill } from '../../receiver/backfill.ts'
import { RECEIVE_SETTINGS, type ReceiveConfig, readConfig } from '../app/config.ts'
import { type Command, untilStopped } from './command.ts'
import { Progress } from './progress.ts'
import { openReceiver, type Receiver } from './receiver.ts'
import { timeOf } from './time.ts'

export const receive: Command = {
  name: 'receive',
  summary: 'a receiver that draws how many issues a repository gets per day',
  settings: RECEIVE_SETTINGS,
  examples: [
    {
      line: 'HOOKLINE_SECRET=… hookline receive',
      says: 'For a webhook with that secret, at http://127.0.0.1:4567/payload.',
    },
    {
      line: 'hookline receive --backfill octocat/hello-world --server https://api.github.com',
      says: 'Begins with the issues that the repository has already.',
    },
  ],
  async run(flags, signal) {
    const config = readConfig(RECEIVE_SETTINGS, flags)
    const progress = new Progress(`Issues of ${config.backfill}`)
    const receiver = await start(config, progress)
    try {
      console.log(`The receiver’s page is ${styleText('bold', receiver.url)}`)
      console.log(`Deliveries come to ${receiver.url}${config.path}`)
      if (config.backfill) await fill(config.backfill, { config, progress, receiver, signal })
      await untilStopped(signal)
    } finally {
      await receiver.close()
    }
  },
}

/** Deliveries may come while the progress is drawn: their lines go by the same way. */
function start({ port, host, path, secret, data }: ReceiveConfig, progress: Progress): Promise<Receiver> {
  const log = (line: string) => progress.say(`${styleText('dim', timeOf(new Date()))}  ${line}`)
  const options = { port, host, path, secret: secret?.reveal(), dataFile: fileIn(data), log }
  return openReceiver(options, '--port')
}

/** HOOKLINE_DATA may name the server's folder: then the receiver's file lies in there. */
function fileIn(path: string): string {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ? join(path, 'receiver.db') : path
}

type Filling = {
  readonly config: ReceiveConfig
  readonly progress: Progress
  readonly receiver: Receiver
  readonly signal: AbortSignal
}

/** A failure is told, and no more: deliveries must not be lost for it. */
async function fill(repository: string, { config, progress, receiver, signal }: Filling): Promise<void> {
  try {
    const { issues } = await backfill({
      repository,
      server: config.server,
      token: config.token?.reveal(),
      memory: receiver.memory,
      signal,
      onProgress: ({ page, pages, issues }) => progress.show(page, pages, `${issues} found`),
      onWait: ({ until, reason }) => progress.say(`${reason}. Asking again at ${timeOf(until)}.`),
    })
    progress.say(`${issues} issues of ${repository} are counted.`)
  } catch (error) {
    if (signal.aborted) return
    const failure = `Not all issues of ${repository} are counted: ${(error as Error).message}. Deliveries are.`
    progress.say(styleText('yellow', failure))
  }
}
