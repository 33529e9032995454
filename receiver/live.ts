// Tells open pages, by server-sent events, that there is something new to fetch. It sends no
// figures itself: a page knows best which days of which time zone it shows.
import type { ServerResponse } from 'node:http'

const PAGES_MAX = 100
// Under the minute after which proxies give up a silent connection.
const HEARTBEAT_EVERY_MS = 20_000
// A burst of deliveries is told once: ten times a second looks live and costs little.
const GATHER_MS = 100

export class Live {
  readonly #pages = new Set<ServerResponse>()
  readonly #heart = setInterval(() => this.#send(': still here\n\n'), HEARTBEAT_EVERY_MS).unref()
  #gathering: NodeJS.Timeout | undefined

  get isFull(): boolean {
    return this.#pages.size >= PAGES_MAX
  }

  join(page: ServerResponse): void {
    page.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
    page.write('retry: 1000\n\n')
    page.once('close', () => this.#pages.delete(page))
    this.#pages.add(page)
  }

  changed(): void {
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined
      this.#send('event: changed\ndata:\n\n')
    }, GATHER_MS).unref()
  }

  close(): void {
    clearInterval(this.#heart)
    clearTimeout(this.#gathering)
    for (const page of this.#pages) page.end()
  }

  /** A page that does not read what little it is sent is let go; it connects again if it lives. */
  #send(text: string): void {
    for (const page of this.#pages) if (!page.write(text)) page.destroy()
  }
}
