// What a route says of itself besides its path: GitHub's page about it, who may call it, and the form of
// what it is sent.
import type { FastifyReply, FastifyRequest, FastifySchema } from 'fastify'

export type OnRequest = (request: FastifyRequest, reply: FastifyReply) => Promise<void>

const PAGES = 'https://docs.github.com/rest/'

/** `page` is told with its errors: `repos/repos#get-a-repository`. */
export function route(page: string, needs: OnRequest | OnRequest[] = [], schema: FastifySchema = {}) {
  return { config: { docs: new URL(page, PAGES).href }, onRequest: needs, schema }
}
