import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { parseArguments, UsageError } from './arguments.ts'
import { COMMANDS } from './commands.ts'

const ask = (...args: string[]) => parseArguments(args, COMMANDS)

function complaintOf(...args: string[]): UsageError {
  try {
    ask(...args)
  } catch (error) {
    assert(error instanceof UsageError)
    return error
  }
  assert.fail('nothing was refused')
}

suite('the command line', () => {
  test('gives flags as texts, switches as truths, and what may come again as a list', () => {
    const asked = ask(
      'serve',
      '--port=8080',
      '--allow-private-networks',
      '--allow-network',
      'a',
      '--allow-network',
      'b',
    )
    assert(asked.kind === 'run')
    assert.equal(asked.command.name, 'serve')
    const flags = { port: '8080', 'allow-private-networks': true, 'allow-network': ['a', 'b'] }
    assert.deepEqual({ ...asked.flags }, flags)
  })

  test('turns a switch off with --no-', () => {
    const asked = ask('serve', '--no-allow-private-networks')
    assert(asked.kind === 'run')
    assert.equal(asked.flags['allow-private-networks'], false)
  })

  test('takes the one word that a command has a place for, wherever it stands', () => {
    for (const args of [
      ['copy.db', '--data', 'x'],
      ['--data', 'x', 'copy.db'],
      ['--data', 'x', '--file', 'copy.db'],
    ]) {
      const asked = ask('backup', ...args)
      assert(asked.kind === 'run')
      assert.deepEqual({ ...asked.flags }, { file: 'copy.db', data: 'x' })
    }
  })

  test('is refused with that word twice, and with a second one', () => {
    assert.equal(complaintOf('backup', 'a.db', '--file', 'b.db').message, 'Give a.db or --file, not both.')
    assert.equal(complaintOf('backup', 'a.db', 'b.db').message, 'There is no place for b.db.')
  })

  test('asks for help of all, or of one command whatever its other flags', () => {
    assert.deepEqual(ask('--help'), { kind: 'help', command: null })
    const asked = ask('serve', '--port', '1', '-h')
    assert(asked.kind === 'help')
    assert.equal(asked.command?.name, 'serve')
  })

  test('is refused without a command, or with one that there is not', () => {
    assert.equal(complaintOf().message, 'Which command?')
    assert.equal(complaintOf('sreve').message, 'There is no command sreve.')
    assert.equal(complaintOf('--port', '1').message, 'There is no flag --port.')
  })

  test('is refused with a flag that the command has not, and names the command', () => {
    const { message, command } = complaintOf('serve', '--path', '/x')
    assert.match(message, /--path/)
    assert.equal(command?.name, 'serve')
  })

  test('is refused with the administrator’s token, which the environment alone may hold', () => {
    assert.match(complaintOf('serve', '--admin-token', 'x').message, /--admin-token/)
  })

  test('is refused with a word behind the command, a flag without its value, or a switch with one', () => {
    for (const rest of [['now'], ['--port'], ['--allow-private-networks=yes']]) {
      assert.equal(complaintOf('serve', ...rest).command?.name, 'serve')
    }
  })
})
