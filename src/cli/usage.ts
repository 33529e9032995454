// The texts of --help, made from the same rows that the flags are read by.
import { styleText } from 'node:util'
import { flagOf, type Setting, variableOf } from '../app/config.ts'
import type { Command, Example } from './command.ts'

const WIDTH = 80
const GAP = 2

type Row = readonly [left: string, right: string]

export function usageOfAll(commands: readonly Command[], version: string): string {
  return [
    `${styleText('bold', `Hookline ${version}`)}: GitHub’s webhooks as self-hosted software.`,
    section('Usage', ['  hookline COMMAND [FLAGS]']),
    section('Commands', columns(commands.map(({ name, summary }) => [name, summary]))),
    section('Examples', examplesOf(commands.flatMap(({ examples }) => examples.slice(0, 1)))),
    'hookline COMMAND --help tells the flags of a command, hookline --version the version.',
  ].join('\n\n')
}

export function usageOf(command: Command): string {
  const { name, summary, settings, examples } = command
  const entries = Object.entries(settings)
  const flags = entries.filter(([, setting]) => !setting.environmentOnly)
  const variables = entries.filter(([, setting]) => setting.environmentOnly)
  const [first = ''] = Object.keys(settings)
  return [
    `${styleText('bold', `hookline ${name}`)}: ${summary}`,
    section('Usage', [`  ${synopsisOf(command)}`]),
    section('Flags', columns(flags.map(([key, setting]) => [flagWithValue(key, setting), told(setting)]))),
    section('Environment', [
      `  Each flag has a variable, too: --${flagOf(first)} is ${variableOf(first)}.`,
      ...columns(variables.map(([key, setting]) => [variableOf(key), told(setting)])),
    ]),
    section('Examples', examplesOf(examples)),
  ].join('\n\n')
}

export function synopsisOf({ name, settings, argument }: Command): string {
  const word = argument === undefined ? undefined : settings[argument]?.kind.placeholder
  return `hookline ${name} ${word ? `${word} ` : ''}[FLAGS]`
}

function flagWithValue(key: string, { kind }: Setting<unknown>): string {
  return `--${flagOf(key)}${kind.placeholder === null ? '' : ` ${kind.placeholder}`}`
}

function told({ why, kind, default: value }: Setting<unknown>): string {
  const again = kind.many ? '; may be given again' : ''
  const shown = typeof value === 'string' || typeof value === 'number' ? ` (${value})` : ''
  return why + again + shown
}

function examplesOf(examples: readonly Example[]): string[] {
  return examples.flatMap(({ line, says }) => [`  ${line}`, styleText('dim', `      ${says}`)])
}

function section(title: string, lines: readonly string[]): string {
  return [styleText('bold', title), ...lines].join('\n')
}

/** Two columns, the right one folded at the width of a terminal. */
function columns(rows: readonly Row[]): string[] {
  const left = Math.max(0, ...rows.map(([text]) => text.length))
  const indent = ' '.repeat(GAP + left + GAP)
  return rows.map(([text, says]) => {
    const lines = fold(says, WIDTH - indent.length)
    return `${' '.repeat(GAP)}${text.padEnd(left)}${' '.repeat(GAP)}${lines.join(`\n${indent}`)}`
  })
}

function fold(text: string, width: number): string[] {
  const lines: string[] = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? ''
    if (line === '') lines[lines.length - 1] = word
    else if (line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`
    else lines.push(word)
  }
  return lines
}
