// Which operations we have, told by the server itself, and how their names compare with GitHub's: the
// two name the parameters of a path differently.
import type { ApiContext } from '../../src/api/context.ts'
import { createServer } from '../../src/api/server.ts'

/** `GET /repos/:owner/:repo/hooks` and so on, of the API and of the pages beside it. */
export async function listRoutes(context: ApiContext): Promise<string[]> {
  const app = createServer(context)
  const routes: string[] = []
  // The API is registered by a plugin, which starts with `ready`: early enough to hear of each.
  app.addHook('onRoute', ({ method, url }) => {
    routes.push(...[method].flat().map(name => `${name} ${url}`))
  })
  await app.ready()
  await app.close()
  return [...new Set(routes)].sort()
}

export { shapeOf } from '../../src/api/openapi/github-part.ts'
