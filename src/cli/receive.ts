// `hookline receive`: the receiver of the tutorial on its own, for GitHub's webhooks or ours. With
// --backfill it first counts the issues that were there before the webhook.
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { styleText } from 'node:util'
import { backfill } from '../../receiver/backfill.ts'
import { type Receiver, startReceiver } from '../../receiver/server.ts'
import { RECEIVE_SETTINGS, type ReceiveConfig, readConfig } from '../app/config.ts'
import { explainListening } from '../app/listen.ts'
import { AppError } from '../errors.ts'
import { type Command, untilStopped } from './command.ts'
import { Progress } from './progress.ts'
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
    const receiver = await start(config)
    try {
      console.log(`The receiver’s page is ${styleText('bold', receiver.url)}`)
      console.log(`Deliveries come to ${receiver.url}${config.path}`)
      if (config.backfill) await fill(config.backfill, config, receiver, signal)
      await untilStopped(signal)
    } finally {
      await receiver.close()
    }
  },
}

async function start(config: ReceiveConfig): Promise<Receiver> {
  const dataFile = fileIn(config.data)
  try {
    return await startReceiver({
      port: config.port,
      host: config.host,
      path: config.path,
      secret: config.secret?.reveal(),
      dataFile,
      log: line => console.log(`${styleText('dim', timeOf(new Date()))}  ${line}`),
    })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const place = { host: config.host, port: config.port, portFlag: '--port' }
    if (code === 'ERR_SQLITE_ERROR' || isOfFolder(error)) {
      const reason = `The file ${dataFile} cannot be used (${message}). Choose another with --data.`
      throw new AppError('misconfigured', reason, { cause: error })
    }
    throw explainListening(error, place)
  }
}

/** HOOKLINE_DATA may name the server's folder: then the receiver's file lies in there. */
function fileIn(path: string): string {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ? join(path, 'receiver.db') : path
}

function isOfFolder(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).syscall === 'mkdir'
}

/** A failure is told, and no more: deliveries must not be lost for it. */
async function fill(
  repository: string,
  { server, token }: ReceiveConfig,
  { memory }: Receiver,
  signal: AbortSignal,
): Promise<void> {
  const progress = new Progress(`Issues of ${repository}`)
  try {
    const { issues } = await backfill({
      repository,
      server,
      token: token?.reveal(),
      memory,
      signal,
      onProgress: ({ page, pages, issues }) => progress.show(page, pages, `${issues} found`),
      onWait: ({ until, reason }) => progress.say(`${reason}. Asking again at ${timeOf(until)}.`),
    })
    progress.say(`${issues} issues of ${repository} are counted.`)
  } catch (error) {
    if (signal.aborted) return
    const { message } = error as Error
    progress.say(
      styleText('yellow', `Not all issues of ${repository} are counted: ${message}. Deliveries are.`),
    )
  }
}
