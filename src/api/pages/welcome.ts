// The first page for who has signed in: who they are, and their access tokens.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type AccessToken, type Account, grants, SCOPES, type Scope } from '../../account.ts'
import type { Page } from '../../store/page.ts'
import { countTokens, createToken, deleteToken, listTokens } from '../../store/tokens.ts'
import type { ApiContext } from '../context.ts'
import type { Session } from '../credentials.ts'
import { linksOf, pagePath } from '../links.ts'
import { readPage } from '../paging.ts'
import { Flash } from './flash.ts'
import { formOf, formToken, isOurForm } from './form.ts'
import { type Html, html } from './html.ts'
import { type Reader, readerOf, sendPage } from './page.ts'
import { sendExpiredForm } from './sign-in.ts'

const TOKENS_PER_PAGE = 50
const NOTE_LENGTH_MAX = 100

/** What has just been made, or why it was not. */
type Aftermath =
  | { readonly kind: 'made'; readonly text: string }
  | { readonly kind: 'note_missing'; readonly scopes: readonly Scope[] }

export function welcomePages(app: FastifyInstance, context: ApiContext): void {
  const { store, clock } = context
  const flash = new Flash(clock)

  /** The session, or undefined once the answer has been sent. */
  const entered = async (request: FastifyRequest, reply: FastifyReply): Promise<Session | undefined> => {
    const session = await app.credentials.findSession(request)
    if (session && (request.method !== 'POST' || isOurForm(request))) return session
    if (session) sendExpiredForm(request, reply)
    else reply.redirect(pagePath(request, '/login'), 303)
    return undefined
  }

  app.get('/welcome', async (request, reply) => {
    const session = await entered(request, reply)
    if (!session) return reply
    // HEAD takes this route, too, and must not use up the text.
    const text = request.method === 'GET' ? flash.take(session) : undefined
    return sendWelcome(context, request, reply, session.user, text ? { kind: 'made', text } : undefined)
  })

  app.post('/welcome/tokens', async (request, reply) => {
    const session = await entered(request, reply)
    if (!session) return reply
    const { user } = session
    const form = formOf(request)
    const note = (form.get('note') ?? '').replaceAll('\0', '').trim().slice(0, NOTE_LENGTH_MAX)
    const scopes = offeredTo(user).filter(scope => form.getAll('scope').includes(scope))
    if (note === '') return sendWelcome(context, request, reply, user, { kind: 'note_missing', scopes })

    const draft = { userId: user.id, note, scopes }
    const { text } = await store.write(tx => createToken(tx, draft, clock.nowMs()))
    flash.put(session, text)
    return reply.redirect(pagePath(request, '/welcome'), 303)
  })

  app.post<{ Params: { readonly id: string } }>('/welcome/tokens/:id/revoke', async (request, reply) => {
    const session = await entered(request, reply)
    if (!session) return reply
    const id = /^[1-9]\d{0,15}$/.test(request.params.id) ? Number(request.params.id) : 0
    await store.write(tx => deleteToken(tx, session.user.id, id))
    return reply.redirect(pagePath(request, '/welcome'), 303)
  })
}

async function sendWelcome(
  { store }: ApiContext,
  request: FastifyRequest,
  reply: FastifyReply,
  user: Account,
  aftermath?: Aftermath,
): Promise<FastifyReply> {
  const reader = readerOf(request)
  const page = { ...readPage(request.query), perPage: TOKENS_PER_PAGE }
  const tokens = await listTokens(store.read, user.id, page)
  const total = await countTokens(store.read, user.id)
  const token = formToken(request, reply)
  const body = html`${identity(request, reader, user, token)}
${aftermath?.kind === 'made' ? madeToken(request, reader, aftermath.text) : null}
${newTokenForm(request, reader, user, token, aftermath)}
${tokenList(request, reader, token, tokens)}
${pager(request, reader, page, total)}`
  return sendPage(reply, reader, { title: user.login, body }, aftermath?.kind === 'note_missing' ? 422 : 200)
}

function identity(request: FastifyRequest, { words }: Reader, user: Account, token: Html): Html {
  return html`<section class="row">
<div class="who"><img src="${pagePath(request, `/avatars/u/${user.id}`)}" width="48" height="48" alt="">
<div><h1><span class="soft small">${words.signedInAs}</span> ${user.login}</h1>
${user.siteAdmin ? html`<span class="soft small">${words.siteAdmin}</span>` : null}</div></div>
<form method="post" action="${pagePath(request, '/logout')}">${token}<button class="quiet">${words.signOut}</button></form>
</section>`
}

function madeToken(request: FastifyRequest, { words }: Reader, text: string): Html {
  return html`<section role="status">
<h2>${words.newTokenShown}</h2>
<code class="secret">${text}</code>
<p>${words.newTokenOnce}</p>
<p class="soft small">${words.newTokenTry}</p>
<pre><code>curl -H 'Authorization: token ${text}' ${linksOf(request).api}/user</code></pre>
</section>`
}

function newTokenForm(
  request: FastifyRequest,
  { words }: Reader,
  user: Account,
  token: Html,
  aftermath: Aftermath | undefined,
): Html {
  const isMissing = aftermath?.kind === 'note_missing'
  const chosen = isMissing ? aftermath.scopes : []
  const scopes = offeredTo(user).map(
    scope => html`<label class="scope${PARTS.has(scope) ? ' part' : ''}">
<input type="checkbox" name="scope" value="${scope}"${chosen.includes(scope) ? html` checked` : null}>
<code>${scope}</code><span>${words.scopeMeanings[scope]}</span></label>
`,
  )
  return html`<section>
<h2>${words.makeToken}</h2>
<form method="post" action="${pagePath(request, '/welcome/tokens')}">${token}
<label class="field" for="note">${words.note}</label>
<input id="note" name="note" type="text" maxlength="${NOTE_LENGTH_MAX}" placeholder="${words.noteHint}"
 autocomplete="off" required${isMissing ? html` aria-invalid="true" aria-describedby="fault"` : null}>
${isMissing ? html`<p class="bad" role="alert" id="fault">${words.noteMissing}</p>` : null}
<fieldset><legend>${words.scopes}</legend>
${scopes}</fieldset>
<button class="main">${words.create}</button></form>
</section>`
}

function tokenList(
  request: FastifyRequest,
  reader: Reader,
  token: Html,
  tokens: readonly AccessToken[],
): Html {
  const { words } = reader
  const path = pagePath(request, '/welcome')
  const items = tokens.map(
    ({ id, note, scopes, createdAt, lastUsedAt }) => html`<li><div class="row"><div>
<strong>${note}</strong><br><code>${widest(scopes).join(', ') || words.noScopes}</code><br>
<span class="soft small">${words.created} ${time(reader, createdAt)} ·
${lastUsedAt ? html`${words.lastUsed} ${time(reader, lastUsedAt)}` : words.neverUsed}</span></div>
${revocation(reader, `${path}/tokens/${id}/revoke`, token, note)}</div></li>
`,
  )
  return html`<section>
<h2>${words.yourTokens}</h2>
${items.length > 0 ? html`<ul class="tokens">${items}</ul>` : html`<p class="soft">${words.noTokens}</p>`}
</section>`
}

// The question before it is revoked, without a script.
function revocation({ words }: Reader, action: string, token: Html, note: string): Html {
  return html`<details><summary class="danger" aria-label="${words.revoke}: ${note}">${words.revoke}</summary>
<form method="post" action="${action}">${token}
<p class="soft small">${words.revokeWhat}</p>
<button class="quiet danger" aria-label="${words.revokeSurely}: ${note}">${words.revokeSurely}</button></form></details>`
}

/** Without the scopes that another one includes. */
function widest(scopes: readonly Scope[]): readonly Scope[] {
  return scopes.filter(scope => !scopes.some(other => other !== scope && grants([other], scope)))
}

function pager(request: FastifyRequest, { words }: Reader, { page, perPage }: Page, total: number): Html {
  const path = pagePath(request, '/welcome')
  const newer = page > 1 && html`<a href="${path}?page=${page - 1}">${words.newer}</a>`
  const older = page * perPage < total && html`<a href="${path}?page=${page + 1}">${words.older}</a>`
  return newer || older ? html`<nav>${newer}${older}</nav>` : html``
}

function time({ language, words }: Reader, date: Date): Html {
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(language, { ...options, timeZone: 'UTC' }).format(date)
  const text = words.dateAndTime(format({ dateStyle: 'medium' }), format({ timeStyle: 'short' }))
  return html`<time datetime="${date.toISOString()}">${text} UTC</time>`
}

// The scopes that `repo` includes come right after it. Every scope that another one includes is indented.
const OFFERED = SCOPES.toSorted((a, b) => Number(grants(['repo'], b)) - Number(grants(['repo'], a)))
const PARTS: ReadonlySet<Scope> = new Set(
  SCOPES.filter(scope => SCOPES.some(other => other !== scope && grants([other], scope))),
)

function offeredTo({ siteAdmin }: Account): readonly Scope[] {
  return siteAdmin ? OFFERED : OFFERED.filter(scope => scope !== 'site_admin')
}
