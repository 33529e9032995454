// The inspector's page in the system's Chromium: requests are played to it as the tunnel does it, and replays go
// to a real server.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { type Browser, chromium, type Page } from 'playwright-core'
import { Secret } from '../../src/secret.ts'
import { sign } from '../../src/signature.ts'
import { type Inspector, startInspector } from '../../src/tunnel/inspector/inspector.ts'
import { play } from '../../src/tunnel/inspector/test-exchange.ts'
import { assertAccessible, CHROMIUM, complaintsIn, isFocused, type Look } from './site.ts'

const SECRET = 'hush'
const HOSTILE = '<img src=x onerror="document.title=\'taken\'"><script>document.title="taken"</script>'
const PAYLOAD = JSON.stringify({ action: 'opened', issue: { number: 7, title: HOSTILE } })
const GUID = '72d3162e-cc78-11e3-81ab-4c9367dc0958'

assert.ok(existsSync('dist/web/inspector.html'), 'The pages are not built: node scripts/build-pages.ts')
const browser: Browser = await chromium.launch(CHROMIUM)
after(() => browser.close())

async function start(t: TestContext) {
  const seen: { target: string; body: string; signature: unknown; type: unknown }[] = []
  const local = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString()
    const { 'x-hub-signature-256': signature, 'content-type': type } = request.headers
    seen.push({ target: request.url!, body, signature, type })
    response.writeHead(202, { 'content-type': 'application/json' }).end('{"taken":{"by":"hand"}}')
  }).listen(0, '127.0.0.1')
  await once(local, 'listening')
  const { port } = local.address() as AddressInfo
  const inspector = await startInspector({ port: 0, target: { host: '127.0.0.1', port } })
  t.after(async () => {
    await inspector.stop()
    local.closeAllConnections()
    local.close()
  })
  return { inspector, seen, port }
}

async function open(t: TestContext, inspector: Inspector, path = '/', look: Look = {}): Promise<Page> {
  const { language = 'en', theme = 'light', width = 1440 } = look
  const context = await browser.newContext({
    baseURL: inspector.url,
    locale: language === 'en' ? 'en-US' : 'fr-FR',
    colorScheme: theme,
    viewport: { width, height: 900 },
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  context.setDefaultTimeout(20_000)
  const complaints = complaintsIn(context)
  t.after(async () => {
    await context.close()
    assert.deepEqual(complaints, [])
  })
  const page = await context.newPage()
  await page.goto(path)
  return page
}

function playWebhook(inspector: Inspector, body = PAYLOAD, isForm = false): void {
  const sent = isForm ? `payload=${encodeURIComponent(body)}` : body
  const { sha1, sha256 } = sign(new Secret(SECRET), Buffer.from(sent))
  play(inspector.observer, {
    target: '/payload',
    headers: [
      ['Host', '7e9ea9dc.localhost:3000'],
      ['X-GitHub-Event', 'issues'],
      ['X-GitHub-Delivery', GUID],
      ['Content-Type', isForm ? 'application/x-www-form-urlencoded' : 'application/json'],
      ['X-Hub-Signature', sha1],
      ['X-Hub-Signature-256', sha256],
    ],
    ...{ body: sent, status: 500, answerHeaders: [['Content-Type', 'text/html']], answer: HOSTILE },
  })
}

function row(page: Page, name: string | RegExp) {
  return page.getByRole('region', { name: 'Requests' }).getByRole('link', { name })
}

async function heading(page: Page, name: string): Promise<void> {
  await page.getByRole('heading', { level: 2, name, exact: true }).waitFor()
}

test('is in no frame, and runs no script but its own', async t => {
  const { inspector } = await start(t)
  const { status, headers } = await fetch(inspector.url)
  assert.equal(status, 200)
  assert.equal(headers.get('x-frame-options'), 'DENY')
  const policy = headers.get('content-security-policy') ?? ''
  for (const part of [
    "default-src 'none'",
    "script-src 'self';",
    "frame-ancestors 'none'",
    "connect-src 'self'",
  ])
    assert.ok(policy.includes(part), part)
  assert.deepEqual(
    [...headers.keys()].filter(name => name.startsWith('access-control')),
    [],
  )
})

test('shows requests as they come, from none on', async t => {
  const { inspector } = await start(t)
  const page = await open(t, inspector)
  await page.getByRole('heading', { name: 'No request yet' }).waitFor()
  await page.getByText('Live', { exact: true }).waitFor()
  await assertAccessible(page)
  const going = play(inspector.observer, { method: 'GET', target: '/first', status: null, end: null })
  await row(page, /Under way.*GET \/first/).waitFor()
  going.response({ status: 404, reason: 'Not Found', headers: [] })
  going.end('complete')
  await row(page, /404.*GET \/first/).waitFor()
  playWebhook(inspector)
  await row(page, /500.*POST \/payload.*issues/).waitFor()
  await page.getByRole('status').getByText('New request: POST /payload').waitFor({ state: 'attached' })
  for (const end of ['refused', 'timed_out', 'aborted', 'broken'] as const)
    play(inspector.observer, { target: `/${end}`, status: null, end })
  await row(page, /Nobody listens at the local port.*\/refused/).waitFor()
  await row(page, /The caller went away.*\/aborted/).waitFor()
  await assertAccessible(page)
})

test('shows a webhook: its event, delivery, signature, headers and payload, and hostile text as text', async t => {
  const { inspector } = await start(t)
  playWebhook(inspector)
  const page = await open(t, inspector)
  await row(page, /POST \/payload/).click()
  await heading(page, 'POST /payload')
  await isFocused(page.getByRole('heading', { level: 2, name: 'POST /payload' }))
  assert.match(page.url(), /\?id=1$/)
  await page.getByText(GUID).first().waitFor()
  await page.getByText('Signature not checked').waitFor()
  await page.getByText('X-GitHub-Event').waitFor()
  const body = page.getByRole('region', { name: 'Body' })
  await body.getByText('"number": 7,').waitFor()
  await page.getByRole('button', { name: 'Raw' }).click()
  await body.getByText('{"action":"opened","issue":{"number":7,').waitFor()
  await page.getByRole('searchbox', { name: 'Search: Body' }).fill('onerror')
  await page.getByText('1 of 1').waitFor()
  await page.getByRole('button', { name: 'Copy: Body' }).click()
  await page.getByText('Copied').waitFor()
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), PAYLOAD)
  await assertAccessible(page)
  await page.getByRole('tab', { name: 'Response' }).click()
  await page.getByText('500 As It Is').waitFor()
  await page.getByRole('region', { name: 'Body' }).getByText('<img src=x').waitFor()
  await assertAccessible(page)
  assert.equal(await page.title(), 'POST /payload · Hookline')
})

test('checks signatures once it is told the secret', async t => {
  const { inspector } = await start(t)
  playWebhook(inspector)
  const page = await open(t, inspector, '/?id=1')
  await page.getByText('Signature not checked').waitFor()
  const button = page.getByRole('button', { name: 'Signature secret' })
  await button.click()
  await isFocused(page.getByLabel('The webhook’s secret'))
  await assertAccessible(page)
  await page.getByLabel('The webhook’s secret').fill(SECRET)
  await page.keyboard.press('Enter')
  await page.getByText('Signature valid', { exact: true }).waitFor()
  await page.getByText('Signatures are checked.').waitFor()
  await button.click()
  await page.getByLabel('The webhook’s secret').fill('another')
  await page.getByRole('button', { name: 'Check signatures' }).click()
  await page.getByText('Signature invalid', { exact: true }).waitFor()
  await row(page, /Signature invalid/).waitFor()
  await button.click()
  await page.getByRole('button', { name: 'Forget the secret' }).click()
  await page.getByText('Signature not checked').waitFor()
})

test('replays a request as it was, and shows how that went', async t => {
  const { inspector, seen } = await start(t)
  playWebhook(inspector, PAYLOAD, true)
  const page = await open(t, inspector, '/?id=1')
  await page.getByRole('region', { name: 'Body' }).getByText('payload = {').waitFor()
  await page.getByRole('button', { name: 'Replay', exact: true }).click()
  await page.waitForURL(/\?id=2$/)
  await page.getByText('The signature was sent as it was.').waitFor()
  await row(page, /202.*Replay of #1/).waitFor()
  await page.getByRole('tab', { name: 'Response' }).click()
  await page.getByText('"by": "hand"').waitFor()
  assert.equal(seen[0]!.body, `payload=${encodeURIComponent(PAYLOAD)}`)
  await page.getByRole('button', { name: '#1', exact: true }).click()
  await page.waitForURL(/\?id=1$/)
  await page.goBack()
  await page.getByText('The signature was sent as it was.').waitFor()
})

test('replays a request edited, and says what became of its signature', async t => {
  const { inspector, seen } = await start(t)
  playWebhook(inspector, '{\r\n"a": 1\r\n}')
  const page = await open(t, inspector, '/?id=1')
  await page.getByRole('button', { name: 'Edit and replay' }).click()
  await isFocused(page.getByLabel('Method', { exact: true }).and(page.locator('input')))
  await page.getByText('does not fit any more').waitFor()
  await assertAccessible(page)
  const headers = page.getByLabel('Headers, one a line')
  const typed = await headers.inputValue()
  await headers.fill(`${typed}\nno header`)
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByText('Not “Name: value”: no header').waitFor()
  await headers.fill(typed.replace('application/json', 'text/plain'))
  const target = page.getByLabel('Path and query')
  await target.fill('/with space')
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByText('without spaces').waitFor()
  await target.fill('/else?where')
  await page.getByRole('textbox', { name: 'Body' }).fill('{\n"a": 2\n}')
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByText('the signature does not fit it').waitFor()
  await row(page, /202.*\/else\?where.*Replay of #1/).waitFor()
  const { signature: _, ...first } = seen[0]!
  assert.deepEqual(first, { target: '/else?where', body: '{\r\n"a": 2\r\n}', type: 'text/plain' })

  await page.getByRole('button', { name: 'Signature secret' }).click()
  await page.getByLabel('The webhook’s secret').fill(SECRET)
  await page.keyboard.press('Enter')
  await page.getByText('Signatures are checked.').waitFor()
  await page.goto('/?id=1')
  await page.getByRole('button', { name: 'Edit and replay' }).click()
  await page.getByText('its signature is made anew').waitFor()
  await page.getByRole('textbox', { name: 'Body' }).fill('[]')
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByText('The signature was made anew for this body.').waitFor()
  await page.getByText('Signature valid', { exact: true }).waitFor()
  assert.equal(seen[1]!.signature, sign(new Secret(SECRET), Buffer.from('[]')).sha256)
})

test('gives a request as a command for curl, and bodies that are no text by their bytes', async t => {
  const { inspector, port } = await start(t)
  const image = Buffer.from([137, 80, 78, 71, 0, 255])
  play(inspector.observer, { method: 'PUT', target: '/upload', headers: [['Host', 'a']], body: image })
  const answer = {
    answerHeaders: [['Content-Encoding', 'gzip']] as const,
    answer: gzipSync('<p>unpacked</p>'),
  }
  play(inspector.observer, { method: 'GET', target: '/', ...answer })
  const page = await open(t, inspector, '/?id=1')
  await page.getByText('89 50 4e 47 00 ff').waitFor()
  await page.getByRole('button', { name: 'Copy as curl' }).click()
  await page.getByText('Copied').waitFor()
  const command = await page.evaluate(() => navigator.clipboard.readText())
  assert.match(command, /^printf %s 'iVBORwD\/' \| base64 -d \|\ncurl --include --request 'PUT' /)
  assert.ok(command.includes(`'http://127.0.0.1:${port}/upload'`))
  const downloading = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Download the bytes' }).click()
  assert.equal((await downloading).suggestedFilename(), '1-request.bin')
  await row(page, /GET \/$|GET \/[^u]/).click()
  await page.getByRole('tab', { name: 'Response' }).click()
  await page.getByText('<p>unpacked</p>').waitFor()
  await page.getByText('it was sent as gzip').waitFor()
})

test('finds requests, loads older ones, and forgets them', async t => {
  const { inspector } = await start(t)
  for (let sent = 1; sent <= 120; sent++)
    play(inspector.observer, {
      method: sent % 2 ? 'GET' : 'POST',
      target: `/r/${sent}`,
      status: sent === 60 ? 503 : 200,
    })
  const page = await open(t, inspector)
  await row(page, '/r/120').waitFor()
  assert.equal(await page.locator('[data-request]').count(), 50)
  await page.getByRole('button', { name: 'Load older' }).click()
  await row(page, '/r/21').waitFor()
  await page.getByRole('combobox', { name: 'Status' }).selectOption('5xx')
  await row(page, '/r/21').waitFor({ state: 'detached' })
  await row(page, '/r/60').waitFor()
  await page.reload()
  await row(page, '/r/60').waitFor()
  await page.getByRole('combobox', { name: 'Method' }).selectOption('GET')
  await page.getByRole('heading', { name: 'No request matches these filters' }).waitFor()
  await page.getByRole('button', { name: 'Clear filters' }).click()
  await page.getByRole('searchbox', { name: 'Path' }).fill('/R/11')
  await row(page, '/r/11').first().waitFor()
  await page.waitForFunction(() => document.querySelectorAll('[data-request]').length === 11)
  await page.getByRole('searchbox', { name: 'Path' }).fill('')
  await page.getByRole('button', { name: 'Clear', exact: true }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Clear' }).click()
  await page.getByRole('heading', { name: 'No request yet' }).waitFor()
})

test('is used by the keyboard alone, on a narrow screen', async t => {
  const { inspector } = await start(t)
  for (let sent = 1; sent <= 3; sent++) play(inspector.observer, { target: `/r/${sent}` })
  const page = await open(t, inspector, '/', { width: 360 })
  await row(page, '/r/3').focus()
  await page.keyboard.press('ArrowDown')
  await isFocused(row(page, '/r/2'))
  await page.keyboard.press('Enter')
  await isFocused(page.getByRole('heading', { level: 2 }))
  await page.getByRole('button', { name: 'All requests' }).press('Enter')
  await isFocused(row(page, '/r/2'))
})

test('speaks French, and says when the command has gone', async t => {
  const { inspector } = await start(t)
  playWebhook(inspector)
  const page = await open(t, inspector, '/?id=1', { language: 'fr', theme: 'dark', width: 360 })
  await page.getByText('Signature non vérifiée').waitFor()
  await page.getByRole('button', { name: 'Modifier et renvoyer' }).waitFor()
  await assertAccessible(page)
  await page.goto('/?id=77')
  await page.getByRole('heading', { name: 'Cette requête n’est plus là' }).waitFor()
  await assertAccessible(page)
  await page.getByText('En direct').waitFor()
  await inspector.stop()
  await page.getByText('L’inspecteur ne répond pas').waitFor()
})
