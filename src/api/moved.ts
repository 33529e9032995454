// A repository that was renamed: whoever asks by its former name is sent on to `/repositories/:id`, under
// which every route below `/repos/:owner/:repo` is served a second time, since an id never changes.
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from 'fastify'
import { fullName, type Repository } from '../repository.ts'
import { linksOf } from './links.ts'

const BY_NAME = '/repos/:owner/:repo'
const BY_ID = '/repositories/:repository_id'

const DOCS = 'https://docs.github.com/rest/guides/best-practices-for-using-the-rest-api#follow-redirects'

/** Comes first: it hears of each route that follows. */
export function byIdRoutes(app: FastifyInstance): void {
  app.addHook('onRoute', function (this: FastifyInstance, options) {
    const { method, routePath } = options
    const isBelow = routePath === BY_NAME || routePath.startsWith(`${BY_NAME}/`)
    // Fastify adds HEAD to every GET by itself.
    if (!isBelow || method === 'HEAD') return
    // The document of our API tells each operation once.
    const schema: FastifySchema & { readonly hide: true } = { ...options.schema, hide: true }
    this.route({ ...options, url: BY_ID + routePath.slice(BY_NAME.length), schema })
  })
}

/**
 * Sends the client on when this is no longer the repository's name. GitHub's `GET` is answered 301, all
 * else 307, which a client repeats as it is: after a 301 it would make a GET of a POST.
 */
export async function redirectMoved(
  request: FastifyRequest,
  reply: FastifyReply,
  repository: Repository,
): Promise<void> {
  const [asked, rest] = askedFor(request)
  if (asked === undefined || asked.toLowerCase() === fullName(repository).toLowerCase()) return
  const url = `${linksOf(request).api}/repositories/${repository.id}${rest}`
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  await reply
    .code(isRead ? 301 : 307)
    .header('location', url)
    .send({ message: 'Moved Permanently', url, documentation_url: DOCS })
}

/** The name in the address, and what follows it there: undefined for an address without a name. */
function askedFor({ url, params, routeOptions }: FastifyRequest): [string | undefined, string] {
  const { owner, repo } = params as { readonly owner?: string; readonly repo?: string }
  const [, rest = ''] = /\/repos\/[^/?]+\/[^/?]+(.*)$/s.exec(url) ?? []
  return [routeOptions.url?.includes(BY_NAME) ? `${owner}/${repo}` : undefined, rest]
}
