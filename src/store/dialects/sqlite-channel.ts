// The line to an SQLite thread: requests of one tick share a message, answers come in order. A
// message costs about as much as a small statement, so the batches matter.
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { AppError } from '../../errors.ts'
import type { Row } from './dialect.ts'
import { type Packet, pack, type Step } from './packet.ts'

const YOUNG_GENERATION_MB = 8

export type ThreadOptions = { readonly file: string; readonly readOnly: boolean }

export type ThreadRequest =
  /**
   * `guarded` statements belong to a transaction, and are refused when SQLite has ended that by itself
   * (disk full): they would be durable one by one.
   */
  | { readonly kind: 'one'; readonly sql: string; readonly values: Row; readonly guarded: boolean }
  | { readonly kind: 'many'; readonly step: Step }
  /** A whole transaction: each unit is taken back alone if it fails. */
  | { readonly kind: 'transaction'; readonly packet: Packet }
  /** One value that is bytes for each key; null where there is no row. */
  | { readonly kind: 'bytes'; readonly sql: string; readonly keys: readonly number[] }

export type ThreadFailure = { readonly message: string; readonly errcode: number | null }

/** What each unit of a transaction came to: the rows that its statements returned, or its failure. */
export type UnitAnswer =
  | { readonly ok: true; readonly rows: unknown[] }
  | { readonly ok: false; readonly failure: ThreadFailure }

export type ThreadAnswer =
  | { readonly ok: true; readonly rows: unknown[]; readonly changes: number }
  | { readonly ok: false; readonly failure: ThreadFailure }

export type Answered = { readonly rows: unknown[]; readonly changes: number }

/** An error of SQLite's, with its extended result code: recognise it by that, never by its text. */
export class SqliteError extends Error {
  readonly errcode: number | null

  constructor(failure: ThreadFailure, where: string) {
    super(`${failure.message} (in: ${where.slice(0, 200)})`)
    this.name = 'SqliteError'
    this.errcode = failure.errcode
  }
}

type Waiting = {
  readonly request: ThreadRequest
  readonly resolve: (answered: Answered) => void
  readonly reject: (error: Error) => void
}

export class SqliteChannel {
  readonly #worker: Worker
  #unsent: Waiting[] = []
  readonly #sent: Waiting[][] = []
  #closed: Promise<void> | undefined
  #failure: Error | undefined
  #exited = false

  constructor(options: ThreadOptions) {
    const file = new URL(`./sqlite-thread${extname(import.meta.url)}`, import.meta.url)
    this.#worker = new Worker(file, {
      workerData: options,
      // On Node 22, SQLite still says that it is experimental, once for each thread.
      execArgv: ['--disable-warning=ExperimentalWarning'],
      // Its rows are handed over and forgotten. Without a limit each thread keeps up to 128 MB for them.
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    })
    this.#worker.on('message', (answers: ThreadAnswer[]) => this.#receive(answers))
    this.#worker.on('error', error => this.#fail(error as Error))
    this.#worker.on('exit', () => {
      this.#exited = true
      this.#fail(new AppError('unavailable', 'The store is closed.', { retryAfterSeconds: 5 }))
    })
  }

  one(sql: string, values: Row = [], guarded = false): Promise<Answered> {
    return this.#ask({ kind: 'one', sql, values, guarded })
  }

  /** Within a transaction: runs one statement for each row, and gives back all rows that it returned. */
  many(step: Step): Promise<Answered> {
    return this.#ask({ kind: 'many', step })
  }

  /** One transaction in one message. Rejects when it could not be committed: then no unit was. */
  async transaction(units: readonly (readonly Step[])[]): Promise<UnitAnswer[]> {
    const { rows } = await this.#ask({ kind: 'transaction', packet: pack(units) })
    return rows as UnitAnswer[]
  }

  /** For each key the bytes in the statement's one column, handed over and not copied. */
  async bytes(sql: string, keys: readonly number[]): Promise<(Uint8Array | null)[]> {
    const { rows } = await this.#ask({ kind: 'bytes', sql, keys })
    return rows as (Uint8Array | null)[]
  }

  close(): Promise<void> {
    this.#closed ??= new Promise(resolve => {
      if (this.#exited) return resolve()
      this.#worker.once('exit', () => resolve())
      this.#worker.postMessage('close')
    })
    return this.#closed
  }

  #ask(request: ThreadRequest): Promise<Answered> {
    if (this.#failure) return Promise.reject(this.#failure)
    return new Promise((resolve, reject) => {
      if (this.#unsent.length === 0) queueMicrotask(() => this.#send())
      this.#unsent.push({ request, resolve, reject })
    })
  }

  #send(): void {
    const batch = this.#unsent
    this.#unsent = []
    this.#sent.push(batch)
    const requests = batch.map(({ request }) => request)
    const handedOver = requests.flatMap(request =>
      request.kind === 'transaction' ? [request.packet.bytes] : [],
    )
    this.#worker.postMessage(requests, handedOver)
  }

  #receive(answers: ThreadAnswer[]): void {
    const batch = this.#sent.shift() ?? []
    batch.forEach(({ request, resolve, reject }, index) => {
      const answer = answers[index]
      if (answer?.ok) resolve(answer)
      else
        reject(new SqliteError(answer?.failure ?? { message: 'no answer', errcode: null }, nameOf(request)))
    })
  }

  #fail(error: Error): void {
    this.#failure ??= error
    for (const { reject } of [...this.#sent.flat(), ...this.#unsent]) reject(this.#failure)
    this.#sent.length = 0
    this.#unsent = []
  }
}

function nameOf(request: ThreadRequest): string {
  switch (request.kind) {
    case 'one':
    case 'bytes':
      return request.sql
    case 'many':
      return request.step.sql
    case 'transaction':
      return 'a transaction of batches'
  }
}
