// A ceiling on the bytes that are held at once. Whoever comes when it is full waits in line.

type Waiting = { readonly bytes: number; readonly admit: () => void }

export class ByteRoom {
  readonly #limit: number
  #used = 0
  readonly #waiting: Waiting[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  get free(): number {
    return Math.max(0, this.#limit - this.#used)
  }

  /** Takes room if there is some now and nobody waits for it. */
  tryTake(bytes: number): boolean {
    if (this.#waiting.length > 0 || !this.#fits(bytes)) return false
    this.#used += bytes
    return true
  }

  /** Resolves once there is room. What is larger than all of it is let in alone. */
  async take(bytes: number): Promise<void> {
    if (this.tryTake(bytes)) return
    await new Promise<void>(resolve => this.#waiting.push({ bytes, admit: resolve }))
  }

  give(bytes: number): void {
    this.#used -= bytes
    for (let next = this.#waiting[0]; next && this.#fits(next.bytes); next = this.#waiting[0]) {
      this.#waiting.shift()
      this.#used += next.bytes
      next.admit()
    }
  }

  #fits(bytes: number): boolean {
    return this.#used === 0 || this.#used + bytes <= this.#limit
  }
}
