// What is looked for inside a payload: read once, and only when somebody looks. The bytes themselves
// are never made again from it.

export class PayloadContent {
  readonly #bytes: Uint8Array
  #parsed: { readonly value: unknown } | undefined

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Undefined when the payload is no JSON. */
  get value(): unknown {
    this.#parsed ??= { value: parsed(this.#bytes) }
    return this.#parsed.value
  }

  /** The number of the issue or the pull request that the event is about. */
  get issueNumber(): number | null {
    const content = (this.value ?? {}) as Record<string, { number?: unknown } | undefined>
    // biome-ignore lint/complexity/useLiteralKeys: GitHub's word, not ours.
    const number = content['issue']?.number ?? content['pull_request']?.number
    return typeof number === 'number' ? number : null
  }
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString())
  } catch {
    return undefined
  }
}
