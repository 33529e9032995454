// How far something long has come: one line that is drawn over on a terminal, and plain lines, few
// of them, where the output goes to a file.
import { styleText } from 'node:util'

const BAR_WIDTH = 24
// So many plain lines at most, whatever the number of steps.
const PLAIN_LINES_MAX = 10
// Back to the line's begin, and clear what stands there.
const OVER = '\r\x1b[K'

type Out = Pick<NodeJS.WriteStream, 'write' | 'isTTY'>

export class Progress {
  readonly #title: string
  readonly #out: Out
  #tenth = 0

  constructor(title: string, out: Out = process.stdout) {
    this.#title = title
    this.#out = out
  }

  show(done: number, total: number, detail: string): void {
    if (this.#out.isTTY) {
      this.#out.write(`${OVER}${this.#title}  ${bar(done, total)}  ${done}/${total}  ${detail}`)
      return
    }
    const tenth = Math.floor((done / total) * PLAIN_LINES_MAX)
    if (tenth === this.#tenth) return
    this.#tenth = tenth
    this.#out.write(`${this.#title}: ${done} of ${total} pages, ${detail}\n`)
  }

  /** A whole line, in place of the bar. */
  say(text: string): void {
    this.#out.write(`${this.#out.isTTY ? OVER : ''}${text}\n`)
  }
}

function bar(done: number, total: number): string {
  const full = Math.round((done / total) * BAR_WIDTH)
  return styleText('green', '━'.repeat(full)) + styleText('dim', '━'.repeat(BAR_WIDTH - full))
}
