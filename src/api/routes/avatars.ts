// An account's picture, drawn from its id: five by five squares, symmetrical. No picture is stored, and
// none is fetched from anywhere.
import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { NUMBER } from '../fields.ts'

const SIDE = 5
// Its id never changes, and neither does what is drawn from it.
const CACHE_SECONDS = 7 * 24 * 60 * 60

export function avatarRoutes(app: FastifyInstance): void {
  app.get<{ Params: { readonly id: number } }>(
    '/avatars/u/:id',
    { schema: { params: { type: 'object', properties: { id: NUMBER } } } },
    async (request, reply) =>
      reply
        .type('image/svg+xml')
        .header('cache-control', `public, max-age=${CACHE_SECONDS}, immutable`)
        // Pages of other sites that show our JSON may show the picture, too.
        .header('cross-origin-resource-policy', 'cross-origin')
        .header('content-security-policy', "default-src 'none'; style-src 'none'")
        .send(drawAvatar(request.params.id)),
  )
}

function drawAvatar(id: number): string {
  const digest = createHash('sha256').update(`avatar:${id}`).digest()
  const hue = Math.round(((digest[0] ?? 0) / 256) * 360)
  const squares: string[] = []
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      const mirrored = Math.min(column, SIDE - 1 - column)
      const byte = digest[1 + row * SIDE + mirrored] ?? 0
      if (byte % 2 === 0) squares.push(`M${column + 0.5} ${row + 0.5}h1v1h-1z`)
    }
  }
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 6 6" shape-rendering="crispEdges">` +
    `<path fill="#f0f0f0" d="M0 0h6v6H0z"/>` +
    `<path fill="hsl(${hue} 50% 55%)" d="${squares.join('')}"/></svg>`
  )
}
