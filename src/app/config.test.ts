import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, suite, test } from 'node:test'
import { AppError } from '../errors.ts'
import { RECEIVE_SETTINGS, readConfig, SERVE_SETTINGS, variableOf } from './config.ts'

const folder = mkdtempSync(join(tmpdir(), 'hookline-config-'))
after(() => rmSync(folder, { recursive: true }))

function settingsFile(values: unknown): string {
  const file = join(folder, 'hookline.json')
  writeFileSync(file, typeof values === 'string' ? values : JSON.stringify(values))
  return file
}

function refusalOf(read: () => unknown): string {
  try {
    read()
  } catch (error) {
    assert(error instanceof AppError)
    assert.equal(error.code, 'misconfigured')
    return error.message
  }
  assert.fail('nothing was refused')
}

suite('reading the configuration, it', () => {
  test('needs none: loopback, port 3000, and the folder ./data', () => {
    const config = readConfig(SERVE_SETTINGS, {}, {})
    assert.equal(config.host, '127.0.0.1')
    assert.equal(config.port, 3000)
    assert.equal(config.data, './data')
    assert.equal(config.adminToken, null)
    assert.deepEqual(config.allowNetwork, [])
    assert.equal(config.allowPrivateNetworks, false)
  })

  test('takes a flag before the environment, that before the file, that before the default', () => {
    const config = settingsFile({ port: 1, host: '127.0.0.2', data: 'from-file' })
    const env = { HOOKLINE_PORT: '2', HOOKLINE_HOST: '127.0.0.3' }
    const read = readConfig(SERVE_SETTINGS, { config, port: '3' }, env)
    assert.deepEqual([read.port, read.host, read.data, read.logLevel], [3, '127.0.0.3', 'from-file', 'info'])
  })

  test('finds the file by the environment, too', () => {
    const HOOKLINE_CONFIG = settingsFile({ 'allow-network': ['10.0.0.0/8', 'fd00::/8'], port: 8080 })
    const config = readConfig(SERVE_SETTINGS, {}, { HOOKLINE_CONFIG })
    assert.deepEqual(config.allowNetwork, ['10.0.0.0/8', 'fd00::/8'])
    assert.equal(config.port, 8080)
  })

  test('is the same for a flag given twice and for commas', () => {
    const flags = readConfig(SERVE_SETTINGS, { 'allow-network': ['10.0.0.0/8', '127.0.0.1'] }, {})
    const env = readConfig(SERVE_SETTINGS, {}, { HOOKLINE_ALLOW_NETWORK: '10.0.0.0/8, 127.0.0.1' })
    assert.deepEqual(flags.allowNetwork, env.allowNetwork)
  })

  test('lets a flag turn off what the environment turns on', () => {
    const env = { HOOKLINE_ALLOW_PRIVATE_NETWORKS: 'true' }
    assert.equal(readConfig(SERVE_SETTINGS, {}, env).allowPrivateNetworks, true)
    const flags = { 'allow-private-networks': false }
    assert.equal(readConfig(SERVE_SETTINGS, flags, env).allowPrivateNetworks, false)
  })

  test('takes an empty variable for one that is not set', () => {
    assert.equal(readConfig(SERVE_SETTINGS, {}, { HOOKLINE_PORT: '' }).port, 3000)
  })

  test('cannot be changed afterwards', () => {
    assert(Object.isFrozen(readConfig(SERVE_SETTINGS, {}, {})))
  })

  test('takes the administrator’s token from the environment alone', () => {
    const token = 'open-sesame-by-me'
    const env = { HOOKLINE_ADMIN_TOKEN: token }
    assert.equal(readConfig(SERVE_SETTINGS, {}, env).adminToken?.reveal(), token)
    assert.equal(readConfig(SERVE_SETTINGS, { 'admin-token': token }, {}).adminToken, null)
    const config = settingsFile({ 'admin-token': token })
    assert.match(
      refusalOf(() => readConfig(SERVE_SETTINGS, { config }, {})),
      /"admin-token" .* is not a setting/,
    )
  })

  test('drops the final slash of a base address', () => {
    const config = readConfig(SERVE_SETTINGS, { 'base-url': 'https://hooks.example.com/git/' }, {})
    assert.equal(config.baseUrl, 'https://hooks.example.com/git')
  })

  const refusals = [
    ['port', 'banana'],
    ['port', '65536'],
    ['port', '-1'],
    ['host', 'http://localhost'],
    ['host', '[::1]'],
    ['data', ''],
    ['base-url', 'hooks.example.com'],
    ['base-url', 'https://user:pass@hooks.example.com'],
    ['base-url', 'https://hooks.example.com/?a=b'],
    ['allow-network', '10.0.0.1/8'],
    ['allow-network', '10.0.0.0/8,localhost'],
    ['trust-proxy', 'all'],
    ['log-level', 'loud'],
    ['allow-private-networks', 'maybe'],
  ] as const

  for (const [flag, value] of refusals) {
    test(`refuses --${flag} ${JSON.stringify(value)}, naming both and the remedy`, () => {
      const message = refusalOf(() => readConfig(SERVE_SETTINGS, { [flag]: value }, {}))
      assert(message.startsWith(`--${flag} ${JSON.stringify(value)} is not a`), message)
      assert.match(message, /give /i)
    })
  }

  test('names the variable when that is where a value came from', () => {
    const message = refusalOf(() => readConfig(SERVE_SETTINGS, {}, { HOOKLINE_PORT: 'banana' }))
    assert.match(message, /^HOOKLINE_PORT "banana" is not a port/)
  })

  test('names the file when that is where a value came from', () => {
    const config = settingsFile({ port: 'banana' })
    const message = refusalOf(() => readConfig(SERVE_SETTINGS, { config }, {}))
    assert.equal(message, `"port" in ${config} "banana" is not a port: give a number from 0 to 65535.`)
  })

  test('never shows a secret that it refuses', () => {
    const url = 'postgres://me:hunter2@db/hookline'
    const messages = [
      refusalOf(() => readConfig(SERVE_SETTINGS, {}, { HOOKLINE_ADMIN_TOKEN: 'hunter2 ' })),
      refusalOf(() => readConfig(SERVE_SETTINGS, {}, { HOOKLINE_DATABASE_URL: url })),
      refusalOf(() => readConfig(RECEIVE_SETTINGS, { token: 'hunter2\n' }, {})),
      refusalOf(() => readConfig(SERVE_SETTINGS, { config: settingsFile('{"a": hunter2}') }, {})),
    ]
    for (const message of messages) assert.doesNotMatch(message, /hunter2/)
  })

  test('says that Postgres is not in this version', () => {
    const message = refusalOf(() =>
      readConfig(SERVE_SETTINGS, { 'database-url': 'postgres://db/hookline' }, {}),
    )
    assert.match(message, /this version has the embedded store alone/)
  })

  test('refuses a file with a key that is none, or a value that is none', () => {
    const misspelt = settingsFile({ prot: 3000 })
    assert.match(
      refusalOf(() => readConfig(SERVE_SETTINGS, { config: misspelt }, {})),
      /"prot" .* not a setting/,
    )
    const nothing = settingsFile({ port: null })
    assert.match(
      refusalOf(() => readConfig(SERVE_SETTINGS, { config: nothing }, {})),
      /"port" .* must be a text/,
    )
  })

  test('refuses a file that is not there, or is no JSON object', () => {
    const absent = join(folder, 'absent.json')
    assert.match(
      refusalOf(() => readConfig(SERVE_SETTINGS, { config: absent }, {})),
      /cannot be read \(ENOENT\)/,
    )
    const list = settingsFile([])
    assert.match(
      refusalOf(() => readConfig(SERVE_SETTINGS, { config: list }, {})),
      /is not a JSON object/,
    )
  })
})

test('each setting’s variable is its flag in capitals', () => {
  assert.equal(variableOf('allowPrivateNetworks'), 'HOOKLINE_ALLOW_PRIVATE_NETWORKS')
})
