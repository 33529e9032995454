// Settings → Webhooks in the browser: how webhooks are made, changed, filtered and deleted there.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, suite, test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { type Received, startTestReceiver } from '../../src/api/test-receiver.ts'
import { EVENT_WORDS, UNASKED } from '../../web/hooks/event-words.ts'
import { assertAccessible, heading, isFocused, tabTo, WebSite } from './site.ts'

const web = await WebSite.start({ after })
const { site } = web

const ORGANIZATION = 'octo-org'
await site.request('POST', '/admin/organizations', { body: { login: ORGANIZATION, admin: 'admin' } })

// The form with all of its events has seventy fields.
const TABS_MAX = 120

let repositories = 0

/** A repository of its own for a test, with the address of its API and of its webhooks' pages. */
async function makeRepository(): Promise<{ api: string; hooks: string }> {
  repositories += 1
  const api = await site.createRepository(`webhooks-${repositories}`)
  return { api, hooks: `/admin/webhooks-${repositories}/settings/hooks` }
}

suite('the founding page, step by step', () => {
  test('leads from the settings of a repository to a delivered issue', async t => {
    const receiver = await startTestReceiver(t)
    const { api, hooks } = await makeRepository()
    const page = await web.open(t, hooks.replace('/settings/hooks', ''), { language: 'fr' })
    await page.getByRole('link', { name: 'Webhooks', exact: true }).click()
    await heading(page, 'Webhooks')
    assert.equal(new URL(page.url()).pathname, hooks)
    await page.getByText('Aucun webhook pour l’instant').waitFor()

    await page.getByRole('link', { name: 'Ajouter un webhook' }).click()
    await heading(page, 'Ajouter un webhook')
    await page.getByLabel('URL de la charge utile').fill(`${receiver.url}/payload`)
    await page.getByLabel('Type de contenu').selectOption('application/json')
    await page.getByLabel('Secret').fill('un secret')
    assert.equal(await page.getByText('Vérification SSL').count(), 0, 'shown for https only')
    await page.getByLabel('Me permettre de sélectionner des événements individuels.').check()
    await page.getByLabel('Problèmes', { exact: true }).check()
    await page.getByText('2 événements sélectionnés').waitFor()
    assert.ok(await page.getByLabel('Actif').isChecked())
    await page.getByRole('button', { name: 'Ajouter un webhook' }).click()

    await page.getByText('Le webhook a bien été créé.').waitFor()
    await page.getByText('(push, issues)').waitFor()
    await page.getByRole('link', { name: 'La dernière livraison a réussi.' }).waitFor()
    const [ping] = await receiver.arrived(1)
    assert.equal(ping?.path, '/payload')
    assert.equal(ping?.headers['x-github-event'], 'ping')
    assert.equal(ping?.headers['content-type'], 'application/json')

    await site.request('POST', `${api}/issues`, { body: { title: 'Un problème' } })
    const [, issue] = await receiver.arrived(2)
    assert.ok(issue)
    assert.equal(issue.headers['x-github-event'], 'issues')
    assert.equal(JSON.parse(`${issue.body}`).issue.title, 'Un problème')
    assert.equal(issue.headers['x-hub-signature-256'], signatureOf(issue, 'un secret'))
  })
})

suite('the form', () => {
  test('has GitHub’s labels, in GitHub’s order, with GitHub’s defaults', async t => {
    const { hooks } = await makeRepository()
    const page = await web.open(t, `${hooks}/new`)
    await page.getByLabel('Payload URL').fill('https://example.com/postreceive')
    const labels = await page.locator('form :is(label, legend)').allInnerTexts()
    assert.deepEqual(
      labels.map(text =>
        text
          .replace(/\s*\*\s*$/, '')
          .split('\n')[0]
          ?.trim(),
      ),
      [
        'Payload URL',
        'Content type',
        'Secret',
        'SSL verification',
        'Enable SSL verification',
        'Disable (not recommended)',
        'Which events would you like to trigger this webhook?',
        'Just the push event.',
        'Send me everything.',
        'Let me select individual events.',
        'Active',
      ],
    )
    assert.equal(await page.getByLabel('Content type').inputValue(), 'form')
    assert.ok(await page.getByLabel('Just the push event.').isChecked())
    assert.ok(await page.getByLabel('Active').isChecked())
  })

  test('has a label in both languages for each event that may be asked for', async () => {
    const { json } = await site.request('GET', '/webhook-events')
    const offered = (json as { name: string; targets: string[] }[])
      .filter(({ targets }) =>
        ['repository', 'organization', 'site', 'app'].some(kind => targets.includes(kind)),
      )
      .map(({ name }) => name)
      .filter(name => !UNASKED.includes(name))
    assert.deepEqual([...EVENT_WORDS.keys()].sort(), offered.sort())
  })

  test('shows the API’s words at the field that they are about, and loses nothing', async t => {
    const { hooks } = await makeRepository()
    const page = await web.open(t, `${hooks}/new`)
    const url = page.getByLabel('Payload URL')
    await page.getByLabel('Secret').fill('typed before')
    await page.getByLabel('Send me everything.').check()
    const add = page.getByRole('button', { name: 'Add webhook' })
    await add.click()
    await faultOf(url, 'Config must contain URL for webhooks')
    await isFocused(url)

    await url.fill('ftp://example.com/')
    await add.click()
    await faultOf(url, "The URL you've entered is not valid.")
    await url.fill('http://10.0.0.1/payload')
    await add.click()
    await faultOf(url, "isn't reachable over the public Internet (10.0.0.1)")
    await isFocused(url)
    await assertAccessible(page)
    assert.equal(await url.inputValue(), 'http://10.0.0.1/payload')
    assert.equal(await page.getByLabel('Secret').inputValue(), 'typed before')
    assert.ok(await page.getByLabel('Send me everything.').isChecked())

    await page.getByLabel('Let me select individual events.').check()
    await page.getByLabel('Pushes').uncheck()
    await url.fill('http://127.0.0.1:9/')
    await add.click()
    await page.getByRole('group', { name: 'events must name at least one event' }).waitFor()
    await isFocused(page.getByLabel('Let me select individual events.'))
  })

  test('shows above the fields what is about none of them, and keeps all when nobody answers', async t => {
    const { api, hooks } = await makeRepository()
    await site.createHook({ url: 'http://127.0.0.1:9/twice' }, api)
    const page = await web.open(t, `${hooks}/new`)
    await page.getByLabel('Payload URL').fill('http://127.0.0.1:9/twice')
    const add = page.getByRole('button', { name: 'Add webhook' })
    await add.click()
    await page.getByText('Hook already exists on this repository').waitFor()
    await isFocused(page.getByRole('region', { name: 'That did not work' }))

    await page.getByLabel('Payload URL').fill('http://127.0.0.1:9/once')
    await page.route(`**${api}/hooks`, route => route.abort())
    await add.click()
    await page.getByText('The server did not answer.').waitFor()
    assert.equal(await page.getByLabel('Payload URL').inputValue(), 'http://127.0.0.1:9/once')
    await page.unroute(`**${api}/hooks`)
    await add.click()
    await page.getByText('Okay, that hook was successfully created.').waitFor()
    await assertAccessible(page)
  })

  test('asks twice before certificates are no longer verified', async t => {
    const { api, hooks } = await makeRepository()
    const page = await web.open(t, `${hooks}/new`)
    await page.getByLabel('Payload URL').fill('https://receiver.invalid/payload')
    const disable = page.getByLabel('Disable (not recommended)')
    await disable.click()
    const dialog = page.getByRole('alertdialog', { name: 'Are you sure?' })
    await assertAccessible(page)
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    assert.ok(await page.getByLabel('Enable SSL verification').isChecked())
    await isFocused(disable)

    await disable.click()
    await dialog.getByRole('button', { name: 'Disable, I understand my webhooks may not be secure' }).click()
    assert.ok(await disable.isChecked())
    await page.getByRole('button', { name: 'Add webhook' }).click()
    await page.getByText('Okay, that hook was successfully created.').waitFor()
    const { json } = await site.request('GET', `${api}/hooks`)
    assert.equal(json[0].config.insecure_ssl, '1')
  })
})

suite('the list', () => {
  test('tells in words how the last delivery went, and leads to the deliveries', async t => {
    const receiver = await startTestReceiver(t)
    receiver.answer(500, 'Oh no')
    const { api, hooks } = await makeRepository()
    await site.createHook({ url: `${receiver.url}/fails` }, api)
    await receiver.arrived(1)
    const page = await web.open(t, hooks)
    const status = page.getByRole('link', {
      name: 'Last delivery was not successful. Invalid HTTP Response: 500.',
    })
    await status.click()
    await page.locator('main [aria-current="page"]').getByText('Recent Deliveries').waitFor()
  })
})

suite('an existing webhook', () => {
  test('keeps its secret when something else is saved, and rotates it when asked to', async t => {
    const receiver = await startTestReceiver(t)
    const { api, hooks } = await makeRepository()
    const hook = await site.createHook({ url: `${receiver.url}/before`, secret: 'the first' }, api)
    const page = await web.open(t, `${hooks}/${hook.split('/').at(-1)}`)
    await page.getByText('If you’ve lost or forgotten this secret').waitFor()
    await page.getByLabel('Payload URL').fill(`${receiver.url}/after`)
    await page.getByLabel('Just the push event.').check()
    await update(page)

    const first = await nextPing()
    assert.equal(first.path, '/after')
    assert.equal(first.headers['x-hub-signature-256'], signatureOf(first, 'the first'))
    const { json } = await site.request('GET', hook)
    assert.deepEqual(json.events, ['push'])
    assert.equal(json.config.content_type, 'json')

    const change = page.getByRole('button', { name: 'Change secret' })
    await change.click()
    await isFocused(page.getByLabel('New secret'))
    await page.getByRole('button', { name: 'Keep the secret as it is' }).click()
    await isFocused(change)
    await change.click()
    await page.getByLabel('New secret').fill('the first')
    await page.getByRole('button', { name: 'Update webhook' }).click()
    await faultOf(page.getByLabel('New secret'), 'This exists already.')
    await page.getByLabel('New secret').fill('the second')
    await update(page)
    await page.getByText('The secret before this one signs, too, until').waitFor()
    const second = await nextPing()
    assert.equal(second.headers['x-hub-signature-256'], signatureOf(second, 'the second'))
    assert.equal(second.headers['x-hookline-previous-signature-256'], signatureOf(second, 'the first'))

    await page.getByRole('button', { name: 'Remove secret' }).click()
    await update(page)
    await page.getByLabel('Secret').waitFor()
    assert.equal((await nextPing()).headers['x-hub-signature-256'], undefined)

    async function nextPing(): Promise<Received> {
      await site.settled()
      const count = receiver.received.length
      await site.request('POST', `${hook}/pings`)
      const ping = (await receiver.arrived(count + 1)).at(-1)
      assert.ok(ping)
      return ping
    }
  })

  test('is the same in two tabs, but for what is being typed', async t => {
    const { api, hooks } = await makeRepository()
    const hook = await site.createHook({ url: 'http://127.0.0.1:9/tabs' }, api)
    const one = await web.open(t, `${hooks}/${hook.split('/').at(-1)}`)
    const other = await one.context().newPage()
    await other.goto(one.url())
    await other.getByLabel('Secret').fill('being typed')

    await one.bringToFront()
    await one.getByLabel('Active').uncheck()
    await one.getByLabel('Payload URL').fill('http://127.0.0.1:9/changed')
    await update(one)
    // A browser without a window does not tell its tabs that they are looked at.
    await other.evaluate(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })))
    await other.locator('input[value="http://127.0.0.1:9/changed"]').waitFor()
    assert.ok(!(await other.getByLabel('Active').isChecked()))
    assert.equal(await other.getByLabel('Secret').inputValue(), 'being typed')
  })

  test('has its tabs in the address, and going back goes through them', async t => {
    const { api, hooks } = await makeRepository()
    await site.createHook({ url: 'http://127.0.0.1:9/back' }, api)
    const page = await web.open(t, hooks)
    await page.getByRole('link', { name: 'Edit http://127.0.0.1:9/back' }).click()
    await heading(page, 'Manage webhook')
    const tab = (name: string) =>
      page.getByRole('navigation', { name: 'Webhook' }).getByRole('link', { name })
    await tab('Health').click()
    const open = page.locator('main [aria-current="page"]')
    await open.getByText('Health').waitFor()
    assert.equal(await open.count(), 1)
    assert.match(page.url(), /\?tab=health$/)
    await page.goBack()
    await open.getByText('Settings').waitFor()
    await page.getByLabel('Payload URL').waitFor()
    await page.goBack()
    await heading(page, 'Webhooks')
    assert.match(await page.title(), /^Webhooks · webhooks-\d+ · admin · Hookline$/)
  })

  test('is deleted when one is sure, and is told of as deleted once', async t => {
    const { api, hooks } = await makeRepository()
    await site.createHook({ url: 'http://127.0.0.1:9/stays' }, api)
    await site.createHook({ url: 'http://127.0.0.1:9/goes' }, api)
    const page = await web.open(t, hooks)
    const remove = page.getByRole('button', { name: 'Delete http://127.0.0.1:9/goes' })
    await remove.click()
    const dialog = page.getByRole('alertdialog', { name: 'Delete webhook?' })
    await assertAccessible(page)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await isFocused(remove)
    await remove.click()
    await dialog.getByRole('button', { name: 'Yes, delete webhook' }).click()
    await page.getByText('Okay, that hook was successfully deleted.').waitFor()
    await remove.waitFor({ state: 'detached' })
    await isFocused(page.getByRole('heading', { name: 'Webhooks' }))
    await page.getByRole('link', { name: 'http://127.0.0.1:9/stays', exact: true }).waitFor()
    await page.reload()
    await page.getByRole('link', { name: 'http://127.0.0.1:9/stays', exact: true }).waitFor()
    assert.equal(await page.getByText('successfully deleted').count(), 0)
  })
})

suite('what GitHub does not have', () => {
  test('is closed until it is wanted, and saves a policy with what was changed in it', async t => {
    const { api, hooks } = await makeRepository()
    const hook = await site.createHook({ url: 'http://127.0.0.1:9/policy' }, api)
    const page = await web.open(t, `${hooks}/${hook.split('/').at(-1)}`)
    assert.equal(await page.getByText('Timeout in seconds').count(), 0)
    await page.getByText('Delivery policy and filters').click()
    await page.getByLabel('Timeout in seconds').fill('31')
    await page.getByLabel('After waits of my own').check()
    await page.getByLabel('Waits in seconds').fill('1, soon')
    const save = page.getByRole('button', { name: 'Save policy' })
    await save.click()
    await faultOf(page.getByLabel('Waits in seconds'), 'Enter whole numbers')
    await page.getByLabel('Waits in seconds').fill('1, 60')
    await save.click()
    await faultOf(page.getByLabel('Timeout in seconds'), 'timeout_seconds must be from 1 to 30')
    await page.getByLabel('Timeout in seconds').fill('30')
    await page.getByLabel('Order').selectOption('issue')
    await save.click()
    await page.getByText('The policy was saved.').waitFor()
    const { json } = await site.request('GET', `${hook}/policy`)
    assert.equal(json.timeout_seconds, 30)
    assert.deepEqual(json.retry, [1, 60])
    assert.equal(json.order, 'issue')
    assert.deepEqual(json.defaults, ['concurrency', 'rate_limit', 'standard_webhooks'])
  })

  test('tries filters on recent events before they are saved', async t => {
    const { api, hooks } = await makeRepository()
    const hook = await site.createHook({ url: 'http://127.0.0.1:9/filters' }, api)
    await site.request('POST', `${api}/issues`, { body: { title: 'One' } })
    await site.request('PATCH', `${api}/issues/1`, { body: { state: 'closed' } })
    const page = await web.open(t, `${hooks}/${hook.split('/').at(-1)}`)
    await page.getByText('Delivery policy and filters').click()
    const expression = page.getByLabel('Expression')
    const tryOut = page.getByRole('button', { name: 'Try on recent events' })
    await expression.fill('payload.issue.')
    await tryOut.click()
    await faultOf(expression, 'expression:')
    await isFocused(expression)

    await expression.fill('')
    await page.getByLabel('Actions', { exact: true }).fill('opened\ncreated')
    await tryOut.click()
    const tries = page.getByRole('list', { name: 'Recent events' })
    const closed = tries.getByRole('listitem').filter({ hasText: 'issues.closed' })
    await closed.getByText('Refused by actions').waitFor()
    await tries.getByRole('listitem').filter({ hasText: 'issues.opened' }).getByLabel('Passes').waitFor()
    await assertAccessible(page)
    assert.equal((await site.request('GET', `${hook}/filters`)).json.actions, null, 'nothing is saved yet')

    await page.getByRole('button', { name: 'Save filters' }).click()
    await page.getByText('The filters were saved.').waitFor()
    await page.getByText('Filters some events').waitFor()
    assert.deepEqual((await site.request('GET', `${hook}/filters`)).json.actions, ['opened', 'created'])
  })
})

suite('the webhooks of an organization', () => {
  test('tell how their last delivery went, page by page, and may be of its own events', async t => {
    const receiver = await startTestReceiver(t)
    const api = `/orgs/${ORGANIZATION}`
    await site.request('PUT', `${api}/event-types/octo.shipped`, {
      body: { description: 'It is on its way' },
    })
    for (let number = 1; number <= 11; number++) {
      const config = { url: `${receiver.url}/${number}`, content_type: 'json' }
      await site.request('POST', `${api}/hooks`, { body: { name: 'web', config } })
    }
    await receiver.arrived(11)
    await site.settled()
    const page = await web.open(t, `/organizations/${ORGANIZATION}/settings/hooks`)
    const good = page.getByRole('link', { name: 'Last delivery was successful.' })
    await good.nth(9).waitFor()
    await page.getByRole('link', { name: 'Next' }).click()
    await page.getByRole('link', { name: `${receiver.url}/11`, exact: true }).waitFor()
    assert.equal(await page.getByRole('listitem').filter({ hasText: receiver.url }).count(), 1)
    await page.goBack()
    await page.getByRole('link', { name: `${receiver.url}/1`, exact: true }).click()

    await page.getByLabel('Let me select individual events.').check()
    await page.getByLabel('Teams', { exact: true }).check()
    await page.getByLabel('octo.shipped').check()
    await page.getByLabel('Pushes', { exact: true }).uncheck()
    await update(page)
    const { json } = await site.request('GET', `${api}/hooks?per_page=1`)
    assert.deepEqual([...json[0].events].sort(), ['octo.shipped', 'team'])
  })
})

suite('by keyboard alone', () => {
  test('leads from the list to a webhook that is there', async t => {
    const { api, hooks } = await makeRepository()
    const page = await web.open(t, hooks)
    await tabTo(page, page.getByRole('link', { name: 'Add webhook' }), TABS_MAX)
    await page.keyboard.press('Enter')
    await isFocused(page.getByRole('heading', { name: 'Add webhook' }))
    await tabTo(page, page.getByLabel('Payload URL'), TABS_MAX)
    await page.keyboard.type('http://127.0.0.1:9/keys')
    await tabTo(page, page.getByLabel('Content type'), TABS_MAX)
    await page.keyboard.press('ArrowDown')
    await tabTo(page, page.getByLabel('Secret'), TABS_MAX)
    await page.keyboard.type('typed')
    await tabTo(page, page.getByLabel('Just the push event.'), TABS_MAX)
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await tabTo(page, page.getByLabel('Issues', { exact: true }), TABS_MAX)
    await page.keyboard.press('Space')
    await tabTo(page, page.getByLabel('Active'), TABS_MAX)
    await page.keyboard.press('Space')
    await tabTo(page, page.getByRole('button', { name: 'Add webhook' }), TABS_MAX)
    await page.keyboard.press('Enter')
    await page.getByText('Okay, that hook was successfully created.').waitFor()
    await isFocused(page.getByRole('heading', { name: 'Webhooks' }))
    const { json } = await site.request('GET', `${api}/hooks`)
    assert.deepEqual(json[0].events.sort(), ['issues', 'push'])
    assert.equal(json[0].active, false)
    assert.equal(json[0].config.content_type, 'json')
  })
})

suite('for everybody', () => {
  test('axe finds nothing in the list, the form and the settings', async t => {
    const { api, hooks } = await makeRepository()
    const page = await web.open(t, hooks)
    await page.getByText('No webhooks yet').waitFor()
    await assertAccessible(page)
    const hook = await site.createHook({ url: 'http://127.0.0.1:9/axe', secret: 'x' }, api)
    await page.reload()
    await page.getByText('(all events)').waitFor()
    await assertAccessible(page)
    await page.getByRole('link', { name: 'Add webhook' }).click()
    await page.getByLabel('Let me select individual events.').check()
    await page.getByLabel('Issues', { exact: true }).waitFor()
    await assertAccessible(page)
    await page.goto(`${hooks}/${hook.split('/').at(-1)}`)
    await page.getByRole('button', { name: 'Change secret' }).click()
    await page.getByText('Delivery policy and filters').click()
    await page.getByLabel('Expression').waitFor()
    await assertAccessible(page)
  })

  test('says what to do about a webhook that is not there, and about a server that is away', async t => {
    const { api, hooks } = await makeRepository()
    const page = await web.open(t, `${hooks}/99`)
    await page.getByText('Nothing here that you may see').waitFor()
    await page.route(`**${api}/hooks?*`, route => route.abort())
    await page.goto(hooks)
    await page.getByText('This could not be loaded').waitFor()
    await page.unroute(`**${api}/hooks?*`)
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByText('No webhooks yet').waitFor()
  })
})

function signatureOf({ body }: Received, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
}

/** Saves the form, and waits until the page tells that it is saved. */
async function update(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Update webhook' }).click()
  await page.getByText('Okay, the hook was successfully updated.').waitFor()
  await page.getByRole('button', { name: 'Dismiss banner' }).click()
}

/** What is wrong stands with the field, and is read out with it. */
async function faultOf(field: Locator, text: string): Promise<void> {
  await field.and(field.page().locator('[aria-invalid="true"]')).waitFor()
  await field.page().getByText(text).waitFor()
  const descriptions = await field.evaluate(element =>
    (element.getAttribute('aria-describedby') ?? '')
      .split(' ')
      .map(id => document.getElementById(id)?.textContent ?? '')
      .join(' '),
  )
  assert.ok(descriptions.includes(text), `"${descriptions}" tells of the fault`)
}
