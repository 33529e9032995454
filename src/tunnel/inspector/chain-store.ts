// Bytes as they pass, in one piece of memory that is set aside once: nothing is allocated on their way, and nothing is
// left to be collected. It is cut into blocks; what belongs together is a chain of them.

// A webhook's headers and JSON take one to three of these. Larger ones would be empty for the most part, smaller
// ones cost more copies for a body of a megabyte, which now is 256 of 400 ns.
const BLOCK_BYTES = 4096

// No block follows.
const END = -1

export type Chain = {
  /** All that passed. */
  size: number
  /** Of it, from its beginning, what is here. */
  kept: number
  first: number
  last: number
  /** Nothing more of it is kept. */
  isClosed: boolean
}

export function emptyChain(): Chain {
  return { size: 0, kept: 0, first: END, last: END, isClosed: false }
}

export class ChainStore {
  readonly #memory: Buffer
  /** Of each block the one that follows, in its chain or among those that are free. */
  readonly #next: Int32Array
  readonly #makeRoom: () => boolean
  #free: number

  /** `makeRoom` releases a chain, and tells whether there was one. */
  constructor(bytesMax: number, makeRoom: () => boolean) {
    const blocks = Math.floor(bytesMax / BLOCK_BYTES)
    // The system gives pages of it as they are written to for the first time, and not before.
    this.#memory = Buffer.alloc(blocks * BLOCK_BYTES)
    this.#next = new Int32Array(blocks)
    for (let block = 0; block < blocks; block++) this.#next[block] = block + 1 < blocks ? block + 1 : END
    this.#free = blocks > 0 ? 0 : END
    this.#makeRoom = makeRoom
  }

  /** Of the whole chain, `keptMax` at most is kept. */
  append(chain: Chain, bytes: Uint8Array, keptMax: number): void {
    chain.size += bytes.length
    const length = Math.min(bytes.length, keptMax - chain.kept)
    let from = 0
    while (from < length && !chain.isClosed) {
      const within = chain.kept % BLOCK_BYTES
      // `makeRoom` may have released this very chain.
      if (within === 0 && !(this.#addBlock(chain) && !chain.isClosed)) break
      const part = Math.min(BLOCK_BYTES - within, length - from)
      this.#memory.set(
        from === 0 && part === bytes.length ? bytes : bytes.subarray(from, from + part),
        chain.last * BLOCK_BYTES + within,
      )
      chain.kept += part
      from += part
    }
    // What came after a gap would be no part of the beginning.
    if (from < bytes.length) chain.isClosed = true
  }

  /** A copy of its beginning, or of all of it. */
  read({ first, kept }: Chain, length = kept): Buffer {
    const copy = Buffer.allocUnsafe(length)
    let block = first
    for (let at = 0; at < length; at += BLOCK_BYTES) {
      const start = block * BLOCK_BYTES
      this.#memory.copy(copy, at, start, start + Math.min(BLOCK_BYTES, length - at))
      block = this.#next[block] ?? END
    }
    return copy
  }

  release(chain: Chain): void {
    chain.isClosed = true
    if (chain.first === END) return
    this.#next[chain.last] = this.#free
    this.#free = chain.first
    chain.first = END
    chain.last = END
    chain.kept = 0
  }

  #addBlock(chain: Chain): boolean {
    while (this.#free === END) if (!this.#makeRoom()) return false
    if (chain.isClosed) return false
    const block = this.#free
    this.#free = this.#next[block] ?? END
    this.#next[block] = END
    if (chain.first === END) chain.first = block
    else this.#next[chain.last] = block
    chain.last = block
    return true
  }
}
