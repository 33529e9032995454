// Runs one test file in a process of its own, and makes of node:test's events what a reader wants: how
// many tests there were, and the whole story of those that failed.
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { type EventData, run } from 'node:test'
import { spec } from 'node:test/reporters'

export type Counts = { readonly passed: number; readonly failed: number; readonly skipped: number }

export type FileResult = { readonly counts: Counts; readonly complaint: string; readonly tookMs: number }

// No file needs a tenth of it; what has not ended by then would not end.
const TIMEOUT_MS = 300_000
// Of what a file wrote, this much is shown when it fails.
const OUTPUT_LINES_MAX = 200

export async function runFile(file: string, timeoutMs = TIMEOUT_MS): Promise<FileResult> {
  const startedMs = performance.now()
  const failures: EventData.TestFail[] = []
  const unfinished = new Set<string>()
  const output: string[] = []
  let counts: Counts = { passed: 0, failed: 0, skipped: 0 }
  let empty = false

  const events = run({
    files: [file],
    execArgv: ['--disable-warning=ExperimentalWarning'],
    signal: AbortSignal.timeout(timeoutMs),
  })
  events.on('test:dequeue', ({ name }) => {
    if (name !== file) unfinished.add(name)
  })
  events.on('test:complete', ({ name }) => unfinished.delete(name))
  events.on('test:stdout', ({ message }) => output.push(message))
  events.on('test:stderr', ({ message }) => output.push(message))
  events.on('test:fail', failure => {
    if (isFailure(failure)) failures.push(failure)
  })
  // node:test lets a file that holds no test pass as if it were one.
  events.on('test:pass', ({ name }) => {
    if (name === file) empty = true
  })
  events.on('test:summary', summary => {
    counts = countsOf(summary)
  })
  await once(events.resume(), 'end')

  const tookMs = performance.now() - startedMs
  if (empty)
    return { counts: { passed: 0, failed: 1, skipped: 0 }, complaint: `${file} holds no test.`, tookMs }
  if (counts.failed === 0) return { counts, complaint: '', tookMs }
  const parts = [
    await tell(failures.filter(({ name }) => name !== file)),
    // The file itself fails, too, when its process does not end by itself and well.
    ...failures.filter(({ name }) => name === file).map(failure => tellEnd(failure, unfinished, timeoutMs)),
    tellOutput(file, output),
  ]
  return { counts, complaint: parts.filter(part => part !== '').join('\n\n'), tookMs }
}

/** A suite fails when a test in it does, which that test tells; a `todo` may fail. */
function isFailure({ details, todo }: EventData.TestFail): boolean {
  const { failureType } = details.error as { failureType?: string }
  return failureType !== 'subtestsFailed' && todo === undefined
}

function countsOf({ counts }: EventData.TestSummary): Counts {
  const skipped = counts.skipped + counts.todo
  return { passed: counts.passed, skipped, failed: counts.tests - counts.passed - skipped }
}

/** As node's own reporter tells it: place, name, error with its difference. */
async function tell(failures: readonly EventData.TestFail[]): Promise<string> {
  const reporter = new spec()
  const told = text(reporter)
  for (const data of failures) reporter.write({ type: 'test:fail', data })
  reporter.end()
  // It first names each as it comes, then tells them all under this heading.
  return (await told).split('failing tests:')[1]?.trim() ?? ''
}

function tellEnd({ name, details }: EventData.TestFail, unfinished: Set<string>, timeoutMs: number): string {
  const { failureType, exitCode, signal } = details.error as {
    failureType?: string
    exitCode?: number | null
    signal?: string | null
  }
  if (failureType !== 'testAborted') return `${name} ended with ${signal ?? `exit code ${exitCode}`}.`
  const at = unfinished.size > 0 ? [...unfinished].join(', ') : 'no test was running, something kept it open'
  return `${name} did not end within ${timeoutMs / 1000} s: ${at}.`
}

function tellOutput(file: string, output: readonly string[]): string {
  const lines = output.join('').trim().split('\n')
  if (lines.join('') === '') return ''
  const omitted = lines.length > OUTPUT_LINES_MAX ? `, its last ${OUTPUT_LINES_MAX} lines` : ''
  return `What ${file} wrote${omitted}:\n${lines.slice(-OUTPUT_LINES_MAX).join('\n')}`
}
