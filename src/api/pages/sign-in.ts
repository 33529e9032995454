// How a person gets in and out: by a one-time link, by name and password, or by pasting a token. They go on
// to the page that sent them here.
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
import { ACCOUNT_SUSPENDED, cookieOf, SESSION_COOKIE } from '../credentials.ts'
import { pagePath } from '../links.ts'
import { formOf, formToken, isOurForm, setCookie } from './form.ts'
import { type Html, html } from './html.ts'
import { type Reader, readerOf, sendPage } from './page.ts'
import { returnPath } from './return-to.ts'

export function signInPages(app: FastifyInstance, context: ApiContext): void {
  linkPages(app, context)
  formPages(app, context)

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
    const reader = readerOf(request)
    if (app.credentials.isGuessing(request.ip)) return sendTooMany(request, reply, reader)
    const user = await findSignInLink(store.read, code, clock.nowMs())
    if (!user) return sendSpentLink(request, reply)
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
    if (app.credentials.isGuessing(request.ip)) return sendTooMany(request, reply, readerOf(request))
    const nowMs = clock.nowMs()
    const session = await store.write(async tx => {
      const user = await consumeSignInLink(tx, request.params.code, nowMs)
      return user && createSession(tx, user.id, nowMs)
    })
    if (session === undefined) return sendSpentLink(request, reply)
    return enter(request, reply, session)
  })
}

function formPages(app: FastifyInstance, context: ApiContext): void {
  app.get<{ Querystring: { readonly return_to?: unknown } }>('/login', async (request, reply) => {
    const asked = request.query.return_to
    const returnTo = typeof asked === 'string' ? asked : ''
    if (await app.credentials.findSession(request)) {
      return reply.redirect(returnPath(request, returnTo), 303)
    }
    return sendForms(request, reply, readerOf(request), { returnTo })
  })

  app.post('/login', async (request, reply) => {
    if (!isOurForm(request)) return sendExpiredForm(request, reply)
    const form = formOf(request)
    const reader = readerOf(request)
    const filled: Filled = {
      returnTo: form.get('return_to') ?? '',
      login: (form.get('username') ?? '').trim(),
      by: form.has('token') ? 'token' : 'password',
    }
    try {
      const proven = await (filled.by === 'token' ? byToken : byPassword)(app, request, filled)
      if (proven === 'narrow') {
        return sendForms(request, reply, reader, { ...filled, status: 403, fault: reader.words.tokenNarrow })
      }
      const { user, tokenId } = proven
      const session = await context.store.write(tx =>
        createSession(tx, user.id, context.clock.nowMs(), tokenId),
      )
      return enter(request, reply, session, filled.returnTo)
    } catch (error) {
      const refusal = refusalOf(error, filled, reader)
      if (!refusal) throw error
      return sendForms(request, reply, reader, { ...filled, ...refusal })
    }
  })
}

type Proven = { readonly user: Account; readonly tokenId: number | null }

async function byToken(app: FastifyInstance, request: FastifyRequest): Promise<Proven | 'narrow'> {
  const text = formOf(request).get('token')?.trim() ?? ''
  const { token, user } = await app.credentials.holderOf(text, request.ip)
  return mayEverything(user, token.scopes) ? { user, tokenId: token.id } : 'narrow'
}

async function byPassword(
  app: FastifyInstance,
  request: FastifyRequest,
  { login = '' }: Filled,
): Promise<Proven> {
  const password = formOf(request).get('password') ?? ''
  const user = await app.credentials.userOfPassword(login, password, request.ip)
  return { user, tokenId: null }
}

/** Undefined for what is no refusal of who wants in. */
function refusalOf(error: unknown, { by }: Filled, { words }: Reader): Refusal | undefined {
  if (!(error instanceof AppError)) return undefined
  switch (error.code) {
    case 'bad_credentials':
      return { status: 401, fault: by === 'token' ? words.tokenWrong : words.passwordWrong }
    case 'forbidden': {
      const isSuspended = error.message === ACCOUNT_SUSPENDED
      return { status: 403, fault: isSuspended ? words.accountSuspended : words.tooManyAttempts }
    }
    case 'rate_limited':
      return { status: 429, fault: words.tooManyAttempts }
    case 'unavailable':
      return { status: 503, fault: words.tooManyAttempts }
    default:
      return undefined
  }
}

// A session may do all that its user may, and make tokens: one with fewer scopes must not be
// exchanged for it.
function mayEverything(user: Account, scopes: readonly Scope[]): boolean {
  return SCOPES.every(scope => grants(scopes, scope) || (scope === 'site_admin' && !user.siteAdmin))
}

function enter(
  request: FastifyRequest,
  reply: FastifyReply,
  session: string,
  returnTo: string | null = null,
): FastifyReply {
  const maxAgeSeconds = SESSION_LIFETIME_MS / 1000
  setCookie(request, reply, SESSION_COOKIE, session, { sameSite: 'Lax', maxAgeSeconds })
  return reply.redirect(returnPath(request, returnTo), 303)
}

type Filled = { readonly returnTo: string; readonly login?: string; readonly by?: 'token' | 'password' }

type Refusal = { readonly status: number; readonly fault: string }

type Forms = Filled & Partial<Refusal>

function sendForms(request: FastifyRequest, reply: FastifyReply, reader: Reader, forms: Forms): FastifyReply {
  const { words } = reader
  const hidden = html`${formToken(request, reply)}
<input type="hidden" name="return_to" value="${forms.returnTo}">`
  const action = pagePath(request, '/login')
  const body = html`<section class="narrow">
<h1>${words.signIn}</h1>
${passwordForm(action, hidden, reader, forms)}
<p class="or"><span>${words.or}</span></p>
${tokenForm(action, hidden, reader, forms)}
</section>`
  return sendPage(reply, reader, { title: words.signIn, body }, forms.status)
}

function passwordForm(action: string, hidden: Html, { words }: Reader, forms: Forms): Html {
  const { login = '', by, fault } = forms
  const refused = fault !== undefined && by === 'password' ? fault : null
  const marks = refused === null ? null : html` aria-invalid="true" aria-describedby="fault"`
  // With a name already there the password is what has to be typed anew.
  const [first, second] = login === '' ? [html` autofocus`, null] : [null, html` autofocus`]
  const isFocused = by !== 'token'
  return html`<form method="post" action="${action}">${hidden}
<label class="field" for="username">${words.userName}</label>
<p><input id="username" type="text" name="username" autocomplete="username" autocapitalize="none" spellcheck="false"
 required value="${login}"${marks}${isFocused ? first : null}></p>
<label class="field" for="password">${words.password}</label>
<p><input id="password" name="password" type="password" autocomplete="current-password" required${marks}${isFocused ? second : null}></p>
${refused === null ? null : html`<p class="bad" role="alert" id="fault">${refused}</p>`}
<button class="lead">${words.signIn}</button></form>`
}

function tokenForm(action: string, hidden: Html, { words }: Reader, { by, fault }: Forms): Html {
  const refused = fault !== undefined && by === 'token' ? fault : null
  const marks =
    refused === null
      ? html`aria-describedby="hint"`
      : html`aria-invalid="true" aria-describedby="fault hint" autofocus`
  return html`<form method="post" action="${action}">${hidden}
<label class="field" for="token">${words.token}</label>
<p><input id="token" name="token" type="password" autocomplete="off" required ${marks}></p>
${refused === null ? null : html`<p class="bad" role="alert" id="fault">${refused}</p>`}
<p class="soft small" id="hint">${words.tokenHint}</p>
<button class="main">${words.signInByToken}</button></form>`
}

function sendTooMany(request: FastifyRequest, reply: FastifyReply, reader: Reader): FastifyReply {
  return sendForms(request, reply, reader, {
    returnTo: '',
    by: 'token',
    status: 403,
    fault: reader.words.tooManyAttempts,
  })
}

function sendSpentLink(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  request.server.credentials.countGuess(request.ip)
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
<p><a href="${pagePath(request, '/')}">${words.goOn}</a></p>
</section>`
  return sendPage(reply, reader, { title: words.formExpired, body }, 403)
}
