import assert from 'node:assert/strict'
import { createHmac, randomUUID } from 'node:crypto'
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { WORDS } from './page/words.ts'
import { type Receiver, startReceiver } from './server.ts'

const SECRET = 's3cret'
const DAY_MS = 24 * 60 * 60 * 1000
const HELLO = { id: 7, name: 'octo/hello', updatedAtMs: 0 }
const DOCS = { id: 8, name: 'mona/docs', updatedAtMs: 0 }
const CHROMIUM = {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
}

let pageFolder: string
let browser: Browser
let folder: string
let receiver: Receiver
/** What a page of this test complained of: script errors, and what its policy forbade. */
let complaints: string[]

before(async () => {
  pageFolder = mkdtempSync(join(tmpdir(), 'receiver-page-'))
  const entry = fileURLToPath(new URL('./page/page.ts', import.meta.url))
  await build({ entryPoints: [entry], bundle: true, format: 'esm', outdir: pageFolder })
  copyFileSync(new URL('./page/index.html', import.meta.url), join(pageFolder, 'index.html'))
  browser = await chromium.launch(CHROMIUM)
})

after(async () => {
  await browser.close()
  rmSync(pageFolder, { recursive: true })
})

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'receiver-'))
  complaints = []
  receiver = await start()
})

afterEach(async () => {
  for (const context of browser.contexts()) await context.close()
  await receiver.close()
  rmSync(folder, { recursive: true })
})

describe('the page', () => {
  test('tells what to do while nothing has arrived', async () => {
    const page = await open()
    await page.getByText('Waiting for the first delivery').waitFor()
    assert.ok(await page.getByText(`${receiver.url}/payload`).isVisible())
    assert.ok(await page.getByText('the one that this receiver was started with').isVisible())
    assert.ok(await page.getByText('Nothing has arrived yet.').isVisible())
    assert.deepEqual(complaints, [])
  })

  test('shows the ping when it comes, and asks for an issue', async () => {
    const page = await open()
    await live(page)
    await deliver('ping', { zen: 'Encourage flow.', repository: asPayload(HELLO) })
    await page.getByText('The webhook reaches this receiver').waitFor()
    await page.getByRole('heading', { name: 'octo/hello' }).waitFor()
    assert.ok(await page.getByText('No issue in these days yet').isVisible())
    assert.deepEqual(complaints, [])
  })

  test('lets the bar grow when an issue is opened, without a reload', async () => {
    seed(HELLO, [0, 0, 1])
    const page = await open()
    await live(page)
    await figure(page, 'Today', '2')
    await page.evaluate(() => Object.assign(window, { notReloaded: true }))
    const before = await inkOf(page)
    for (let n = 0; n < 2; n++)
      await deliver('issues', { action: 'opened', ...issue(), repository: asPayload(HELLO) })
    await figure(page, 'Today', '4')
    await figure(page, 'Total', '5')
    assert.ok((await inkOf(page)) > before, 'more of the chart is in the colour of the bars')
    assert.match((await page.getByRole('slider').getAttribute('aria-valuetext'))!, /: 4 issues$/)
    assert.ok(await page.evaluate(() => 'notReloaded' in window))
    assert.deepEqual(complaints, [])
  })

  test('lists repositories by popularity, and shows the one that is chosen, also after a reload', async () => {
    seed(DOCS, [1])
    seed(HELLO, [0, 1, 1])
    const page = await open()
    const names = page.locator('#ranking .name')
    await names.first().waitFor()
    assert.deepEqual(await names.allTextContents(), ['octo/hello', 'mona/docs'])
    await page.getByRole('heading', { name: 'octo/hello' }).waitFor()
    await page.getByRole('button', { name: 'mona/docs' }).click()
    await page.getByRole('heading', { name: 'mona/docs' }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: 'mona/docs' }).waitFor()
  })

  test('moves up a repository that becomes more popular, and keeps the focus on it', async () => {
    seed(HELLO, [0, 0])
    seed(DOCS, [0])
    const page = await open()
    await live(page)
    await page.getByRole('button', { name: 'mona/docs' }).focus()
    seed(DOCS, [0, 0])
    await page.locator('#ranking li:first-child', { hasText: 'docs' }).waitFor()
    assert.match((await page.locator(':focus').textContent())!, /mona\/docs/)
  })

  test('shows 7, 30 or 90 days', async () => {
    seed(HELLO, [0, 10, 50])
    const page = await open()
    for (const [days, total] of [
      ['90 days', '3'],
      ['7 days', '1'],
      ['30 days', '2'],
    ] as const) {
      await page.getByRole('button', { name: days }).click()
      await figure(page, 'Total', total)
    }
    await page.getByText('Show as a table').click()
    assert.equal(await page.getByRole('row').count(), 1 + 30)
  })

  test('goes from day to day by the arrow keys, and says which', async () => {
    seed(HELLO, [0, 1, 1, 1])
    const page = await open()
    await page.getByRole('heading', { name: 'octo/hello' }).waitFor()
    const chart = page.getByRole('slider')
    await chart.focus()
    await chart.press('ArrowLeft')
    assert.ok(await page.locator('.tip').getByText('3 issues').isVisible())
    assert.match((await chart.getAttribute('aria-valuetext'))!, /: 3 issues$/)
    assert.equal(await chart.getAttribute('aria-valuenow'), '28')
    await chart.press('Escape')
    assert.equal(await page.locator('.tip').isVisible(), false)
  })

  test('tells a day’s number to who points at it', async () => {
    seed(HELLO, [29, 29])
    const page = await open()
    await page.getByRole('heading', { name: 'octo/hello' }).waitFor()
    await page.locator('.u-over').hover({ position: { x: 3, y: 40 } })
    await page.locator('.tip').getByText('2 issues').waitFor()
  })

  test('speaks French to who prefers it, and English when asked to, for good', async () => {
    seed(HELLO, [0, 0, 1])
    const page = await open({ locale: 'fr-FR' })
    await page.getByRole('heading', { name: 'Problèmes par jour' }).waitFor()
    await figure(page, 'Par jour', '0,1')
    assert.equal(await page.locator('html').getAttribute('lang'), 'fr')
    assert.match((await page.getByRole('slider').getAttribute('aria-valuetext'))!, /: 2 problèmes$/)
    await page.getByRole('button', { name: 'English' }).click()
    await page.getByRole('heading', { name: 'Issues per day' }).waitFor()
    await figure(page, 'Per day', '0.1')
    await page.reload()
    await page.getByRole('heading', { name: 'Issues per day' }).waitFor()
    assert.deepEqual(complaints, [])
  })

  test('counts days in the time zone of who reads', async () => {
    seed(HELLO, [0])
    const page = await open({ timezoneId: 'Pacific/Kiritimati' })
    await page.getByText('Time zone: Pacific/Kiritimati').waitFor()
  })

  test('says when the line is lost, and catches up when it is there again', async () => {
    seed(HELLO, [0])
    const page = await open()
    await live(page)
    const { port } = receiver
    await receiver.close()
    await page.getByText('Connection lost. Trying again…').waitFor()
    receiver = await start(port)
    seed(HELLO, [0, 0])
    await live(page)
    await figure(page, 'Total', '3')
  })

  test('says when there are no figures, and gets them when asked again', async () => {
    seed(HELLO, [0])
    const page = await open({}, async page => {
      await page.route('**/popularity.json*', route =>
        route.fulfill({ status: 500, json: { message: 'Server Error' } }),
      )
    })
    await page.getByText('The receiver answered: Server Error').waitFor()
    await page.unroute('**/popularity.json*')
    await page.getByRole('button', { name: 'Try again' }).click()
    await figure(page, 'Total', '1')
  })

  test('shows what came from outside as text', async () => {
    const name = '<img src=x onerror=alert(1)>/<b>bold</b>'
    await deliver('issues', {
      action: '<i>opened</i>',
      ...issue(),
      repository: { ...asPayload(HELLO), full_name: name },
    })
    const page = await open()
    await page.getByRole('heading', { name }).waitFor()
    assert.equal(await page.locator('main img, main b, main i').count(), 0)
    assert.deepEqual(complaints, [])
  })

  test('fits on a phone, in both languages', async () => {
    seed(
      { ...HELLO, name: 'an-organization-of-thirty-nine-letters/a-repository-with-quite-a-long-name' },
      [0, 3],
    )
    for (const locale of ['en-US', 'fr-FR']) {
      const page = await open({ locale, viewport: { width: 360, height: 740 }, colorScheme: 'dark' })
      await live(page)
      await page.locator('#chart canvas').waitFor()
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360)
    }
  })

  test('has in its markup the words that the catalogue has', () => {
    const markup = readFileSync(new URL('./page/index.html', import.meta.url), 'utf8')
    const slots = [...markup.matchAll(/data-words="(\w+)"[^>]*>([^<]*)</g)]
    assert.ok(slots.length > 10)
    for (const [, name, text] of slots) assert.equal(text?.trim(), Object(WORDS.en)[name!], name)
  })
})

function start(port = 0): Promise<Receiver> {
  const built = new URL(`${pathToFileURL(pageFolder)}/`)
  return startReceiver({
    port,
    secret: SECRET,
    dataFile: join(folder, 'receiver.db'),
    log: () => {},
    pageFolder: built,
  })
}

async function open(options: BrowserContextOptions = {}, prepare = async (_: Page) => {}): Promise<Page> {
  const context = await browser.newContext({ locale: 'en-US', timezoneId: 'UTC', ...options })
  context.setDefaultTimeout(15_000)
  const page = await context.newPage()
  page.on('pageerror', error => complaints.push(String(error)))
  page.on('console', message => message.type() === 'error' && complaints.push(message.text()))
  await prepare(page)
  await page.goto(receiver.url)
  return page
}

async function live(page: Page): Promise<void> {
  await page.getByRole('status').getByText('Live').or(page.getByText('En direct')).waitFor()
}

async function figure(page: Page, name: string, value: string): Promise<void> {
  const pair = page.locator('#stats div').filter({ has: page.locator('dt').getByText(name, { exact: true }) })
  await pair.locator('dd').getByText(value, { exact: true }).waitFor()
}

/** How many pixels of the chart are in the colour of the bars. */
function inkOf(page: Page): Promise<number> {
  return page.evaluate(() => {
    const canvas = document.querySelector('canvas')!
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
    let ink = 0
    for (let at = 0; at < data.length; at += 4) if (data[at + 3]! > 200 && data[at]! < 60) ink += 1
    return ink
  })
}

let ids = 1

/** Issues that were opened so many days ago. */
function seed(repository: { id: number; name: string; updatedAtMs: number }, daysAgo: number[]): void {
  receiver.memory.count(
    repository,
    daysAgo.map(days => ({ id: ids++, createdAtMs: Date.now() - days * DAY_MS })),
  )
}

function issue() {
  return { issue: { id: ids++, created_at: new Date().toISOString() } }
}

function asPayload({ id, name }: { id: number; name: string }) {
  return { id, full_name: name, updated_at: '2026-01-01T00:00:00Z' }
}

async function deliver(event: string, payload: unknown): Promise<void> {
  const body = JSON.stringify(payload)
  const signature = `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`
  const headers = {
    'content-type': 'application/json',
    'x-github-event': event,
    'x-github-delivery': randomUUID(),
  }
  const response = await fetch(`${receiver.url}/payload`, {
    method: 'POST',
    body,
    headers: { ...headers, 'x-hub-signature-256': signature },
  })
  assert.equal(response.status, 202)
}
