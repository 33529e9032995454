// The program `hookline`: reads the command line, runs the command, and is the only place that
// exits. The first signal asks the command to stop, a second one does not wait for it.
import { constants } from 'node:os'
import { inspect, styleText } from 'node:util'
import { isDebugging } from '../app/config.ts'
import { readVersion } from '../app/version.ts'
import { AppError } from '../errors.ts'
import { parseArguments, UsageError } from './arguments.ts'
import { COMMANDS } from './commands.ts'
import { DONE, exitCodeOf } from './exit-code.ts'
import { synopsisOf, usageOf, usageOfAll } from './usage.ts'

// A terminal sends Ctrl-C to all of its processes and npm passes its own on, so that one press
// arrives up to three times. What comes this soon after the first is an echo of it.
const ECHO_MS = 300

process.exit(await main(process.argv.slice(2)))

async function main(args: readonly string[]): Promise<number> {
  const signal = stopSignal()
  try {
    const asked = parseArguments(args, COMMANDS)
    if (asked.kind === 'version') console.log(readVersion())
    else if (asked.kind === 'help') console.log(usage(asked.command))
    else await asked.command.run(asked.flags, signal)
    return DONE
  } catch (error) {
    // Broken off because we were asked to stop: that is no failure.
    if (signal.aborted && (error as Error).name === 'AbortError') return DONE
    console.error(explain(error))
    return exitCodeOf(error)
  }
}

function usage(command: (typeof COMMANDS)[number] | null): string {
  return command ? usageOf(command) : usageOfAll(COMMANDS, readVersion())
}

function stopSignal(): AbortSignal {
  const stopping = new AbortController()
  let askedAtMs = 0
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (!stopping.signal.aborted) {
        askedAtMs = performance.now()
        // The terminal has written ^C.
        if (name === 'SIGINT' && process.stdout.isTTY) console.log()
        stopping.abort()
      } else if (performance.now() - askedAtMs > ECHO_MS) {
        process.exit(128 + constants.signals[name])
      }
    })
  }
  return stopping.signal
}

function explain(error: unknown): string {
  if (error instanceof UsageError) return `${complaint(error.message)}\n\n${shortUsage(error)}`
  // With its stack and its causes.
  if (isDebugging()) return complaint(inspect(error))
  if (error instanceof AppError) return complaint([error.message, ...error.faults].join('\n'))
  const said = error instanceof Error ? error.message : String(error)
  return complaint(`${said}\nThis was not expected. With HOOKLINE_DEBUG=1 it shows where it came from.`)
}

function shortUsage({ command }: UsageError): string {
  if (!command) return usageOfAll(COMMANDS, readVersion())
  return `Usage: ${synopsisOf(command)}\nhookline ${command.name} --help tells its flags.`
}

function complaint(text: string): string {
  return `${styleText('red', 'hookline:', { stream: process.stderr })} ${text}`
}
