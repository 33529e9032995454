// The line to an SQLite thread: requests of one tick share a message, answers come in order. A
// message costs about as much as a small statement, so the batches matter.
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Row } from './dialect.ts'

export type ThreadOptions = { readonly file: string; readonly readOnly: boolean }

export type ThreadRequest =
  | { readonly kind: 'one'; readonly sql: string; readonly values: Row; readonly rows: readonly Row[] }
  | { readonly kind: 'many'; readonly sql: string; readonly values: Row; readonly rows: readonly Row[] }

export type ThreadFailure = { readonly message: string; readonly errcode: number | null }

export type ThreadAnswer =
  | { readonly ok: true; readonly rows: unknown[]; readonly changes: number }
  | { readonly ok: false; readonly failure: ThreadFailure }

export type Answered = { readonly rows: unknown[]; readonly changes: number }

/** An error of SQLite's, with its extended result code: recognise it by that, never by its text. */
export class SqliteError extends Error {
  readonly errcode: number | null

  constructor(failure: ThreadFailure, sql: string) {
    super(`${failure.message} (in: ${sql.slice(0, 200)})`)
    this.name = 'SqliteError'
    this.errcode = failure.errcode
  }
}

type Waiting = {
  readonly request: ThreadRequest
  readonly resolve: (answered: Answered) => void
  readonly reject: (error: Error) => void
}

const NO_ROWS: readonly Row[] = []

export class SqliteChannel {
  readonly #worker: Worker
  #unsent: Waiting[] = []
  readonly #sent: Waiting[][] = []
  #closed: Promise<void> | undefined
  #failure: Error | undefined

  constructor(options: ThreadOptions) {
    const file = new URL(`./sqlite-thread${extname(import.meta.url)}`, import.meta.url)
    this.#worker = new Worker(file, { workerData: options })
    this.#worker.on('message', (answers: ThreadAnswer[]) => this.#receive(answers))
    this.#worker.on('error', error => this.#fail(error as Error))
    this.#worker.on('exit', () => this.#fail(new Error('the database is closed')))
  }

  one(sql: string, values: Row = []): Promise<Answered> {
    return this.#ask({ kind: 'one', sql, values, rows: NO_ROWS })
  }

  /** Runs one statement for each row, and gives back all rows that it returned. */
  many(sql: string, rows: readonly Row[]): Promise<Answered> {
    return this.#ask({ kind: 'many', sql, values: [], rows })
  }

  close(): Promise<void> {
    this.#closed ??= new Promise(resolve => {
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
    this.#worker.postMessage(batch.map(waiting => waiting.request))
  }

  #receive(answers: ThreadAnswer[]): void {
    const batch = this.#sent.shift() ?? []
    batch.forEach(({ request, resolve, reject }, index) => {
      const answer = answers[index]
      if (answer?.ok) resolve(answer)
      else reject(new SqliteError(answer?.failure ?? { message: 'no answer', errcode: null }, request.sql))
    })
  }

  #fail(error: Error): void {
    this.#failure ??= error
    for (const { reject } of [...this.#sent.flat(), ...this.#unsent]) reject(this.#failure)
    this.#sent.length = 0
    this.#unsent = []
  }
}
