// What GitHub does not show, in the browser: a hook's health, what it did not get and why, and recoveries.
import assert from 'node:assert/strict'
import { after, suite, test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { eventually, startTestReceiver } from '../../src/api/test-receiver.ts'
import { assertAccessible, heading, isFocused, tabTo, WebSite } from './site.ts'

const web = await WebSite.start({ after })
const { site } = web

let repositories = 0

/** A repository with a hook for issues, its ping delivered. Gives the addresses of its API and its page. */
async function makeHook(url: string, policy: object = {}) {
  repositories += 1
  const repository = await site.createRepository(`health-${repositories}`)
  const body = { events: ['issues'], config: { url, content_type: 'json' } }
  const { json } = await site.request('POST', `${repository}/hooks`, { body })
  const api = `${repository}/hooks/${json.id}`
  await site.request('PATCH', `${api}/policy`, { body: policy })
  const until = (willDo: (health: any) => boolean) =>
    eventually(
      () => site.request('GET', `${api}/health`),
      ({ json: health }) => willDo(health),
    )
  await until(({ last_hour }) => last_hour.attempts === 1)
  const publish = async (action: string): Promise<{ id: number; guid: string }> => {
    const event = { event: 'issues', action, payload: { action } }
    return (await site.request('POST', `${repository}/events?validate=false`, { body: event })).json
  }
  return { api, page: `/admin/health-${repositories}/settings/hooks/${json.id}`, publish, until }
}

suite('the health of a webhook', () => {
  test('tells that the breaker is open and why, draws it, and releases what is held', async t => {
    const receiver = await startTestReceiver(t)
    const hook = await makeHook(receiver.url)
    receiver.answer(500)
    for (let n = 0; n < 12; n++) await hook.publish('opened')
    await hook.until(({ breaker, counts }) => breaker.state === 'open' && counts.held === 12)

    const page = await web.open(t, `${hook.page}?tab=health&over=hour`)
    await heading(page, 'Manage webhook')
    await page.getByRole('heading', { name: 'The breaker is open: deliveries are held' }).waitFor()
    await page.getByText('12 deliveries are held.').waitFor()
    assert.match(await textOf(page, '.health-figures'), /Held12/)
    assert.match(await textOf(page, '.health-changes'), /Breaker opened.*attempts failed within 5 minutes/)
    await assertInk(page)
    await assertReading(page, /: \d+% of \d+ attempts, half within \d+ ms, 95% within \d+ ms$/)
    await page.getByText('Figures as a table').click()
    const rows = page.getByRole('region', { name: 'Figures as a table' }).locator('tbody tr')
    assert.match((await rows.first().textContent()) ?? '', /\d+%.*ms/)
    await assertAccessible(page)

    await page.getByRole('button', { name: 'Day', exact: true }).click()
    await page.waitForURL(/over=day/)
    await assertInk(page)
    await page.goBack()
    await page.waitForURL(/over=hour/)

    receiver.answer(200)
    const before = receiver.received.length
    await pressOn(page, page.getByRole('button', { name: 'Release all that is held' }))
    await page.getByText('12 deliveries were released, and are on their way.').waitFor()
    await page.getByText('The breaker is closed: deliveries go out as they come.').waitFor()
    await receiver.arrived(before + 12)
    await page.getByText('Released by admin.').waitFor()
    assert.equal(await page.getByRole('button', { name: 'Release all that is held' }).count(), 0)
    const focused = await page.evaluate(() => document.activeElement?.textContent)
    assert.match(focused ?? '', /were released/)
  })

  test('says in French that nothing was attempted, and that an inactive webhook gets nothing', async t => {
    const receiver = await startTestReceiver(t)
    const hook = await makeHook(receiver.url)
    await site.request('PATCH', hook.api, { body: { active: false } })
    const page = await web.open(t, `${hook.page}?tab=health`, { language: 'fr', theme: 'dark' })
    await page.getByRole('heading', { name: 'Le webhook est inactif' }).waitFor()
    await page.getByText('100 %').first().waitFor()
    await page.getByText('aucune n’est prévue').waitFor()
    await assertAccessible(page)
  })
})

suite('what a webhook did not get', () => {
  test('explains what a filter and an inactive webhook kept away, and sends it all the same', async t => {
    const receiver = await startTestReceiver(t)
    const hook = await makeHook(receiver.url)
    await site.request('PUT', `${hook.api}/filters`, { body: { actions: ['closed'] } })
    const filtered = await hook.publish('opened')
    await site.request('PATCH', hook.api, { body: { active: false } })
    const inactive = await hook.publish('closed')
    await site.request('PATCH', hook.api, { body: { active: true } })

    const page = await web.open(t, `${hook.page}?tab=undelivered`)
    await page.getByText('Nothing was given up').waitFor()
    await page.getByRole('button', { name: 'Skipped' }).click()
    await page.waitForURL(/state=skipped/)
    const list = page.getByRole('list', { name: 'Skipped' })
    await list.getByText('A filter of this webhook did not let it through: the action is "opened".').waitFor()
    await list.getByText('The webhook was inactive when it happened.').waitFor()
    await assertAccessible(page)

    const input = page.getByLabel('GUID or ID of the event')
    const ask = page.getByRole('button', { name: 'Explain' })
    await pressOn(page, ask)
    await page.getByText('Enter a GUID or an ID.').waitFor()
    await input.fill('1')
    await page.keyboard.press('Enter')
    await page.getByText('There is no such event').waitFor()
    await isFocused(input)
    assert.equal(await input.inputValue(), '1')

    await input.fill(filtered.guid)
    await page.keyboard.press('Enter')
    const answer = page.getByRole('region', { name: 'Explanation' })
    await answer.getByText('the action is "opened"').waitFor()
    await answer.getByText('No attempt was made.').waitFor()
    await assertAccessible(page)
    await pressOn(page, answer.getByRole('button', { name: /^Send once more/ }))
    await page.getByText('issues.opened is sent now.').waitFor()
    const [, sent] = await receiver.arrived(2)
    assert.equal(sent?.headers['x-github-delivery'], filtered.guid)

    await page.getByRole('button', { name: `Send once more: issues.closed, ${inactive.guid}` }).click()
    await page.getByText('issues.closed is sent now.').waitFor()
    await receiver.arrived(3)
    await page.goto(`${hook.page}?tab=undelivered&why=${inactive.id}`)
    await answer.getByText(/^It was delivered on .*, with its first attempt\.$/).waitFor()
  })

  test('lists page by page what was skipped, and shows the attempts of one, in French', async t => {
    const receiver = await startTestReceiver(t)
    const hook = await makeHook(receiver.url, { retry: 'off' })
    await site.request('PUT', `${hook.api}/filters`, { body: { actions: ['closed'] } })
    const events = []
    for (let n = 0; n < 21; n++) events.push(await hook.publish('opened'))
    const page = await web.open(t, `${hook.page}?tab=undelivered&state=skipped`, { language: 'fr' })
    const rows = page.getByRole('list', { name: 'Ignorés' }).getByRole('listitem')
    await page.getByText('l’action est "opened"').first().waitFor()
    assert.equal(await rows.count(), 20)
    await page.getByRole('link', { name: 'Suivant' }).click()
    await page.getByRole('link', { name: 'Première page' }).waitFor()
    await rows.getByText(events[0]?.guid ?? '').waitFor()
    assert.equal(await rows.count(), 1)
    await page.goBack()
    await rows.getByText(events[20]?.guid ?? '').waitFor()

    receiver.answer(500)
    const { guid } = await hook.publish('closed')
    await page.getByRole('button', { name: 'Abandonnés' }).click()
    await page.getByText('Sa seule tentative a échoué').waitFor()
    await page.getByRole('link', { name: `Tentatives : issues.closed, ${guid}` }).click()
    await page.getByRole('region', { name: 'Explication' }).getByText('Invalid HTTP Response: 500').waitFor()
    await assertAccessible(page)
  })

  test('sends one that was given up once more, and it leaves the list', async t => {
    const receiver = await startTestReceiver(t)
    const hook = await makeHook(receiver.url, { retry: 'off' })
    receiver.answer(500)
    const { guid } = await hook.publish('opened')
    await hook.until(({ counts }) => counts.exhausted === 1)
    receiver.answer(200)
    const page = await web.open(t, `${hook.page}?tab=undelivered&state=exhausted`)
    await pressOn(page, page.getByRole('button', { name: `Send once more: issues.opened, ${guid}` }))
    await page.getByText('issues.opened is sent now.').waitFor()
    await page.getByText('Nothing was given up').waitFor()
    await receiver.arrived(3)
  })
})

suite('recoveries', () => {
  test('count first, then send what was given up to its end', async t => {
    const receiver = await startTestReceiver(t)
    const hook = await makeHook(receiver.url, { retry: 'off' })
    receiver.answer(500)
    for (let n = 0; n < 3; n++) await hook.publish('opened')
    await hook.until(({ counts }) => counts.exhausted === 3)
    receiver.answer(200)

    const page = await web.open(t, `${hook.page}?tab=recoveries`)
    await page.getByText('No recoveries yet').waitFor()
    await page.getByLabel('Happened from').fill('2020-01-01T00:00')
    await page.route('**/recoveries', route => route.abort())
    await page.getByRole('button', { name: 'Count what matches' }).click()
    await page.getByText('Nothing that you entered is lost').waitFor()
    assert.equal(await page.getByLabel('Happened from').inputValue(), '2020-01-01T00:00')
    await page.unroute('**/recoveries')
    const count = page.getByRole('button', { name: 'Count what matches' })
    await page.getByLabel('Event', { exact: true }).fill('no such event')
    await page.getByLabel('Action').fill('opened')
    await pressOn(page, count)
    await page.getByText('This is not valid.').waitFor()
    await isFocused(page.getByLabel('Event', { exact: true }))
    assert.equal(await page.getByLabel('Action').inputValue(), 'opened')
    await assertAccessible(page)

    await page.getByLabel('Event', { exact: true }).fill('issues')
    await page.keyboard.press('Enter')
    await page.getByText('3 events match.').waitFor()
    await page.getByLabel('Redeliveries a second').fill('0')
    const start = page.getByRole('button', { name: 'Start recovery' })
    await pressOn(page, start)
    await page.getByText('Enter a whole number from 1 to 10,000.').waitFor()
    await page.getByLabel('Redeliveries a second').fill('')
    await page.getByLabel('Action').fill('closed')
    await page.getByText('The criteria were changed.').waitFor()
    assert.equal(await start.count(), 0)
    await page.getByLabel('Action').fill('opened')
    await pressOn(page, start)
    await page.getByText(/Recovery \d+ has started/).waitFor()
    await receiver.arrived(7)
    await page.getByText('3 of 3 sent').waitFor()
    await page.getByText('Done', { exact: true }).waitFor()
    await assertAccessible(page)
  })

  test('can be paused, slowed down, resumed and cancelled, in French', async t => {
    const receiver = await startTestReceiver(t)
    const hook = await makeHook(receiver.url)
    for (let n = 0; n < 40; n++) await hook.publish('opened')
    await hook.until(({ last_hour }) => last_hour.attempts === 41)
    const page = await web.open(t, `${hook.page}?tab=recoveries`, { language: 'fr', theme: 'dark' })
    await page.getByLabel('Événements concernés').selectOption('any')
    await page.getByLabel('Renvois par seconde').fill('1')
    await page.getByRole('button', { name: 'Compter ce qui correspond' }).click()
    await page.getByText('41 événements correspondent.').waitFor()
    await page.getByRole('button', { name: 'Lancer le rattrapage' }).click()

    const job = page.getByRole('listitem').filter({ hasText: 'Tous : livrés' })
    await job.getByText(/^\d+ sur 41 envoyés$/).waitFor()
    await pressOn(page, job.getByRole('button', { name: /^Mettre en pause/ }))
    await job.getByText('En pause', { exact: true }).waitFor()
    await pressOn(page, job.getByRole('button', { name: /^Modifier le débit/ }))
    await job.getByLabel('Renvois par seconde').fill('2')
    await page.keyboard.press('Enter')
    await job.getByText(/2 par seconde/).waitFor()
    await assertAccessible(page)
    await pressOn(page, job.getByRole('button', { name: /^Reprendre/ }))
    await job.getByText('En cours', { exact: true }).waitFor()

    await pressOn(page, job.getByRole('button', { name: /^Annuler/ }))
    await page.getByRole('heading', { name: /^Annuler ce rattrapage/ }).waitFor()
    await page.keyboard.press('Escape')
    await job.getByRole('button', { name: /^Annuler/ }).click()
    await page.getByRole('button', { name: 'Annuler le rattrapage' }).click()
    await job.getByText('Annulé', { exact: true }).waitFor()
    assert.equal(await job.getByRole('button').count(), 0)
  })
})

suite('webhooks of an organization and of the site', () => {
  test('have the same tabs; recoveries can be for one repository', async t => {
    const receiver = await startTestReceiver(t)
    await site.request('POST', '/admin/organizations', { body: { login: 'health-org', admin: 'admin' } })
    const body = { name: 'web', events: ['*'], config: { url: receiver.url, content_type: 'json' } }
    const { json: ofOrganization } = await site.request('POST', '/orgs/health-org/hooks', { body })
    const { json: ofSite } = await site.request('POST', '/admin/hooks', { body })

    const hooks = '/organizations/health-org/settings/hooks'
    const page = await web.open(t, `${hooks}/${ofOrganization.id}?tab=recoveries`)
    await page.getByLabel('Repository').fill('nobody/nothing')
    await page.getByRole('button', { name: 'Count what matches' }).click()
    await page.getByText('This is not valid.').waitFor()
    await isFocused(page.getByLabel('Repository'))
    const told = [
      ['health', 'The breaker is closed'],
      ['undelivered', 'Nothing was given up'],
      ['recoveries', 'No recoveries yet'],
    ] as const
    for (const [tab, text] of told) {
      await page.goto(`/site/settings/hooks/${ofSite.id}?tab=${tab}`)
      await page.getByText(text).first().waitFor()
    }
  })

  test('say so when there is no such webhook', async t => {
    const page = await web.open(t, '/admin/hello/settings/hooks/9999?tab=health')
    await page.getByText('Nothing here that you may see').waitFor()
    await assertAccessible(page)
  })
})

/** As somebody without a mouse: with the Tab key until it has the focus, and Enter. */
async function pressOn(page: Page, target: Locator): Promise<void> {
  await tabTo(page, target, 80)
  await page.keyboard.press('Enter')
}

async function textOf(page: Page, selector: string): Promise<string> {
  return (await page.locator(selector).textContent()) ?? ''
}

/** What is told of the last minutes when they are pointed at. */
async function assertReading(page: Page, pattern: RegExp): Promise<void> {
  const chart = page.locator('.health-plot .u-over').first()
  let minutes = 0
  await eventually(
    async () => {
      minutes = (minutes + 1) % 3
      const box = await chart.boundingBox()
      assert.ok(box)
      const right = box.x + box.width
      await page.mouse.move(right - (minutes + 0.5) * (box.width / 60), box.y + box.height / 2)
      return textOf(page, '.health-reading')
    },
    text => pattern.test(text),
  )
}

/** Both charts have pixels that are coloured, and not just the grey of their axes. */
async function assertInk(page: Page): Promise<void> {
  const charts = page.locator('.health-plot canvas')
  await charts.nth(1).waitFor()
  await eventually(
    () =>
      charts.evaluateAll(found =>
        found.map(element => {
          const canvas = element as HTMLCanvasElement
          const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? []
          let count = 0
          for (let at = 0; at < pixels.length; at += 4) {
            const [red = 0, green = 0, blue = 0] = pixels.slice(at, at + 3)
            if (Math.max(red, green, blue) - Math.min(red, green, blue) > 60) count++
          }
          return count
        }),
      ),
    ink => ink.length === 2 && ink.every(count => count > 20),
  )
}
