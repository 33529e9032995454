// All pages for people, kept apart from the API: they read forms where it reads JSON, and tell in HTML
// what went wrong.
import type { FastifyInstance } from 'fastify'
import type { ApiContext } from '../context.ts'
import { readForms } from './form.ts'
import { ICON, ICON_PATH } from './page.ts'
import { referencePages } from './reference.ts'
import { signInPages } from './sign-in.ts'
import { webPages } from './web.ts'
import { welcomePages } from './welcome.ts'

export function pageRoutes(app: FastifyInstance, context: ApiContext): void {
  app.register(async pages => {
    readForms(pages)
    signInPages(pages, context)
    welcomePages(pages, context)
    webPages(pages)
    referencePages(pages)
    pages.get(ICON_PATH, async (_request, reply) => reply.type('image/svg+xml').send(ICON))
  })
}
