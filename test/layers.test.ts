// Holds the line between the folders (ARCHITECTURE.md): who may import whom, and the few places that may
// open a socket, read the environment, exit, or speak snake_case. Tests, and what only they use, are free.
// Each rule brings code that it must refuse, so that no rule can fall asleep.
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { EVENT_NAMES } from '../src/event.ts'
import {
  folderOf,
  type Import,
  type Place,
  readSources,
  type Source,
  type SourceText,
} from './read-source.ts'

type Rule = {
  readonly says: string
  faults(source: Source): Place[]
  readonly refuses: readonly SourceText[]
  readonly allows: readonly SourceText[]
}

// A file imports from folders of a lower rank, and from its own. Equal ranks do not know each other.
const RANKS: Readonly<Record<string, number>> = {
  base: 0,
  nouns: 1,
  egress: 2,
  github: 2,
  store: 2,
  engine: 3,
  api: 4,
  tunnel: 4,
  app: 5,
  cli: 6,
}

// What a noun may ask of Node: it computes, and touches nothing.
const PURE = ['node:crypto', 'node:util']

const SOCKETS = ['undici', 'node:net', 'node:tls', 'node:http', 'node:https', 'node:http2', 'node:dgram']
const DIALLING_CALLS = ['fetch', 'WebSocket', 'EventSource']
// Beside the door out: the store has its database; the tunnel's server speaks over connections that its
// clients have opened; its client, like `app/` and `cli/`, calls a server that the user named.
const DIALLERS = ['egress', 'store', 'tunnel', 'app', 'cli']

const EXITS = ['exit', 'exitCode', 'abort']

// Here GitHub's JSON is made, columns are named, parameters are read, and our own API is called.
const SNAKE_SPEAKERS = ['github', 'store', 'api', 'app', 'cli']

const RULES: readonly Rule[] = [
  {
    says: 'imports downward, and never sideways',
    faults: source => (isProduct(source) ? source.imports.filter(it => !mayImport(source.folder, it)) : []),
    refuses: [
      ['src/engine/a.ts', "import { a } from '../api/a.ts'"],
      ['src/egress/a.ts', "import type { A } from '../store/a.ts'"],
      ['src/store/dialects/a.ts', "type A = import('../../engine/a.ts').A"],
      ['src/base/a.ts', "export { hook } from '../hook.ts'"],
      ['src/hook.ts', "const a = await import('./store/a.ts')"],
      ['src/api/a.ts', "new Worker(new URL('../app/a.ts', import.meta.url))"],
      ['src/api/a.ts', "import { a } from '../../receiver/server.ts'"],
      ['src/cli/a.ts', "import { a } from '../../test/a.ts'"],
      ['src/store/a.ts', "import { a } from '../unranked/a.ts'"],
    ],
    allows: [
      ['src/cli/receive.ts', "import { a } from '../../receiver/server.ts'"],
      ['src/engine/a.ts', "import { a } from '../base/a.ts'; import { b } from './b.ts'; import 'pg'"],
      ['src/repository.ts', "const RESERVED = ['.', '..', '.git']"],
    ],
  },
  {
    says: 'keeps the receiver and the pages strangers, who know our HTTP alone',
    faults: source =>
      isProduct(source)
        ? []
        : source.imports.filter(({ name, ours }) => ours && !name.startsWith(`${source.folder}/`)),
    refuses: [
      ['receiver/a.ts', "import type { Hook } from '../src/hook.ts'"],
      ['receiver/page/a.ts', "import '../../web/a.ts'"],
      ['web/a.tsx', "import { a } from '../src/api/a.ts'"],
    ],
    allows: [['receiver/page/a.ts', "import { a } from '../a.ts'; import 'uplot/dist/uPlot.min.css'"]],
  },
  {
    says: 'keeps the nouns pure',
    faults: ({ folder, imports }) =>
      folder === 'nouns' ? imports.filter(({ name, ours }) => !ours && !PURE.includes(name)) : [],
    refuses: [
      ['src/hook.ts', "import { readFile } from 'node:fs/promises'"],
      ['src/hook.ts', "import { v7 } from 'uuid'"],
    ],
    allows: [['src/hook.ts', "import { createHmac } from 'node:crypto'; import { b } from './secret.ts'"]],
  },
  {
    says: 'opens no outbound socket but in egress/',
    faults: source =>
      !isProduct(source) || DIALLERS.includes(source.folder)
        ? []
        : [
            ...source.imports.filter(({ name, typeOnly }) => !typeOnly && SOCKETS.includes(name)),
            ...source.calls.filter(({ name }) => DIALLING_CALLS.includes(name)),
          ],
    refuses: [
      ['src/engine/a.ts', "import { request } from 'undici'"],
      ['src/api/routes/a.ts', "const { connect } = await import('node:net')"],
      ['src/engine/a.ts', "await fetch('https://example.com')"],
      ['src/github/a.ts', "new WebSocket('wss://example.com')"],
    ],
    allows: [
      ['src/api/a.ts', "import type { Socket } from 'node:net'"],
      ['src/engine/a.ts', 'queue.fetch(1) // Not fetch(1).'],
    ],
  },
  {
    says: 'reads the environment in app/ alone',
    faults: ({ path, folder, imports, ofProcess }) =>
      folder === 'app' || path === 'src/cli/main.ts'
        ? []
        : [...ofProcess, ...imports].filter(({ name }) => ['env', 'node:process'].includes(name)),
    refuses: [
      ['src/store/a.ts', 'const a = process.env.A'],
      ['receiver/a.ts', 'const { A } = process.env'],
      ['src/cli/a.ts', "import { env } from 'node:process'"],
    ],
    allows: [
      ['src/app/config.ts', 'const a = process.env.A'],
      ['src/store/a.ts', 'const a = process.pid'],
    ],
  },
  {
    says: 'exits in cli/main.ts alone',
    faults: ({ path, ofProcess }) =>
      path === 'src/cli/main.ts' ? [] : ofProcess.filter(({ name }) => EXITS.includes(name)),
    refuses: [
      ['src/cli/serve.ts', 'process.exit(1)'],
      ['receiver/a.ts', 'process.exitCode = 1'],
    ],
    allows: [['src/cli/main.ts', 'process.exit(await main())']],
  },
  {
    says: 'speaks snake_case only where it translates',
    faults: source =>
      isPlainSpoken(source) ? source.identifiers.filter(it => isSnakeCase(it) && !codes.has(it.name)) : [],
    refuses: [
      ['src/hook.ts', 'export type Hook = { readonly content_type: string }'],
      ['src/engine/a.ts', 'const { created_at } = row'],
      ['src/egress/a.ts', 'send(a.full_name)'],
    ],
    allows: [
      ['src/event.ts', "const EVENTS = { pull_request: 'RO', pull_request_review: 'RO' }"],
      ['src/delivery.ts', "const A_B = 'content_type' // content_type"],
      ['src/delivery.ts', 'const says = { timed_out: 1 }'],
    ],
  },
]

const ours = readSources(ourFiles())
const examples = RULES.flatMap(({ refuses, allows }) => [...refuses, ...allows])
const readExamples = new Map(readSources(examples).map((source, index) => [examples[index], source]))

// Words that we chose ourselves: the codes of verdicts and outcomes, which may be keys as well.
const codes = new Set([...EVENT_NAMES, ...ours.filter(isPlainSpoken).flatMap(({ words }) => words)])

for (const { says, faults, refuses, allows } of RULES) {
  test(says, () => {
    const found = ours.flatMap(source =>
      faults(source).map(({ name, line }) => `${source.path}:${line} ${name}`),
    )
    assert.deepEqual(found, [])
  })

  test(`${says}, or is found out`, () => {
    const count = (example: SourceText) => faults(readExamples.get(example)!).length
    for (const example of refuses) assert.equal(count(example), 1, example.join(': '))
    for (const example of allows) assert.equal(count(example), 0, example.join(': '))
  })
}

test('gives every folder its rank', () => {
  assert.ok(ours.length > 0)
  for (const { path, folder } of ours.filter(isProduct)) assert.ok(folder in RANKS, path)
})

function mayImport(folder: string, { name, ours }: Import): boolean {
  if (!ours) return true
  const other = folderOf(name)
  if (other === 'receiver') return folder === 'app' || folder === 'cli'
  if (!name.startsWith('src/')) return false
  return folder === other || rankOf(folder) > rankOf(other)
}

function rankOf(folder: string): number {
  // A folder without a rank is neither above nor below any other.
  return RANKS[folder] ?? Number.NaN
}

function isProduct({ path }: Source): boolean {
  return path.startsWith('src/')
}

function isPlainSpoken(source: Source): boolean {
  return isProduct(source) && !SNAKE_SPEAKERS.includes(source.folder)
}

function isSnakeCase({ name }: Place): boolean {
  return /^[a-z][a-z0-9]*(_[a-z0-9]+)+$/.test(name)
}

function ourFiles(): SourceText[] {
  const forTests = /\.test\.tsx?$|\/test-[^/]*$/
  const paths = globSync('{src,receiver,web}/**/*.{ts,tsx}').filter(path => !forTests.test(path))
  return paths.map(path => [path, readFileSync(path, 'utf8')])
}
