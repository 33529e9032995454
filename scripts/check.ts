// `npm run check`: format, lint, types, unused code, and who imports whom. One line each, and below it what
// is wrong.
import { CHECKS, printLine, runCheck } from './checks.ts'
import { runFile } from './test-file.ts'

for (const check of CHECKS) {
  const { ok, output, tookMs } = await runCheck(check)
  settle(check.name, ok ? '' : output, tookMs)
}
// A test like any other, so `npm test` has it without being told.
const { complaint, tookMs } = await runFile('test/layers.test.ts')
settle('layers', complaint, tookMs)

function settle(name: string, complaint: string, tookMs: number): void {
  printLine(complaint === '', name, '', tookMs)
  if (complaint === '') return
  console.log(`\n${complaint}\n`)
  process.exitCode = 1
}
