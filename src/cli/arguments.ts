// Reads the command line: which command, and its flags as texts. What the texts mean is the
// configuration's business (app/config.ts).
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { type Flags, flagOf, type Settings } from '../app/config.ts'
import type { Command } from './command.ts'

export type Asked =
  | { readonly kind: 'run'; readonly command: Command; readonly flags: Flags }
  | { readonly kind: 'help'; readonly command: Command | null }
  | { readonly kind: 'version' }

/** The command line itself is wrong: answered with the usage. */
export class UsageError extends Error {
  readonly command: Command | null

  constructor(message: string, command: Command | null) {
    super(message)
    this.command = command
  }
}

export function parseArguments(args: readonly string[], commands: readonly Command[]): Asked {
  const [first, ...rest] = args
  if (first === undefined) throw new UsageError('Which command?', null)
  if (first === '--help' || first === '-h') return { kind: 'help', command: null }
  if (first === '--version' || first === '-v') return { kind: 'version' }

  const command = commands.find(({ name }) => name === first)
  if (!command)
    throw new UsageError(`There is no ${first.startsWith('-') ? 'flag' : 'command'} ${first}.`, null)
  const { help, ...flags } = parseFlags(rest, command)
  return help ? { kind: 'help', command } : { kind: 'run', command, flags }
}

function parseFlags(args: string[], command: Command): Flags {
  const { values, positionals } = parse(args, command)
  const [word, surplus] = positionals
  if (word === undefined || command.argument === undefined) return values
  const flag = flagOf(command.argument)
  if (surplus !== undefined) throw new UsageError(`There is no place for ${surplus}.`, command)
  if (values[flag] !== undefined) throw new UsageError(`Give ${word} or --${flag}, not both.`, command)
  return { ...values, [flag]: word }
}

function parse(args: string[], command: Command) {
  const options = optionsOf(command.settings)
  const allowPositionals = command.argument !== undefined
  try {
    return parseArgs({ args, options, allowPositionals, allowNegative: true })
  } catch (error) {
    throw new UsageError(sentenceOf(error), command)
  }
}

function optionsOf(settings: Settings): ParseArgsOptionsConfig {
  const options: ParseArgsOptionsConfig = { help: { type: 'boolean', short: 'h' } }
  for (const [key, { kind, environmentOnly }] of Object.entries(settings)) {
    if (environmentOnly) continue
    options[flagOf(key)] = {
      type: kind.placeholder === null ? 'boolean' : 'string',
      multiple: kind.many === true,
    }
  }
  return options
}

/** Node's message goes on with advice that fits few commands; its first sentence says it all. */
function sentenceOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (!code?.startsWith('ERR_PARSE_ARGS_')) throw error
  return `${message.split(/\.\s/, 1)[0]?.replace(/\.$/, '')}.`
}
