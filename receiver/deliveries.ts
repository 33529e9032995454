// Where deliveries come in: the signature is verified over the bytes as they came, the delivery is
// stored, and only then answered with 202. What it says is counted after the answer.
import type { IncomingHttpHeaders } from 'node:http'
import { verify } from '@octokit/webhooks-methods'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Arrival, Memory } from './memory.ts'
import { parseObject } from './payload.ts'

export type Intake = {
  readonly path: string
  readonly secret: string | undefined
  readonly memory: Memory
  readonly log: (line: string) => void
}

/** GitHub's ceiling for a payload. */
export const PAYLOAD_BYTES_MAX = 25 * 1024 * 1024
// A body is in memory until it is stored, and strangers may send one: ten of the largest at a time.
// An `issues` payload has about 10 KB.
const BYTES_UNDER_WAY_MAX = 10 * PAYLOAD_BYTES_MAX

const EVENT = /^\w{1,100}$/
const GUID = /^[\x21-\x7e]{1,200}$/
const JSON_TYPE = 'application/json'
const FORM_TYPE = 'application/x-www-form-urlencoded'

// Strict, and it keeps a byte order mark: the text then stands for exactly one sequence of bytes,
// which is what makes verifying it the same as verifying them.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export function receiveDeliveries(app: FastifyInstance, { path, secret, memory, log }: Intake): void {
  if (!secret) log('No secret is set: whoever finds the address can send deliveries.')

  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    [JSON_TYPE, FORM_TYPE],
    { parseAs: 'buffer' },
    async (_: unknown, body: Buffer) => body,
  )
  app.post(path, { onRequest: roomKeeper() }, async ({ headers, body }, reply) => {
    if (!Buffer.isBuffer(body)) throw refusal(415, `Send ${JSON_TYPE} or ${FORM_TYPE}.`)
    const text = decode(body)
    if (secret) await checkSignature(text, secret, headers['x-hub-signature-256'])
    const arrival = readArrival(text, headers)
    const isNew = await memory.accept(arrival)
    log(`${arrival.event} ${arrival.guid}${isNew ? '' : ' (known already)'}`)
    return reply.code(202).send({ message: isNew ? 'Accepted' : 'Known already' })
  })
}

export function refusal(statusCode: number, message: string): Error {
  return Object.assign(new Error(message), { statusCode })
}

async function checkSignature(text: string | null, secret: string, signature: unknown): Promise<void> {
  const signed = text && typeof signature === 'string' && signature && (await verify(secret, text, signature))
  if (!signed) throw refusal(401, 'X-Hub-Signature-256 is missing, or was not made with our secret.')
}

function readArrival(text: string | null, headers: IncomingHttpHeaders): Arrival {
  const event = headers['x-github-event']
  const guid = headers['x-github-delivery']
  if (typeof event !== 'string' || !EVENT.test(event))
    throw refusal(400, 'X-GitHub-Event is missing or malformed.')
  if (typeof guid !== 'string' || !GUID.test(guid))
    throw refusal(400, 'X-GitHub-Delivery is missing or malformed.')
  if (text === null) throw refusal(400, 'The body is not UTF-8.')

  const isForm = headers['content-type']?.toLowerCase().startsWith(FORM_TYPE)
  const payload = isForm ? new URLSearchParams(text).get('payload') : text
  if (payload === null) throw refusal(400, 'The form has no field "payload".')
  if (parseObject(payload) === null) throw refusal(400, 'The payload is not a JSON object.')
  return { guid, event, payload }
}

function decode(bytes: Buffer): string | null {
  try {
    return utf8.decode(bytes)
  } catch {
    return null
  }
}

/** Refuses bodies, by their announced length, while too many bytes are under way. */
function roomKeeper() {
  let bytesUnderWay = 0
  return async ({ headers }: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const bytes = Math.min(Number(headers['content-length'] ?? PAYLOAD_BYTES_MAX), PAYLOAD_BYTES_MAX)
    if (bytesUnderWay + bytes > BYTES_UNDER_WAY_MAX) {
      reply.header('retry-after', 5)
      throw refusal(503, 'Too much at once: send it again soon.')
    }
    bytesUnderWay += bytes
    reply.raw.once('close', () => {
      bytesUnderWay -= bytes
    })
  }
}
