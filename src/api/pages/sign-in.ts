// How a person gets in and out: by a one-time link, or by pasting a token.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Account, grants, SCOPES, type Scope } from '../../account.ts'
import { AppError } from '../../errors.ts'
import {
  consumeSignInLink,
  createSession,
  deleteSession,
  findSignInLink,
  SESSION_LIFETIME_MS,
} from '../../store/sessions.ts'
import type { ApiContext } from '../context.ts'
import { cookieOf, SESSION_COOKIE } from '../credentials.ts'
import { pagePath } from '../links.ts'
import { formOf, formToken, isOurForm, setCookie } from './form.ts'
import { html } from './html.ts'
import { type Reader, readerOf, sendPage } from './page.ts'

export function signInPages(app: FastifyInstance, context: ApiContext): void {
  linkPages(app, context)
  tokenPages(app, context)

  app.post('/logout', async (request, reply) => {
    if (!isOurForm(request)) return sendExpiredForm(request, reply)
    const text = cookieOf(request, SESSION_COOKIE)
    if (text) await context.store.write(tx => deleteSession(tx, text))
    setCookie(request, reply, SESSION_COOKIE, '', { sameSite: 'Lax', maxAgeSeconds: 0 })
    return reply.redirect(pagePath(request, '/login'), 303)
  })
}

function linkPages(app: FastifyInstance, { store, clock }: ApiContext): void {
  type Route = { Params: { readonly code: string } }
  const path = '/login/:code'

  app.get<Route>(path, async (request, reply) => {
    const { code } = request.params
    const user = await findSignInLink(store.read, code, clock.nowMs())
    if (!user) return sendSpentLink(request, reply)
    const reader = readerOf(request)
    const { words } = reader
    const action = pagePath(request, `/login/${encodeURIComponent(code)}`)
    const body = html`<section class="narrow">
<h1>${words.signIn}</h1>
<p class="soft">${words.linkOnce}</p>
<form method="post" action="${action}">${formToken(request, reply)}
<button class="main">${words.signInAs(user.login)}</button></form>
</section>`
    return sendPage(reply, reader, { title: words.signIn, body })
  })

  app.post<Route>(path, async (request, reply) => {
    if (!isOurForm(request)) return sendExpiredForm(request, reply)
    const nowMs = clock.nowMs()
    const session = await store.write(async tx => {
      const user = await consumeSignInLink(tx, request.params.code, nowMs)
      return user && createSession(tx, user.id, nowMs)
    })
    if (session === undefined) return sendSpentLink(request, reply)
    return enter(request, reply, session)
  })
}

function tokenPages(app: FastifyInstance, { store, clock }: ApiContext): void {
  app.get('/login', async (request, reply) => {
    if (await app.credentials.findSession(request)) return reply.redirect(pagePath(request, '/welcome'), 303)
    return sendTokenForm(request, reply, readerOf(request))
  })

  app.post('/login', async (request, reply) => {
    if (!isOurForm(request)) return sendExpiredForm(request, reply)
    const reader = readerOf(request)
    try {
      const text = formOf(request).get('token')?.trim() ?? ''
      const { token, user } = await app.credentials.holderOf(text, request.ip)
      if (!mayEverything(user, token.scopes)) {
        return sendTokenForm(request, reply, reader, { status: 403, fault: reader.words.tokenNarrow })
      }
      const session = await store.write(tx => createSession(tx, user.id, clock.nowMs(), token.id))
      return enter(request, reply, session)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      if (error.code === 'bad_credentials') {
        return sendTokenForm(request, reply, reader, { status: 401, fault: reader.words.tokenWrong })
      }
      if (error.code !== 'forbidden') throw error
      return sendTokenForm(request, reply, reader, { status: 403, fault: reader.words.tooManyAttempts })
    }
  })
}

// A session may do all that its user may, and make tokens: one with fewer scopes must not be
// exchanged for it.
function mayEverything(user: Account, scopes: readonly Scope[]): boolean {
  return SCOPES.every(scope => grants(scopes, scope) || (scope === 'site_admin' && !user.siteAdmin))
}

function enter(request: FastifyRequest, reply: FastifyReply, session: string): FastifyReply {
  const maxAgeSeconds = SESSION_LIFETIME_MS / 1000
  setCookie(request, reply, SESSION_COOKIE, session, { sameSite: 'Lax', maxAgeSeconds })
  return reply.redirect(pagePath(request, '/welcome'), 303)
}

// They save a password together with a user name, and expect a field for it.
const NAME_FOR_PASSWORD_MANAGERS = html`
<input class="away" type="text" name="username" autocomplete="username" tabindex="-1" aria-hidden="true">`

type Refusal = { readonly status: number; readonly fault: string }

function sendTokenForm(
  request: FastifyRequest,
  reply: FastifyReply,
  reader: Reader,
  refusal?: Refusal,
): FastifyReply {
  const { words } = reader
  const body = html`<section class="narrow">
<h1>${words.signIn}</h1>
<form method="post" action="${pagePath(request, '/login')}">${formToken(request, reply)}
${NAME_FOR_PASSWORD_MANAGERS}
<label class="field" for="token">${words.token}</label>
<p><input id="token" name="token" type="password" autocomplete="current-password" required autofocus
 ${refusal ? html`aria-invalid="true" aria-describedby="fault hint"` : html`aria-describedby="hint"`}></p>
${refusal ? html`<p class="bad" role="alert" id="fault">${refusal.fault}</p>` : null}
<p class="soft small" id="hint">${words.tokenHint}</p>
<button class="main">${words.signIn}</button></form>
</section>`
  return sendPage(reply, reader, { title: words.signIn, body }, refusal?.status)
}

function sendSpentLink(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const reader = readerOf(request)
  const { words } = reader
  const body = html`<section class="narrow">
<h1>${words.linkSpent}</h1>
<p>${words.linkSpentWhy}</p>
<p><a href="${pagePath(request, '/login')}">${words.signIn}</a></p>
</section>`
  return sendPage(reply, reader, { title: words.linkSpent, body }, 404)
}

export function sendExpiredForm(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const reader = readerOf(request)
  const { words } = reader
  const body = html`<section class="narrow">
<h1>${words.formExpired}</h1>
<p>${words.formExpiredWhy}</p>
<p><a href="${pagePath(request, '/welcome')}">${words.goOn}</a></p>
</section>`
  return sendPage(reply, reader, { title: words.formExpired, body }, 403)
}
