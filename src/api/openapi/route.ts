// `GET /openapi.json`. The document is made once, by whoever asks first, and kept as bytes.
import type { FastifyInstance } from 'fastify'
import type { ApiContext } from '../context.ts'
import { type AddRoutes, makeDocument } from './document.ts'

export class OpenApiDocument {
  readonly #context: ApiContext
  readonly #addRoutes: AddRoutes
  #bytes: Promise<Buffer> | undefined

  constructor(context: ApiContext, addRoutes: AddRoutes) {
    this.#context = context
    this.#addRoutes = addRoutes
  }

  bytes(): Promise<Buffer> {
    this.#bytes ??= this.#make()
    return this.#bytes
  }

  async #make(): Promise<Buffer> {
    try {
      return Buffer.from(JSON.stringify(await makeDocument(this.#context, this.#addRoutes)))
    } catch (error) {
      this.#bytes = undefined
      throw error
    }
  }
}

export function openApiRoute(app: FastifyInstance, document: OpenApiDocument): void {
  app.get('/openapi.json', async (_request, reply) =>
    reply.type('application/json; charset=utf-8').send(await document.bytes()),
  )
}
