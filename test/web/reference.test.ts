// The reference of the API at /docs in the browser: it shows GitHub's operations and ours, and asks nobody for
// anything but this server for the document.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { suite, type TestContext, test } from 'node:test'
import { chromium, type Page } from 'playwright-core'
import { startTestServer } from '../../src/api/test-server.ts'
import { CHROMIUM } from './site.ts'

const DEADLINE_MS = 30_000

type Opened = {
  readonly page: Page
  readonly url: string
  readonly asked: readonly string[]
  readonly complaints: readonly string[]
}

async function openReference(t: TestContext, colorScheme: 'light' | 'dark'): Promise<Opened> {
  assert.ok(existsSync('dist/web/reference.html'), 'The pages are not built: node scripts/build-pages.ts')
  const { url } = await startTestServer(t)
  const browser = await chromium.launch(CHROMIUM)
  t.after(() => browser.close())
  const page = await browser.newPage({ colorScheme, viewport: { width: 1440, height: 900 } })
  page.setDefaultTimeout(DEADLINE_MS)
  const asked: string[] = []
  const complaints: string[] = []
  page.on('request', request => asked.push(request.url()))
  page.on('console', message => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', error => complaints.push(String(error)))
  await page.goto(`${url}/docs`)
  await page.getByRole('heading', { name: 'Hookline', exact: true }).waitFor()
  return { page, url, asked, complaints }
}

suite('the reference of the API', () => {
  for (const scheme of ['light', 'dark'] as const) {
    test(`is shown in ${scheme}, and asks no other server for anything`, async t => {
      const { page, url, asked, complaints } = await openReference(t, scheme)
      await page.getByText('webhook policies').first().click()
      await page.getByText('Get the policy of a webhook').first().waitFor()
      await page.getByText('repos', { exact: true }).first().click()
      await page.getByText('List repository webhooks').first().waitFor()
      assert.deepEqual(complaints, [])
      const foreign = asked.filter(one => !one.startsWith(`${url}/`) && !one.startsWith('data:'))
      assert.deepEqual(foreign, [])
      assert.ok(asked.includes(`${url}/openapi.json`))
      const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
      const [red = 0] = (ground.match(/\d+/g) ?? []).map(Number)
      assert.equal(red > 128, scheme === 'light', ground)
    })
  }

  test('may ask this server for the document, and for nothing else', async t => {
    const { page, url, complaints } = await openReference(t, 'light')
    const outcome = (path: string) =>
      page.evaluate(address => fetch(address).then(String, String), new URL(path, url).href)
    for (const path of ['/user', 'http://127.0.0.1:9/']) {
      assert.match(await outcome(path), /Failed to fetch/)
      // By the policy, and not because nobody answered.
      const address = new URL(path, url).href
      assert.ok(
        complaints.some(text => text.includes(`'${address}' violates`)),
        `${address} in ${complaints}`,
      )
    }
    assert.match(await outcome('/openapi.json'), /Response/)
  })
})
