// Why a port could not be listened on, in a sentence that says what to do.
import { AppError } from '../errors.ts'

export type Place = {
  readonly host: string
  readonly port: number
  /** The flag that chooses another port. */
  readonly portFlag: string
}

/** The error to throw in place of the system's; one that is not about listening comes back as it is. */
export function explainListening(error: unknown, { host, port, portFlag }: Place): unknown {
  const reason = reasonOf((error as NodeJS.ErrnoException).code, host, port, portFlag)
  return reason ? new AppError('misconfigured', reason, { cause: error }) : error
}

function reasonOf(
  code: string | undefined,
  host: string,
  port: number,
  portFlag: string,
): string | undefined {
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is taken by another program. End that, or choose another port with ${portFlag}.`
    case 'EACCES':
      return `Port ${port} may not be used by this user. Choose one above 1023 with ${portFlag}.`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${host} is not an address of this machine (${code}). Give one of its own with --host.`
    default:
      return undefined
  }
}
