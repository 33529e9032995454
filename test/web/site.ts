// The settings pages in the system's Chromium, against the real server. A page is opened signed in; what
// its scripts complain of, what its policy forbids and what the server fails at fails the test.
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type axe from 'axe-core'
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core'
import type { Lifetime } from '../e2e/program.ts'
import { type Site, startSite } from '../e2e/site.ts'

// What a page shows, it shows within a second; a busy machine gets more.
const DEADLINE_MS = 20_000

export const CHROMIUM = {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  // In a container there is nothing for its sandbox to stand on. The rest keeps it from calling home.
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

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

export const THEMES = ['light', 'dark'] as const
export const WIDTHS = [360, 1440] as const

export type Look = {
  readonly language?: 'en' | 'fr'
  readonly theme?: (typeof THEMES)[number]
  readonly width?: number
  /** As nobody, when false. */
  readonly signedIn?: boolean
}

export class WebSite {
  /** The server, with `admin/hello` on it, and a short way to its API. */
  readonly site: Site
  readonly #browser: Browser
  readonly #session: Awaited<ReturnType<BrowserContext['storageState']>>

  /** For a whole file: `const web = await WebSite.start({ after })`, with node:test's `after`. */
  static async start(lifetime: Lifetime): Promise<WebSite> {
    assert.ok(existsSync('dist/web/index.html'), 'The pages are not built: node scripts/build-pages.ts')
    const site = await startSite(lifetime)
    const browser = await chromium.launch(CHROMIUM)
    lifetime.after(() => browser.close())
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(`${site.url}/login`)
    await page.fill('#token', 'hook-line-and-sinker')
    await page.click('button.main')
    await page.waitForURL(address => !address.pathname.endsWith('/login'))
    const session = await context.storageState()
    await context.close()
    return new WebSite(site, browser, session)
  }

  private constructor(
    site: Site,
    browser: Browser,
    session: Awaited<ReturnType<BrowserContext['storageState']>>,
  ) {
    this.site = site
    this.#browser = browser
    this.#session = session
  }

  /** As the site's administrator. Another tab of the same browser: `page.context().newPage()`. */
  async open(t: Lifetime, path: string, look: Look = {}): Promise<Page> {
    const { language = 'en', theme = 'light', width = 1440, signedIn = true } = look
    const context = await this.#browser.newContext({
      baseURL: this.site.url,
      locale: language === 'en' ? 'en-US' : 'fr-FR',
      colorScheme: theme,
      viewport: { width, height: 900 },
      permissions: ['clipboard-read', 'clipboard-write'],
      ...(signedIn && { storageState: this.#session }),
    })
    context.setDefaultTimeout(DEADLINE_MS)
    const complaints = complaintsIn(context)
    t.after(async () => {
      await context.close()
      assert.deepEqual(complaints, [])
    })
    const page = await context.newPage()
    await page.goto(path)
    return page
  }

  /** As a user who has just been made. */
  async openAs(t: Lifetime, login: string, path: string): Promise<Page> {
    const password = { body: { password: 'correct horse battery' } }
    assert.equal((await this.site.request('POST', '/admin/users', { body: { login } })).status, 201)
    assert.equal((await this.site.request('PUT', `/admin/users/${login}/password`, password)).status, 204)
    const page = await this.open(t, `/login?return_to=${path}`, { signedIn: false })
    await page.getByLabel('User name').fill(login)
    await page.getByLabel('Password').fill(password.body.password)
    await page.keyboard.press('Enter')
    return page
  }
}

/** Script errors, what the policy forbids, and the server's own faults; a request that is refused is none. */
export function complaintsIn(context: BrowserContext): readonly string[] {
  const complaints: string[] = []
  context.on('weberror', fault => complaints.push(String(fault.error())))
  context.on('console', message => {
    if (message.type() !== 'error' || message.text().startsWith('Failed to load resource')) return
    complaints.push(message.text())
  })
  context.on('response', response => {
    if (response.status() >= 500) complaints.push(`${response.status()} ${response.url()}`)
  })
  return complaints
}

/** What axe finds in the page as it stands: in light and dark, narrow and wide, in nothing. */
export async function assertAccessible(page: Page): Promise<void> {
  // A page that is being loaded has nothing yet.
  await page.locator('h1').first().waitFor()
  await page.evaluate(AXE)
  // What a pointer rests on is coloured otherwise.
  await page.mouse.move(0, 0)
  const before = page.viewportSize()
  for (const theme of THEMES) {
    for (const width of WIDTHS) {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
      await page.setViewportSize({ width, height: 900 })
      const found = await page.evaluate(runAxe)
      assert.deepEqual(found, [], `axe, ${theme}, ${width} px`)
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      assert.ok(overflow <= 0, `${overflow} px wider than the window, ${theme}, ${width} px`)
    }
  }
  if (before) await page.setViewportSize(before)
  await page.emulateMedia({ colorScheme: null, reducedMotion: null })
}

async function runAxe(): Promise<string[]> {
  // Halfway from one theme to the other, colours are neither's.
  for (const animation of document.getAnimations()) {
    if (animation.effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY) animation.finish()
  }
  const { run } = (window as unknown as { axe: typeof axe }).axe
  const { violations } = await run(document)
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html}`))
}

/** Waits for the page's heading of the first level: then its script has come. */
export async function heading(page: Page, name: string | RegExp): Promise<void> {
  await page.getByRole('heading', { level: 1, name }).waitFor()
}

export async function isFocused(locator: Locator): Promise<void> {
  await locator.and(locator.page().locator(':focus')).waitFor()
}

/** Goes on by the tab key until it is there. */
export async function tabTo(page: Page, locator: Locator, pressesMax: number): Promise<void> {
  await locator.waitFor()
  for (let pressed = 0; pressed < pressesMax; pressed++) {
    if (await locator.evaluate(element => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  assert.fail(`${locator} is not to be reached by ${pressesMax} presses of the tab key`)
}
