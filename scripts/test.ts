// `npm test`: the checks, then every test file in a process of its own. One line each; what failed is told
// in full below them; the last line counts. With paths (`npm test -- src/egress`) only the tests there run.
import { globSync, statSync } from 'node:fs'
import { CHECKS, printLine, runCheck } from './checks.ts'
import { provideServices } from './services.ts'
import { type Counts, runFile } from './test-file.ts'

const FOLDERS = ['src', 'receiver', 'web', 'test', 'scripts', 'bench']
// As many as the smallest machine that we test on has cores.
const CONCURRENCY = 2

const paths = process.argv.slice(2)
const results: Counts[] = []
const complaints: string[] = []

const queue = listTests(paths.length > 0 ? paths : FOLDERS)
if (queue.length === 0) complaints.push('There is no test there.')
provideServices()
if (paths.length === 0) await runChecks()
await Promise.all(Array.from({ length: CONCURRENCY }, runFiles))

for (const complaint of complaints) console.log(`\n${complaint}`)
if (complaints.length > 0) console.log()
console.log(sayCounts(sum(results)))
process.exitCode = complaints.length > 0 ? 1 : 0

function listTests(places: readonly string[]): string[] {
  const found = places.flatMap(place =>
    statSync(place, { throwIfNoEntry: false })?.isFile()
      ? [place]
      : globSync(`${place}/**/*.test.ts`, { exclude: path => path.endsWith('node_modules') }),
  )
  return [...new Set(found)].sort()
}

async function runChecks(): Promise<void> {
  for (const check of CHECKS) {
    const { ok, output, tookMs } = await runCheck(check)
    settle(`check: ${check.name}`, '', ok ? '' : `check: ${check.name}\n${output}`, tookMs)
    results.push({ passed: Number(ok), failed: Number(!ok), skipped: 0 })
  }
}

async function runFiles(): Promise<void> {
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    const { counts, complaint, tookMs } = await runFile(file)
    settle(file, sayCounts(counts), complaint, tookMs)
    results.push(counts)
  }
}

function settle(name: string, says: string, complaint: string, tookMs: number): void {
  printLine(complaint === '', name, says, tookMs)
  if (complaint !== '') complaints.push(complaint)
}

function sum(counts: readonly Counts[]): Counts {
  return counts.reduce(
    (total, { passed, failed, skipped }) => ({
      passed: total.passed + passed,
      failed: total.failed + failed,
      skipped: total.skipped + skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  )
}

/** The wording of the last line is a contract: tools read it. */
function sayCounts({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}
