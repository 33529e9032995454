// A closed loop: as many deliveries under way as the window has places, and the next begins when one
// has been stored. What it measures is the most that goes, never how long one takes.

/** Told once for each delivery whose result is durable; whoever waits gets one each. */
export class Stored {
  #spare = 0
  readonly #waiting: (() => void)[] = []

  readonly tell = (count = 1): void => {
    for (let told = 0; told < count; told++) {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#spare++
    }
  }

  one(): Promise<void> {
    if (this.#spare === 0) return new Promise(resolve => this.#waiting.push(resolve))
    this.#spare--
    return Promise.resolve()
  }
}

export type Run = {
  readonly count: number
  readonly perSecond: number
  /** Processor time of this process alone. */
  readonly cpuMicros: number
}

export type ClosedLoop = {
  readonly window: number
  readonly stored: Stored
  /** Whether another one begins, of which so many have begun. */
  more(begun: number): boolean
  /** Resolves when it is accepted. */
  accept(index: number): Promise<unknown>
}

export async function runClosedLoop({ window, stored, more, accept }: ClosedLoop): Promise<Run> {
  const run = beginRun()
  let begun = 0
  async function goOn(): Promise<void> {
    while (more(begun)) {
      await accept(begun++)
      await stored.one()
    }
  }
  await Promise.all(Array.from({ length: window }, goOn))
  return run.end(begun)
}

/** Ends when so many seconds are over and all that had begun is stored. */
export function forSeconds(seconds: number): (begun: number) => boolean {
  const endsMs = performance.now() + seconds * 1000
  return () => performance.now() < endsMs
}

export function beginRun() {
  const startedMs = performance.now()
  const cpu = process.cpuUsage()
  return {
    end(count: number): Run {
      const seconds = (performance.now() - startedMs) / 1000
      const { user, system } = process.cpuUsage(cpu)
      return {
        count,
        perSecond: Math.round(count / seconds),
        cpuMicros: Math.round((user + system) / count),
      }
    },
  }
}
