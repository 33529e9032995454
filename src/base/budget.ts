// Work that is counted. What somebody else wrote (a pattern, an expression) runs on the thread that
// everybody shares, so it gets a number of steps and no more. A step is some 10 ns, whatever it is
// that is done in it; counting them, unlike looking at a clock, gives the same answer each time.

/** There was more to do than was allowed. */
export class Overrun extends Error {
  constructor() {
    super('It takes too much work.')
    this.name = 'Overrun'
  }
}

export class Budget {
  #left: number

  constructor(steps: number) {
    this.#left = steps
  }

  get left(): number {
    return this.#left
  }

  /** Throws Overrun when there are not that many left. */
  spend(steps: number): void {
    this.#left -= steps
    if (this.#left < 0) throw new Overrun()
  }
}
