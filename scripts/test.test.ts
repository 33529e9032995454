// The test runner, run on small folders of tests: what it prints and how it ends is relied on by CI.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { pathToFileURL } from 'node:url'

const folder = mkdtempSync(join(tmpdir(), 'hookline-tests-'))
after(() => rmSync(folder, { recursive: true }))

const PASSES = "test('passes', () => {})"

test('ends with 0 when all is well, and counts on its last line', () => {
  const { status, lines, output } = runTests({
    a: PASSES,
    b: `${PASSES}\ntest('later', { skip: true }, () => {})`,
  })
  assert.equal(status, 0)
  assert.match(output, /^✔ {2}.*a\.test\.ts {2}1 passed, 0 failed {2}\d+\.\d s$/m)
  assert.equal(lines.at(-1), '2 passed, 0 failed, 1 skipped')
})

test('tells a failed test by name, place and difference', () => {
  const { status, lines, output } = runTests({ a: `${PASSES}\ntest('adds', () => assert.equal(1 + 1, 3))` })
  assert.equal(status, 1)
  assert.match(output, /a\.test\.ts:4:1\n✖ adds/)
  assert.match(output, /2 !== 3/)
  assert.equal(lines.at(-1), '1 passed, 1 failed')
})

test('shows what a file wrote, when it failed', () => {
  const { output } = runTests({
    a: "console.log('a trace'); test('fails', () => assert.fail())",
    b: `console.log('noise'); ${PASSES}`,
  })
  assert.match(output, /a trace/)
  assert.doesNotMatch(output, /noise/)
})

test('fails for a file that ends badly, whatever its tests said', () => {
  const { status, lines, output } = runTests({
    a: "throw new Error('at load')",
    b: `${PASSES}\nprocess.exitCode = 3`,
    c: "test('dies', () => process.kill(process.pid, 'SIGKILL'))",
  })
  assert.equal(status, 1)
  assert.match(output, /Error: at load/)
  assert.match(output, /b\.test\.ts ended with exit code 3\./)
  assert.match(output, /c\.test\.ts ended with SIGKILL\./)
  assert.equal(lines.at(-1), '1 passed, 3 failed')
})

test('fails for a file without a test, and where there is no file', () => {
  const empty = runTests({ a: '' })
  assert.equal(empty.status, 1)
  assert.match(empty.output, /a\.test\.ts holds no test\./)
  assert.equal(empty.lines.at(-1), '0 passed, 1 failed')

  const nothing = runTests({})
  assert.equal(nothing.status, 1)
  assert.equal(nothing.lines.at(-1), '0 passed, 0 failed')
})

test('gives a file up that does not end, and says what it was doing', () => {
  const place = write({ a: "test('waits', () => new Promise(done => setTimeout(done, 60_000)))" })
  const script = join(place, 'run.mjs')
  writeFileSync(
    script,
    `import { runFile } from ${JSON.stringify(pathToFileURL('scripts/test-file.ts').href)}
     console.log((await runFile(${JSON.stringify(join(place, 'a.test.ts'))}, 1_000)).complaint)`,
  )
  const { stdout } = runNode([script])
  assert.match(stdout, /a\.test\.ts did not end within 1 s: waits\./)
})

function runTests(files: Record<string, string>) {
  const { status, stdout } = runNode(['scripts/test.ts', write(files)])
  return { status, output: stdout, lines: stdout.trimEnd().split('\n') }
}

function write(files: Record<string, string>): string {
  const place = mkdtempSync(join(folder, 'files-'))
  const head = "import assert from 'node:assert/strict'\nimport { test } from 'node:test'\n"
  for (const [name, code] of Object.entries(files)) writeFileSync(join(place, `${name}.test.ts`), head + code)
  return place
}

function runNode(args: readonly string[]) {
  // By this variable node:test knows that it runs inside of a test, and it would then run none.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  return spawnSync(process.execPath, args, { env, encoding: 'utf8' })
}
