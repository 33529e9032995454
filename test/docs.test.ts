// The pages say what the program does: every command, flag, variable, default, error code, status
// and exit code is there, and nothing else is.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { suite, test } from 'node:test'
import { fastify } from 'fastify'
import { answerError } from '../src/api/errors.ts'
import { DEBUG_VARIABLE, flagOf, type Setting, variableOf } from '../src/app/config.ts'
import { createLog } from '../src/base/log.ts'
import { COMMANDS } from '../src/cli/commands.ts'
import { EXIT_CODES } from '../src/cli/exit-code.ts'
import { AppError, type ErrorCode } from '../src/errors.ts'

const commandsPage = readPage('commands.md')
const errorsPage = readPage('errors.md')
const ERROR_CODES = Object.keys(EXIT_CODES) as ErrorCode[]

suite('docs/commands.md', () => {
  test('has a section for each command', () => {
    const sections = [...commandsPage.matchAll(/^## hookline (.+)$/gm)].map(([, name]) => name)
    assert.deepEqual(
      sections,
      COMMANDS.map(({ name }) => name),
    )
  })

  for (const { name, settings } of COMMANDS) {
    test(`has a row for each setting of ${name}, as its usage tells it`, () => {
      const expected = Object.entries(settings).map(([key, setting]) => rowOf(key, setting))
      assert.deepEqual(rowsOf(sectionOf(commandsPage, `hookline ${name}`)), expected)
    })
  }

  test('names no flag and no variable that is not there', () => {
    const keys = COMMANDS.flatMap(({ settings }) => Object.keys(settings))
    const flags = new Set(['help', 'version', 'no-', ...keys.map(flagOf)])
    const variables = new Set(['HOOKLINE_', DEBUG_VARIABLE, ...keys.map(variableOf)])
    const strangers = [
      ...[...commandsPage.matchAll(/--([a-z][a-z-]*)/g)].filter(([, flag = '']) => !flags.has(flag)),
      ...[...commandsPage.matchAll(/HOOKLINE_[A-Z_]*/g)].filter(([variable]) => !variables.has(variable)),
    ]
    assert.deepEqual(
      strangers.map(([text]) => text),
      [],
    )
  })

  test('has the variable that shows stacks', () => {
    assert(commandsPage.includes(`\`${DEBUG_VARIABLE}\``))
  })

  test('tells the exit code of each error', () => {
    const told = rowsOf(sectionOf(commandsPage, 'Exit codes')).flatMap(([exit = '', , codes = '']) =>
      [...codes.matchAll(/`(\w+)`/g)].map(([, code]) => [code, Number(exit.replaceAll('`', ''))]),
    )
    assert.deepEqual(Object.fromEntries(told), EXIT_CODES)
  })
})

suite('docs/errors.md', () => {
  test('has a row for each error code, and no other', () => {
    assert.deepEqual(Object.keys(statusesTold()).sort(), ERROR_CODES.toSorted())
  })

  test('tells the status that each error is answered with', async t => {
    const app = fastify()
    t.after(() => app.close())
    app.setErrorHandler((error, request, reply) => answerError(error, request, reply, createLog('silent')))
    app.get<{ Params: { code: ErrorCode } }>('/:code', async ({ params }) => {
      throw new AppError(params.code, 'As asked.')
    })
    const statuses: Record<string, number> = {}
    for (const code of ERROR_CODES) statuses[code] = (await app.inject(`/${code}`)).statusCode
    assert.deepEqual(statusesTold(), statuses)
  })
})

function statusesTold(): Record<string, number> {
  return Object.fromEntries(
    rowsOf(errorsPage).map(([code = '', status]) => [code.replaceAll('`', ''), Number(status)]),
  )
}

function rowOf(key: string, { kind, default: value, why, environmentOnly }: Setting<unknown>): string[] {
  const flag = kind.placeholder === null ? `--${flagOf(key)}` : `--${flagOf(key)} ${kind.placeholder}`
  const shown = typeof value === 'string' || typeof value === 'number' ? `\`${value}\`` : ''
  return [
    environmentOnly ? '' : `\`${flag}\``,
    `\`${variableOf(key)}\``,
    shown,
    why + (kind.many ? '; may be given again' : ''),
  ]
}

function rowsOf(text: string): string[][] {
  const [, , ...rows] = text.split('\n').filter(line => line.startsWith('|'))
  return rows.map(row =>
    row
      .split('|')
      .slice(1, -1)
      .map(cell => cell.trim()),
  )
}

function sectionOf(page: string, title: string): string {
  const section = page.split(/^## /m).find(text => text.startsWith(`${title}\n`))
  assert(section !== undefined, `no section "${title}"`)
  return section
}

function readPage(name: string): string {
  return readFileSync(new URL(`../docs/${name}`, import.meta.url), 'utf8')
}
