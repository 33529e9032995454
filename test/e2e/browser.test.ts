// The tutorial in a real browser: what its reader sees, from the ping to the first bar, and that a page
// which is left open does not keep the program from ending.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, before, suite, type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { type Browser, chromium, type Page } from 'playwright-core'
import { type Program, programsIn } from './program.ts'

const run = promisify(execFile)

const TUTORIAL = ['tutorial', '--port', '0', '--receiver-port', '0']
// What a page shows, it shows within a second; a busy machine gets more.
const DEADLINE_MS = 20_000
// The receiver gives requests that do not finish five seconds: an end before that has waited for none.
const PROMPT_MS = 4000

const CHROMIUM = {
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

let browser: Browser
before(async () => {
  browser = await chromium.launch(CHROMIUM)
})
after(() => browser.close())

suite('the tutorial in a browser', () => {
  test('shows the ping, and lets today’s bar grow at the printed line without a reload', async t => {
    const { program, page, complaints } = await openTutorial(t)
    await page.getByText('The webhook reaches this receiver').waitFor()
    await page.getByText('No issue in these days yet').waitFor()
    await today(page, '0')
    await page.evaluate(() => Object.assign(window, { notReloaded: true }))
    const inkBefore = await inkOf(page)

    await openIssue(program)
    await today(page, '1')
    await page.getByRole('heading', { name: 'octocat/hello-world' }).waitFor()
    assert.match((await page.getByRole('slider').getAttribute('aria-valuetext')) ?? '', /: 1 issue$/)
    assert.ok((await inkOf(page)) > inkBefore, 'more of the chart is in the colour of the bars')
    assert.ok(await page.evaluate(() => 'notReloaded' in window))
    assert.deepEqual(complaints, [])
  })

  test('ends at Ctrl-C while the page is open, and waits for no connection that asks nothing', async t => {
    const { program, page, receiver } = await openTutorial(t)
    // Browsers open connections in advance; whether this one does is up to it.
    const { hostname, port } = new URL(receiver)
    const silent = connect({ host: hostname, port: Number(port) })
    t.after(() => silent.destroy())
    await once(silent, 'connect')

    const late = AbortSignal.timeout(PROMPT_MS)
    const { code, stderr } = await Promise.race([
      program.end('SIGINT'),
      once(late, 'abort').then(() => assert.fail(`still running after ${PROMPT_MS} ms`)),
    ])
    assert.equal(code, 0)
    assert.equal(stderr, '')
    await page.getByText('Connection lost').waitFor()
  })
})

type Opened = {
  readonly program: Program
  readonly receiver: string
  readonly page: Page
  /** Script errors, and what the page's policy forbade. */
  readonly complaints: readonly string[]
}

/** The receiver's page, as soon as it is live. */
async function openTutorial(t: TestContext): Promise<Opened> {
  const { start } = await programsIn(t)
  const program = start(TUTORIAL)
  const [, receiver = ''] = await program.says(/Receiver +(http:\S+)/)

  const context = await browser.newContext({ locale: 'en-US' })
  t.after(() => context.close())
  context.setDefaultTimeout(DEADLINE_MS)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', error => complaints.push(String(error)))
  page.on('console', message => message.type() === 'error' && complaints.push(message.text()))
  await page.goto(receiver)
  await page.getByRole('status').getByText('Live').waitFor()
  return { program, receiver, page, complaints }
}

/** By a real shell, as it was printed. */
async function openIssue(program: Program): Promise<void> {
  const [line] = await program.says(/curl .*(?=\n)/)
  await run('bash', ['-c', line])
}

async function today(page: Page, issues: string): Promise<void> {
  const figure = page.locator('#stats div').filter({ hasText: 'Today' })
  await figure.locator('dd').getByText(issues, { exact: true }).waitFor()
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
