// A body is in memory until it is read, and whoever has a token may send one. Of all that are under way
// at once, ordinary ones and those of publishers have a ceiling each, so that large events do not keep
// small changes out.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../errors.ts'

// The largest ordinary body is an issue of 65,536 characters, up to 800 KB when all are escaped.
export const BODY_BYTES_MAX = 1024 * 1024

// 64 of the largest.
const ORDINARY_BYTES_MAX = 64 * BODY_BYTES_MAX

// Two of the largest. Parsed and cut into payloads, each byte is held some four times.
const PUBLISHED_BYTES_MAX = 128 * 1024 * 1024

const RETRY_AFTER_SECONDS = 5

export class BodyRoom {
  readonly #ordinary = new Share(ORDINARY_BYTES_MAX)
  readonly #published = new Share(PUBLISHED_BYTES_MAX)

  /** For `preParsing`, when it is known who sends. What is taken is given back with the end of the answer. */
  async take({ headers, routeOptions }: FastifyRequest, reply: FastifyReply): Promise<void> {
    const limit = routeOptions.bodyLimit ?? BODY_BYTES_MAX
    // Chunks announce no length: they may go up to the limit.
    const announced = headers['transfer-encoding'] === undefined ? headers['content-length'] : limit
    const bytes = Math.min(Number(announced ?? 0), limit)
    if (bytes === 0) return
    const share = limit > BODY_BYTES_MAX ? this.#published : this.#ordinary
    if (!share.tryTake(bytes)) {
      const retryAfterSeconds = RETRY_AFTER_SECONDS
      throw new AppError('unavailable', 'Too much at once: send it again soon.', { retryAfterSeconds })
    }
    reply.raw.once('close', () => share.give(bytes))
  }
}

class Share {
  readonly #bytesMax: number
  #bytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  tryTake(bytes: number): boolean {
    if (this.#bytes + bytes > this.#bytesMax) return false
    this.#bytes += bytes
    return true
  }

  give(bytes: number): void {
    this.#bytes -= bytes
  }
}
