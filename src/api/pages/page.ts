// The frame of every page for people: no script, one small stylesheet, light or dark as the system
// is. Nothing is loaded from elsewhere, and the policy says so.
import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { pagePath } from '../links.ts'
import { type Html, Html as HtmlText, html } from './html.ts'
import { type Language, languageOf, type Words, wordsIn } from './words.ts'

export type Page = { readonly title: string; readonly body: Html }

export type Reader = { readonly language: Language; readonly words: Words }

export function readerOf(request: FastifyRequest): Reader {
  const language = languageOf(request.headers['accept-language'])
  return { language, words: wordsIn(language) }
}

export function sendPage(reply: FastifyReply, { language }: Reader, page: Page, status = 200): FastifyReply {
  return reply
    .code(status)
    .headers({
      'content-security-policy': POLICY,
      // No other site gets the address of a page, which may hold a sign-in code. `no-referrer` would also
      // make browsers send `Origin: null` with our own forms.
      'referrer-policy': 'same-origin',
      'cache-control': 'no-store',
      'content-language': language,
      vary: 'Accept-Language, Cookie',
    })
    .type('text/html; charset=utf-8')
    .send(frame(language, page, reply.request).text)
}

function frame(language: Language, { title, body }: Page, request: FastifyRequest): Html {
  const icon = pagePath(request, ICON_PATH)
  const home = pagePath(request, '/')
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<link rel="icon" type="image/svg+xml" href="${icon}">
<title>${title} · Hookline</title>
<style>${new HtmlText(STYLE)}</style>
</head>
<body>
<header><a class="brand" href="${home}">${HOOK} Hookline</a></header>
<main>
${body}
</main>
</body>
</html>
`
}

const SHAPE =
  '<path fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" ' +
  'd="M10 1.5v8.3a3.6 3.6 0 1 1-7.2 0V8l2.1 2M10 1.5h0"/>'

const HOOK = new HtmlText(`<svg viewBox="0 0 16 16" width="20" height="20" aria-hidden="true">${SHAPE}</svg>`)

export const ICON_PATH = '/favicon.svg'

export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" color="#1a5fb4">${SHAPE}</svg>`

const STYLE = `
:root { color-scheme: light dark; --ground: #fff; --bar: #f6f8fa; --card: #fff; --ink: #1f2328;
  --soft: #59636e; --line: #d1d9e0; --accent: #0969da; --main: #1f883d; --on-main: #fff; --good: #1a7f37;
  --bad: #d1242f; --code: #f6f8fa }
@media (prefers-color-scheme: dark) { :root { --ground: #0d1117; --bar: #151b23; --card: #0d1117;
  --ink: #f0f6fc; --soft: #9198a1; --line: #3d444d; --accent: #4493f8; --main: #238636; --on-main: #fff;
  --good: #3fb950; --bad: #f85149; --code: #151b23 } }
* { box-sizing: border-box }
body { margin: 0; background: var(--ground); color: var(--ink); font: 14px/1.5 -apple-system,
  BlinkMacSystemFont, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif }
header { padding: .75rem 1.5rem; border-bottom: 1px solid var(--line); background: var(--bar) }
.brand { display: inline-flex; align-items: center; gap: .5rem; min-height: 2rem; font-weight: 600;
  color: var(--ink); text-decoration: none }
main { max-width: 44rem; margin: 0 auto; padding: 1.5rem 1.25rem 4rem }
.or { display: flex; align-items: center; gap: .75rem; margin: 1.25rem 0; color: var(--soft) }
.or::before, .or::after { content: ""; flex: 1; border-top: 1px solid var(--line) }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .5rem }
h2 { font-size: 1.125rem; margin: 0 0 .75rem }
p { margin: 0 0 1rem }
section { background: var(--card); border: 1px solid var(--line); border-radius: .375rem; padding: 1.25rem;
  margin-bottom: 1.25rem }
section.narrow { max-width: 22rem; margin: 4vh auto 0 }
.soft { color: var(--soft) }
.small { font-size: .875rem }
.bad { color: var(--bad) }
.row { display: flex; flex-wrap: wrap; gap: .75rem; align-items: center; justify-content: space-between }
.row > :first-child { flex: 1; min-width: 0 }
.who { display: flex; gap: .75rem; align-items: center }
.who img { border-radius: .5rem; border: 1px solid var(--line) }
.who > div { min-width: 0 }
.who h1 { font-size: 1.125rem; margin: 0; overflow-wrap: anywhere }
.who h1 span { display: block; font-weight: 400 }
label { display: block }
label.field { font-weight: 600; margin-bottom: .25rem }
input[type=text], input[type=password] { width: 100%; font: inherit; color: inherit; background: var(--ground);
  border: 1px solid var(--line); border-radius: .375rem; padding: .375rem .75rem }
input[aria-invalid] { border-color: var(--bad) }
fieldset { border: 0; margin: 1rem 0; padding: 0 }
legend { font-weight: 600; padding: 0; margin-bottom: .5rem }
.scope { display: grid; grid-template-columns: 1.25rem 1fr; gap: .125rem .5rem; padding: .25rem 0 }
.scope input { margin: .3rem 0 0 }
.scope code { font-weight: 600 }
.scope span { grid-column: 2; color: var(--soft); font-size: .875rem }
.scope.part { margin-left: 1.75rem }
button { font: inherit; font-weight: 600; cursor: pointer; border-radius: .375rem;
  padding: .375rem 1rem; border: 1px solid var(--line); background: var(--bar); color: var(--ink) }
button.main, button.lead { background: var(--main); border-color: var(--main); color: var(--on-main) }
.narrow button { width: 100% }
.or + form button.main { background: var(--bar); border-color: var(--line); color: var(--ink) }
button.quiet { font-weight: 400; padding: .375rem .75rem; font-size: .875rem }
.danger { color: var(--bad) }
details[open] { flex-basis: 100% }
details summary { cursor: pointer; width: fit-content; margin-left: auto; font-size: .875rem }
details form { margin-top: .5rem; text-align: right }
details form p { margin-bottom: .5rem }
button:hover { filter: brightness(1.06) }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
code { font-family: ui-monospace, monospace; font-size: .9em }
.secret { display: block; user-select: all; background: var(--code); border: 1px solid var(--good);
  border-radius: .5rem; padding: .75rem; overflow-wrap: anywhere; margin-bottom: 1rem }
pre { background: var(--code); border-radius: .5rem; padding: .75rem; margin: 0; white-space: pre-wrap;
  overflow-wrap: anywhere; font-size: .8125rem }
ul.tokens { list-style: none; margin: 0; padding: 0 }
ul.tokens li { border-top: 1px solid var(--line); padding: .75rem 0 }
ul.tokens li:first-child { border-top: 0; padding-top: 0 }
ul.tokens li:last-child, section > p:last-child { margin-bottom: 0; padding-bottom: 0 }
ul.tokens strong, ul.tokens code { overflow-wrap: anywhere }
a { color: var(--accent) }
nav { display: flex; gap: 1rem }
`

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')

const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${STYLE_HASH}'`,
  "img-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')
