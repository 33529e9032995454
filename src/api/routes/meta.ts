// What the server tells of itself: its root, its zen, its limits, its networks.
import { networkInterfaces } from 'node:os'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { classify } from '../../egress/address.ts'
import { metaJson, octocatText, rateLimitJson, rootJson } from '../../github/server.ts'
import { zen } from '../../github/zen.ts'
import { findAccount } from '../../store/accounts.ts'
import type { ApiContext } from '../context.ts'
import type { Caller } from '../credentials.ts'
import { isEnterprise, linksOf, pagePath } from '../links.ts'
import { readWeb, sendWeb, wantsPage } from '../pages/web.ts'
import { rateStatusOf, unlimited } from '../rate-limit.ts'
import { route } from '../route.ts'

export function metaRoutes(app: FastifyInstance, { clock, store, version }: ApiContext): void {
  const html = readWeb()

  app.get('/', route('meta/meta#github-api-root'), async (request, reply) => {
    if (!wantsPage(request)) return rootJson(linksOf(request))
    // Without the pages that are built there is one that needs no script.
    if (html === null || isEnterprise(request))
      return reply.redirect(pagePath(request, html ? '/' : '/welcome'))
    return sendWeb(request, reply, html)
  })

  app.get('/zen', route('meta/meta#get-the-zen-of-github'), async (_request, reply) =>
    asText(reply, zen(clock.random())),
  )

  app.get<{ Querystring: { readonly s?: string } }>(
    '/octocat',
    route('meta/meta#get-octocat', [], {
      querystring: { type: 'object', properties: { s: { type: 'string', maxLength: 200 } } },
    }),
    async (request, reply) => {
      // Whoever has this login has a page at this address.
      const isPage = html !== null && wantsPage(request) && !isEnterprise(request)
      if (isPage && (await findAccount(store.read, 'octocat'))) return sendWeb(request, reply, html)
      const text = octocatText(request.query.s ?? zen(clock.random()))
      return asText(reply, text, 'application/octocat-stream')
    },
  )

  app.get('/meta', route('meta/meta#get-apiname-meta-information'), async request =>
    metaJson({
      version,
      isEnterprise: isEnterprise(request),
      networks: networksToldTo(request.caller),
    }),
  )

  const { config } = route('rate-limit/rate-limit#get-rate-limit-status-for-the-authenticated-user')
  app.get('/rate_limit', { config: { ...config, uncounted: true } }, async request =>
    rateLimitJson(rateStatusOf(request.quota ?? unlimited(clock))),
  )
}

function asText(reply: FastifyReply, text: string, type = 'text/plain'): FastifyReply {
  return reply.type(`${type}; charset=utf-8`).send(text)
}

// The addresses from which deliveries leave this machine; a router may translate them. Strangers are not
// told those that are not public.
function networksToldTo(caller: Caller | null): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap(list => list ?? [])
  return addresses
    .filter(({ address }) => caller !== null || classify(address) === 'public')
    .map(({ address, family }) => `${address}/${family === 'IPv4' ? 32 : 128}`)
}
