// The system's clock as a program sees it, to be turned while it runs: libfaketime answers the program's
// threads when they ask what time it is. What is measured and waited for (CLOCK_MONOTONIC) goes on.
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { findFaketime } from '../../scripts/services.ts'
import type { Start } from './program.ts'

export class FakeClock {
  readonly #file: string
  readonly #env: Readonly<Record<string, string>>
  readonly #pids: number[] = []

  constructor(library: string, folder: string) {
    this.#file = join(folder, 'time')
    this.#env = {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: this.#file,
      // Else it looks into the file every ten seconds.
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      NO_FAKE_STAT: '1',
      // It takes an absolute time for a local one.
      TZ: 'UTC',
    }
    this.turn(0)
  }

  /** Ahead of the true time by so much, or behind it. */
  turn(offsetMs: number): void {
    this.#tell(`${offsetMs < 0 ? '' : '+'}${(offsetMs / 1000).toFixed(3)}`)
  }

  /** Stands still from now on, at the second that it has come to. */
  stop(offsetMs: number): void {
    this.#tell(new Date(Date.now() + offsetMs).toISOString().slice(0, 19).replace('T', ' '))
  }

  /** Leaps ahead, and from there on runs so many times as fast. */
  hurry(times: number): void {
    this.#tell(`+0 x${times}`)
  }

  /** Starts programs that live by this clock. */
  over(start: Start): Start {
    return (args, env) => {
      const program = start(args, { ...env, ...this.#env })
      if (program.pid !== undefined) this.#pids.push(program.pid)
      return program
    }
  }

  /** Programs that were killed leave these behind, and a later one of the same number would not start. */
  sweepUp(): void {
    for (const pid of this.#pids) {
      for (const name of ['faketime_shm', 'sem.faketime_sem'])
        rmSync(`/dev/shm/${name}_${pid}`, { force: true })
    }
  }

  // In one piece: a program may read at any instant.
  #tell(text: string): void {
    writeFileSync(`${this.#file}.new`, `${text}\n`)
    renameSync(`${this.#file}.new`, this.#file)
  }
}

/** Undefined where there is no libfaketime. */
export function makeFakeClock(t: TestContext): FakeClock | undefined {
  const library = findFaketime()
  if (library === undefined) return undefined
  const folder = mkdtempSync(join(tmpdir(), 'hookline-clock-'))
  const clock = new FakeClock(library, folder)
  t.after(() => rmSync(folder, { recursive: true }))
  return clock
}
