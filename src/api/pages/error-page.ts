// What went wrong at an address of these pages, told to a person.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Log } from '../../base/log.ts'
import { takeError } from '../errors.ts'
import { pagePath } from '../links.ts'
import { html } from './html.ts'
import { readerOf, sendPage } from './page.ts'
import type { Words } from './words.ts'

export function sendErrorPage(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  log: Log,
): FastifyReply {
  const { status } = takeError(error, request, reply, log)
  const reader = readerOf(request)
  const { title, why } = explain(status, reader.words)
  const body = html`<section class="narrow">
<h1>${title}</h1>
<p>${why}</p>
<p><a href="${pagePath(request, '/')}">${reader.words.goOn}</a></p>
</section>`
  return sendPage(reply, reader, { title, body }, status)
}

function explain(status: number, words: Words): { readonly title: string; readonly why: string } {
  if (status === 404) return { title: words.notFound, why: words.notFoundWhy }
  if (status >= 500) return { title: words.failed, why: words.failedWhy }
  // A body that is not a form of ours, or is too large.
  return { title: words.formExpired, why: words.formExpiredWhy }
}
