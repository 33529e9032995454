// Starts the receiver for a command: what its port or its file is not good for is told in a
// sentence. The receiver itself knows nothing of flags.
import { type Receiver, type ReceiverOptions, startReceiver } from '../../receiver/server.ts'
import { explainListening } from '../app/listen.ts'
import { AppError } from '../errors.ts'

export type { Receiver } from '../../receiver/server.ts'

type Options = ReceiverOptions & { readonly host: string }

export async function openReceiver(options: Options, portFlag: string): Promise<Receiver> {
  try {
    return await startReceiver(options)
  } catch (error) {
    const { code, syscall, message } = error as NodeJS.ErrnoException
    if (code === 'ERR_SQLITE_ERROR' || syscall === 'mkdir') {
      const reason = `The file ${options.dataFile} cannot be used (${message}). Choose another with --data.`
      throw new AppError('misconfigured', reason, { cause: error })
    }
    throw explainListening(error, { host: options.host, port: options.port, portFlag })
  }
}
