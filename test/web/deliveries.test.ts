// Recent deliveries in a real browser, with receivers that answer for real: what comes, comes by itself; what
// failed says what to do; and nothing that others wrote is anything but text.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, suite, type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import { Webhook } from 'standardwebhooks'
import { eventually, startTestReceiver } from '../../src/api/test-receiver.ts'
import { assertAccessible, tabTo, WebSite } from './site.ts'

const run = promisify(execFile)

const MEGABYTE = 1024 * 1024
const PUBLISHED_AT_ONCE = 1000

const web = await WebSite.start({ after })

suite('recent deliveries', () => {
  test('says that a hook was never triggered, and shows the ping and the issue as they come', async t => {
    const receiver = await startSlowReceiver(t)
    const hook = await newHook(receiver.url)
    const page = await open(t, hook)
    await page.getByRole('heading', { name: 'This hook has never been triggered' }).waitFor()
    await assertAccessible(page)
    await page.evaluate(() => Object.assign(window, { notReloaded: true }))

    receiver.answer()
    await row(page, 'ping').getByLabel('Delivered').waitFor()
    await web.site.request('POST', `${hook.replace(/hooks.*/, 'issues')}`, { body: { title: 'Found' } })
    await eventually(
      async () => {
        receiver.answer()
        return row(page, 'issues.opened').count()
      },
      count => count === 1,
    )
    assert.deepEqual(await page.locator('.deliveries-event').allTextContents(), ['issues.opened', 'ping'])
    await page.getByRole('button', { name: 'Send a ping' }).click()
    await page.getByText('A ping is on its way.').waitFor()
    assert.ok(await page.evaluate(() => 'notReloaded' in window))
  })

  test('shows exactly what was sent, and what came back, in two tabs that agree', async t => {
    const receiver = await startTestReceiver(t)
    receiver.answer(200, '<b>thanks</b>')
    const hook = await newHook(receiver.url, { secret: 'sinker' })
    const [first] = await receiver.arrived(1)
    const page = await open(t, hook)
    await row(page, 'ping')
      .getByRole('button', { name: /Show details/ })
      .click()
    const headers = page.getByRole('region', { name: 'Headers' })
    await headers.getByText(`Request URL: ${receiver.url}`).waitFor()
    assert.deepEqual((await headers.locator('div').allTextContents()).slice(0, 2), [
      `Request URL: ${receiver.url}`,
      'Request method: POST',
    ])
    await page.getByRole('button', { name: 'Copy: Payload' }).click()
    await page.getByText('Copied', { exact: true }).waitFor()
    assert.deepEqual(JSON.parse(await clipboard(page)), JSON.parse(String(first?.body)))
    await assertAccessible(page)

    await page.getByRole('tab', { name: /Response/ }).click()
    await page.getByRole('region', { name: 'Body' }).getByText('<b>thanks</b>').waitFor()
    await assertAccessible(page)

    // The address leads there, too; and what happens is seen in both.
    const other = await page.context().newPage()
    await other.goto(page.url())
    await other.getByRole('button', { name: 'Copy: Payload' }).waitFor()
    await other.getByText('Live', { exact: true }).waitFor()
    await web.site.request('POST', `${hook}/pings`)
    for (const tab of [page, other]) await tab.getByRole('button', { name: '1 new delivery' }).click()
    for (const tab of [page, other]) await tab.locator('.deliveries-event').nth(1).waitFor()
  })

  test('says what to do about a failure and when it is tried again, and redelivers', async t => {
    const receiver = await startTestReceiver(t)
    receiver.answer(503, 'Down.')
    const hook = await newHook(receiver.url)
    const page = await open(t, hook)
    await row(page, 'ping').getByLabel('Failed: Invalid HTTP Response: 503').waitFor()
    await page.getByText('Next attempt:').first().waitFor()
    await row(page, 'ping')
      .getByRole('button', { name: /Show details/ })
      .click()
    await page.getByText('We couldn’t deliver this payload: Invalid HTTP Response: 503').waitFor()
    await page.getByText('once it is mended, redeliver').waitFor()

    receiver.answer(200)
    const redeliver = page.getByRole('button', { name: 'Redeliver', exact: true })
    await redeliver.click()
    const dialog = page.getByRole('alertdialog', { name: 'Redeliver payload?' })
    await dialog.getByText('using the current webhook configuration').waitFor()
    await assertAccessible(page)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    assert.ok(await redeliver.evaluate(it => it === document.activeElement))

    await redeliver.click()
    await dialog.getByRole('button', { name: 'Yes, redeliver this payload' }).click()
    await page.getByText('redelivery', { exact: true }).waitFor()
    await page.getByRole('button', { name: '1 earlier attempt' }).waitFor()
    assert.ok(await redeliver.evaluate(it => it === document.activeElement))
    const [first, second] = await receiver.arrived(2)
    assert.equal(first?.headers['x-github-delivery'], second?.headers['x-github-delivery'])
    await page.getByRole('heading', { name: 'Attempts of this delivery' }).waitFor()
  })

  test('says so where nothing answers, and keeps the dialog open when a redelivery is refused', async t => {
    const hook = await newHook('http://127.0.0.1:9/')
    const page = await open(t, hook)
    await row(page, 'ping')
      .getByRole('button', { name: /Show details/ })
      .click()
    await page.getByText('We couldn’t deliver this payload: failed to connect to host').waitFor()
    await page.getByText('Check that the host’s name resolves').waitFor()
    assert.equal(await page.getByRole('tab').count(), 0)
    await web.site.request('DELETE', hook)
    await page.getByRole('button', { name: 'Redeliver', exact: true }).click()
    const dialog = page.getByRole('alertdialog', { name: 'Redeliver payload?' })
    await dialog.getByRole('button', { name: 'Yes, redeliver this payload' }).click()
    await dialog.getByText('It could not be redelivered: Not Found').waitFor()
  })

  test('copies a command that signs what it sends', async t => {
    const receiver = await startTestReceiver(t)
    for (const contentType of ['json', 'form']) {
      const before = receiver.received.length
      const hook = await newHook(receiver.url, { secret: "it's $ecret", content_type: contentType })
      await receiver.arrived(before + 1)
      const page = await open(t, hook)
      await row(page, 'ping')
        .getByRole('button', { name: /Show details/ })
        .click()
      await page.getByRole('button', { name: 'Copy as curl' }).click()
      await page.getByText(/^Copied. Set SECRET/).waitFor()
      const command = await clipboard(page)
      assert.ok(!command.includes("it's $ecret"))
      await assert.rejects(run('bash', ['-c', command]), /Set SECRET/)
      await run('bash', ['-c', command], { env: { ...process.env, SECRET: "it's $ecret" } })
      const [sent, again] = (await receiver.arrived(before + 2)).slice(-2)
      const hmac = createHmac('sha256', "it's $ecret").update(again!.body).digest('hex')
      assert.equal(again?.headers['x-hub-signature-256'], `sha256=${hmac}`)
      assert.equal(again?.headers['x-github-delivery'], sent?.headers['x-github-delivery'])
      assert.deepEqual(payloadIn(again!.body), payloadIn(sent!.body))
    }
  })

  test('signs by Standard Webhooks, too, with a secret that is made for them', async t => {
    const receiver = await startTestReceiver(t)
    const secret = `whsec_${Buffer.from('a key of the standard').toString('base64')}`
    const hook = await newHook(receiver.url, { secret })
    await receiver.arrived(1)
    await web.site.request('PATCH', `${hook}/policy`, { body: { standard_webhooks: true } })
    await web.site.request('POST', `${hook}/pings`)
    await receiver.arrived(2)
    const page = await open(t, hook)
    await row(page, 'ping').nth(1).waitFor()
    await row(page, 'ping')
      .first()
      .getByRole('button', { name: /Show details/ })
      .click()
    await page.getByRole('button', { name: 'Copy as curl' }).click()
    await page.getByText(/^Copied. Set SECRET/).waitFor()
    await run('bash', ['-c', await clipboard(page)], { env: { ...process.env, SECRET: secret } })
    const again = (await receiver.arrived(3))[2]!
    new Webhook(secret).verify(again.body, again.headers as Record<string, string>)
  })

  test('goes on where it was when the server comes back', async t => {
    const receiver = await startTestReceiver(t)
    const hook = await newHook(receiver.url)
    const page = await open(t, hook)
    await row(page, 'ping').waitFor()
    await web.site.kill()
    await publish(hook, [MANY])
    await row(page, 'gollum').waitFor()
    await page.getByText('Live', { exact: true }).waitFor()
  })

  test('shows hostile text as text, and a megabyte of one line without drawing it', async t => {
    const url = await startHostileReceiver(t)
    const hook = await newHook(url)
    const title = '<script>window.hacked=1</script><img src=x onerror=window.hacked=1> \u202efdp.exe\u0000'
    const line = `${'<i>x</i>'.repeat(MEGABYTE / 8)}needle`
    const payload = { zen: title, line, [title]: '\ud800' }
    await publish(hook, [{ event: 'release', action: title.slice(0, 40), payload }])
    const page = await open(t, hook)
    await row(page, `release.${title.slice(0, 40)}`)
      .getByRole('button', { name: /Show details/ })
      .click()
    const shown = page.getByRole('region', { name: 'Payload' })
    await shown.getByText('"zen": "<script>window.hacked=1</script>').waitFor()
    await shown.getByText('\\u202efdp.exe\\u0000').waitFor()
    assert.ok((await shown.evaluate(it => it.textContent?.length ?? 0)) < 100_000)
    await page.getByLabel('Search: Payload').fill('NEEDLE')
    await page.getByText('1 of 1').waitFor()
    await shown.locator('mark').getByText('needle').waitFor()

    await page.getByRole('tab', { name: /Response/ }).click()
    await page
      .getByRole('region', { name: 'Headers' })
      .getByText('<script>window.hacked=1</script>')
      .waitFor()
    const body = page.getByRole('region', { name: 'Body' })
    await body.getByText('\ufffd\ufffd<script>window.hacked=1</script>‹U+202E›x').waitFor()
    await assertAccessible(page)
    assert.equal(await page.evaluate(() => 'hacked' in window), false)
  })

  test('draws no more of ten thousand rows than can be seen, and moves none that one reads', async t => {
    const receiver = await startTestReceiver(t)
    const hook = await newHook(receiver.url)
    for (let n = 0; n < 10; n++) await publish(hook, Array(PUBLISHED_AT_ONCE).fill(MANY))
    await web.site.settled()
    const page = await open(t, hook)
    await row(page, 'gollum').first().waitFor()
    await page.evaluate(async () => {
      const older = () => [...document.querySelectorAll('button')].find(it => it.textContent === 'Load older')
      const settled = () => document.querySelector('.deliveries-older')?.textContent
      while (settled() !== 'These are all.') {
        older()?.click()
        await new Promise(requestAnimationFrame)
      }
    })
    const rows = page.locator('.deliveries-list > li')
    assert.ok((await rows.count()) < 80)
    assert.equal(await rows.first().getAttribute('aria-setsize'), '10001')
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight / 2))
    const middle = page.locator('[aria-posinset="5000"]')
    await middle.waitFor()
    assert.ok((await rows.count()) < 80)

    const before = await middle.boundingBox()
    await publish(hook, [MANY, MANY])
    const fresh = page.getByRole('button', { name: '2 new deliveries' })
    await fresh.waitFor()
    assert.deepEqual(await middle.boundingBox(), before)
    await fresh.click()
    await page.locator('[aria-setsize="10003"][aria-posinset="1"]').waitFor()
    assert.equal(await page.evaluate(() => scrollY), 0)
  })

  test('filters by status, event and time, in the address: going back takes them back', async t => {
    const receiver = await startTestReceiver(t)
    const hook = await newHook(receiver.url)
    await publish(hook, [MANY])
    await receiver.arrived(2)
    receiver.answer(302)
    await publish(hook, [FEW])
    await receiver.arrived(3)
    await web.site.settled()
    const { json: deliveries } = await web.site.request('GET', `${hook}/deliveries`)
    assert.equal(deliveries.length, 3)
    const page = await open(t, hook)
    const events = page.locator('.deliveries-event')
    await events.nth(2).waitFor()
    await page.getByLabel('Status').selectOption('failure')
    await page.getByRole('heading', { name: 'No deliveries match these filters' }).waitFor()
    await page.getByLabel('Event').selectOption('gollum')
    await page.waitForURL(/event=gollum/)
    await page.getByRole('heading', { name: 'No deliveries match these filters' }).waitFor()
    await page.getByLabel('Status').selectOption('')
    await row(page, 'gollum').waitFor()
    assert.equal(new URL(page.url()).searchParams.get('event'), 'gollum')
    await page.goBack()
    await page.getByRole('heading', { name: 'No deliveries match these filters' }).waitFor()
    await page.getByRole('button', { name: 'Clear filters' }).click()
    await events.nth(2).waitFor()

    await page.getByLabel('Time').selectOption('custom')
    await page.getByLabel('Until').fill('2026-01-01T00:00')
    await page.getByRole('heading', { name: 'No deliveries match these filters' }).waitFor()
    await page.getByLabel('Time').selectOption('1h')
    await events.nth(2).waitFor()
    // What comes is held against the filter, too.
    await page.getByLabel('Event').selectOption('gollum')
    await page.waitForFunction(() => document.querySelectorAll('.deliveries-event').length === 1)
    await publish(hook, [FEW, MANY])
    await events.nth(1).waitFor()
    assert.deepEqual(await events.allTextContents(), ['gollum', 'gollum'])
    // An address leads to a delivery, whether the filter lets it through or not.
    await page.goto(`${pageOf(hook)}&status=failure&delivery=${deliveries[0].id}`)
    await page.getByRole('region', { name: 'Payload', exact: true }).waitFor()
  })

  test('is used by keyboard alone, in French', async t => {
    const receiver = await startTestReceiver(t)
    const hook = await newHook(receiver.url)
    await receiver.arrived(1)
    const page = await web.open(t, pageOf(hook), { language: 'fr', width: 360 })
    await page.getByText('En direct', { exact: true }).waitFor()
    await row(page, 'ping').waitFor()
    const button = (name: string | RegExp) => page.getByRole('button', { name }).first()
    await tabTo(page, button(/^[0-9a-f-]{36}$/), 60)
    await page.keyboard.press('Enter')
    await tabTo(page, button('Renvoyer'), 60)
    await page.keyboard.press('Enter')
    await page.getByRole('alertdialog', { name: 'Renvoyer la charge utile ?' }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByText('renvoi', { exact: true }).waitFor()
    await receiver.arrived(2)
  })

  test('says that an inactive webhook gets nothing', async t => {
    const receiver = await startTestReceiver(t)
    const hook = await newHook(receiver.url)
    await web.site.request('PATCH', hook, { body: { active: false } })
    const page = await open(t, hook)
    await page.getByRole('heading', { name: 'This webhook is inactive' }).waitFor()
    await assertAccessible(page)
  })
})

const MANY = { event: 'gollum', payload: { n: 1 } }
const FEW = { event: 'fork', payload: { n: 2 } }

let repositories = 0

/** The one of a repository of its own, which has been pinged. */
async function newHook(url: string, config: object = {}): Promise<string> {
  const repository = await web.site.createRepository(`deliveries-${++repositories}`)
  return web.site.createHook({ url, ...config }, repository)
}

/** `/repos/admin/x/hooks/1` in the API. */
function pageOf(hook: string): string {
  const [, owner, name, id] = /^\/repos\/([^/]+)\/([^/]+)\/hooks\/(\d+)$/.exec(hook) ?? []
  return `/${owner}/${name}/settings/hooks/${id}?tab=deliveries`
}

/** As soon as it is live. */
async function open(t: TestContext, hook: string): Promise<Page> {
  const page = await web.open(t, pageOf(hook))
  await page.getByText('Live', { exact: true }).waitFor()
  return page
}

async function publish(hook: string, events: readonly object[]): Promise<void> {
  const path = `${hook.replace(/\/hooks\/.*/, '')}/events?validate=false`
  const { status, json } = await web.site.request('POST', path, { body: events })
  assert.equal(status, 202, JSON.stringify(json))
}

function row(page: Page, event: string) {
  return page.locator('.deliveries-list > li').filter({ has: page.getByText(event, { exact: true }) })
}

function clipboard(page: Page): Promise<string> {
  return page.evaluate(() => navigator.clipboard.readText())
}

function payloadIn(body: Buffer): unknown {
  const text = String(body)
  return JSON.parse(text.startsWith('payload=') ? (new URLSearchParams(text).get('payload') ?? '') : text)
}

/** Answers when it is told to. */
async function startSlowReceiver(t: TestContext) {
  const waiting: ServerResponse[] = []
  const server = createServer((request, response) => {
    request.resume()
    waiting.push(response)
  })
  const url = await listen(t, server)
  return {
    url,
    answer: () => {
      for (const response of waiting.splice(0)) response.end()
    },
  }
}

/** Markup in its headers; two bytes that are no UTF-8, markup, and a megabyte of one line in its body. */
function startHostileReceiver(t: TestContext): Promise<string> {
  return listen(
    t,
    createServer((request, response) => {
      request.resume()
      response.writeHead(200, { 'x-hostile': '<script>window.hacked=1</script>' })
      response.write(Buffer.from([0xff, 0xfe]))
      response.end(`<script>window.hacked=1</script>\u202e${'x'.repeat(MEGABYTE)}`)
    }),
  )
}

async function listen(t: TestContext, server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
