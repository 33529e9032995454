// The few words of GitHub's REST API that the tutorial speaks, over HTTP as any client would.

export type Answer = { readonly status: number; readonly body: unknown }

const TIMEOUT_MS = 10_000

export class ApiClient {
  readonly #root: string
  readonly #token: string
  readonly #signal: AbortSignal

  constructor(root: string, token: string, signal: AbortSignal) {
    this.#root = root
    this.#token = token
    this.#signal = signal
  }

  /** Any status is an answer; what is not expected is the caller's to refuse. */
  async ask(method: 'GET' | 'POST' | 'PATCH', path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(this.#root + path, {
      method,
      headers: { authorization: `token ${this.#token}`, 'user-agent': 'hookline-tutorial' },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.any([this.#signal, AbortSignal.timeout(TIMEOUT_MS)]),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? null : JSON.parse(text) }
  }

  /** Throws unless the answer has one of these statuses. */
  async expect(
    statuses: readonly number[],
    ...[method, path, body]: Parameters<ApiClient['ask']>
  ): Promise<Answer> {
    const answer = await this.ask(method, path, body)
    if (statuses.includes(answer.status)) return answer
    throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`)
  }
}
