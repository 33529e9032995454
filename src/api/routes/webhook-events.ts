// The catalogue of GitHub's events, for whoever offers them: settings pages, command lines. An addition to
// GitHub's API; it is the same for everybody, and so needs no token.
import type { FastifyInstance } from 'fastify'
import { notFound } from '../../errors.ts'
import { type CataloguedEvent, EVENT_CATALOGUE } from '../../event-catalogue.ts'
import { hasEventSchema } from '../../github/event-schemas.ts'

export function webhookEventRoutes(app: FastifyInstance): void {
  app.get('/webhook-events', async () => [...EVENT_CATALOGUE.values()].map(cataloguedEventJson))

  app.get<{ Params: { readonly name: string } }>('/webhook-events/:name', async request => {
    const event = EVENT_CATALOGUE.get(request.params.name)
    if (!event) throw notFound()
    return cataloguedEventJson(event)
  })
}

/** `actions` is null where the caller chooses. */
function cataloguedEventJson({ name, actions, subscribers, description }: CataloguedEvent) {
  return {
    name,
    actions: actions === 'any' ? null : actions,
    targets: subscribers,
    has_schema: hasEventSchema(name),
    description,
  }
}
