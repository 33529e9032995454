// The webhooks of Apps in the browser, as who owns the App sees them: oneself, or an owner of the organization.
import assert from 'node:assert/strict'
import { after, suite, test } from 'node:test'
import { startTestReceiver } from '../../src/api/test-receiver.ts'
import { assertAccessible, heading, isFocused, tabTo, WebSite } from './site.ts'

const web = await WebSite.start({ after })
const { site } = web

const ORGANIZATION = 'octo-org'
await site.request('POST', '/admin/organizations', { body: { login: ORGANIZATION, admin: 'admin' } })

let apps = 0

type Made = { readonly slug: string; readonly page: string; readonly api: string }

/** An App that is installed on `admin`, with the addresses of its webhook’s page and of its API. */
async function makeApp(manifest: object = {}): Promise<Made> {
  apps += 1
  const body = {
    name: `Sorter ${apps}`,
    url: 'https://sorter.example',
    default_events: ['issues'],
    default_permissions: { issues: 'write' },
    ...manifest,
  }
  const { status, json } = await site.request('POST', '/user/apps', { body })
  assert.equal(status, 201, JSON.stringify(json))
  const { slug } = json
  const installed = await site.request('POST', '/user/installations', { body: { app_slug: slug } })
  assert.equal(installed.status, 201)
  return { slug, page: `/settings/apps/${slug}`, api: `/user/apps/${slug}` }
}

suite('one’s Apps', () => {
  test('are told how to be made while there are none', async t => {
    const page = await web.openAs(t, 'newcomer', '/settings/apps')
    await heading(page, 'GitHub Apps')
    await page.getByText('No Apps yet').waitFor()
    await page.getByText(`${site.url}/user/apps`).waitFor()
    await assertAccessible(page)
    await page.getByRole('button', { name: 'Copy', exact: true }).click()
    await page.getByText('Copied', { exact: true }).waitFor()
    const copied = await page.evaluate(() => navigator.clipboard.readText())
    assert.match(copied, /^curl .*\/user\/apps \\\n/)
  })

  test('are listed with their webhooks, which are led to', async t => {
    const receiver = await startTestReceiver(t)
    const { slug } = await makeApp({ name: 'Listed', hook_attributes: { url: `${receiver.url}/listed` } })
    await makeApp({ name: 'Not Ready', description: '<script>document.title="owned"</script>' })
    await receiver.arrived(2)
    await site.settled()
    const page = await web.open(t, '/', { language: 'fr' })
    await page.getByRole('button', { name: 'Votre compte' }).click()
    await page.getByRole('menuitem', { name: 'Apps GitHub' }).click()
    await heading(page, 'Apps GitHub')
    const row = (name: string) =>
      page.getByRole('listitem').filter({ has: page.getByRole('link', { name, exact: true }) })
    await row('Listed').getByText(`(${receiver.url}/listed)`).waitFor()
    await row('Listed').getByRole('link', { name: 'La dernière livraison a réussi.' }).waitFor()
    await row('Not Ready').getByText('pas encore d’URL de charge utile').waitFor()
    await row('Not Ready').getByText('Inactif', { exact: true }).waitFor()
    await row('Not Ready').getByText('<script>').waitFor()
    await assertAccessible(page)
    await page.getByRole('link', { name: 'Modifier le webhook de Listed' }).click()
    await heading(page, 'Gérer le webhook')
    assert.equal(new URL(page.url()).pathname, `/settings/apps/${slug}`)
    assert.match(await page.title(), /listed · Apps GitHub · Hookline$/)
    await page.goBack()
    await heading(page, 'Apps GitHub')
  })
})

suite('an App’s webhook', () => {
  test('is given its first URL, and becomes active only when that is wished', async t => {
    const receiver = await startTestReceiver(t)
    const { page: address, api } = await makeApp()
    const page = await web.open(t, address)
    const url = page.getByLabel('Payload URL')
    await url.waitFor()
    await assertAccessible(page)
    assert.ok(await page.getByLabel('Issues', { exact: true }).isChecked())
    assert.equal(await page.getByRole('button', { name: 'Delete webhook' }).count(), 0)
    await page.getByLabel('Active').check()
    const update = page.getByRole('button', { name: 'Update webhook' })
    await update.click()
    await page.getByText('Config must contain URL for webhooks').waitFor()
    await isFocused(url)

    await page.getByLabel('Active').uncheck()
    await url.fill(`${receiver.url}/app`)
    await update.click()
    await page.getByText('Okay, the hook was successfully updated.').waitFor()
    const first = (await site.request('GET', `${api}/hook`)).json
    assert.deepEqual([first.config.url, first.active], [`${receiver.url}/app`, false])

    await page.getByLabel('Active').check()
    await page.getByLabel('Labels', { exact: true }).check()
    await page.getByRole('button', { name: 'Dismiss banner' }).click()
    await update.click()
    await page.getByText('Okay, the hook was successfully updated.').waitFor()
    const { active, events } = (await site.request('GET', `${api}/hook`)).json
    assert.deepEqual([active, [...events].sort()], [true, ['issues', 'label']])
  })

  test('shows its deliveries as they come, and redelivers, by keyboard alone', async t => {
    const receiver = await startTestReceiver(t)
    const { page: address } = await makeApp({ hook_attributes: { url: `${receiver.url}/app` } })
    const page = await web.open(t, `${address}?tab=deliveries`)
    await page.getByText('installation.created').waitFor()
    await page.getByText('Live', { exact: true }).waitFor()
    await assertAccessible(page)
    await site.request('POST', '/repos/admin/hello/issues', { body: { title: 'For the App' } })
    const rows = page.locator('.deliveries-row')
    await rows.filter({ hasText: 'issues.opened' }).waitFor()
    await rows.filter({ hasText: 'issues.opened' }).getByRole('button').first().focus()
    await page.keyboard.press('Enter')
    await page.getByText('"For the App"').first().waitFor()
    await assertAccessible(page)
    const [issue] = (await receiver.arrived(3)).slice(-1)
    assert.equal(issue?.headers['x-github-event'], 'issues')
    assert.ok(JSON.parse(`${issue?.body}`).installation.id)

    await tabTo(page, page.getByRole('button', { name: 'Redeliver' }), 120)
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('alertdialog', { name: 'Redeliver payload?' })
    await dialog.getByText(`${receiver.url}/app`).waitFor()
    await tabTo(page, dialog.getByRole('button', { name: 'Yes, redeliver this payload' }), 10)
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'hidden' })
    const again = (await receiver.arrived(4)).at(-1)
    assert.equal(again?.headers['x-github-delivery'], issue?.headers['x-github-delivery'])
    await rows.filter({ hasText: 'redelivery' }).waitFor()
  })

  test('has a policy, filters, health, what it did not get, and recoveries', async t => {
    const receiver = await startTestReceiver(t)
    const { page: address, api } = await makeApp({ hook_attributes: { url: `${receiver.url}/app` } })
    await receiver.arrived(2)
    await site.settled()
    const page = await web.open(t, address, { language: 'fr' })
    await page.getByText('Règles de livraison et filtres').click()
    const filters = page.getByRole('region', { name: 'Filtres' })
    await filters.getByLabel('Dépôts').fill('admin/*')
    await filters.getByRole('button', { name: 'Enregistrer les filtres' }).click()
    await page.getByText('Les filtres ont été enregistrés.').waitFor()
    assert.deepEqual((await site.request('GET', `${api}/hook/filters`)).json.repositories, ['admin/*'])
    await assertAccessible(page)

    await page.getByRole('link', { name: 'Santé' }).click()
    await page.getByText('Le disjoncteur est fermé').waitFor()
    await assertAccessible(page)
    await page.getByRole('link', { name: 'Non livrés' }).click()
    await page.getByText('Rien n’a été abandonné').waitFor()
    const [delivery] = (await site.request('GET', `${api}/hook/deliveries`)).json
    await page.getByLabel('GUID ou identifiant de l’événement').fill(delivery.guid)
    await page.keyboard.press('Enter')
    await page.getByText(delivery.guid).first().waitFor()
    await page.getByText('Rien ici que vous puissiez voir').waitFor({ state: 'hidden' })
    await assertAccessible(page)

    await page.getByRole('link', { name: 'Rattrapages' }).click()
    assert.equal(await page.getByText('Tous les webhooks d’ici').count(), 0, 'an App has one')
    await page.getByLabel('Événements concernés').selectOption('missed')
    await page.getByRole('button', { name: 'Compter ce qui correspond' }).click()
    await page.getByText(/Aucun/).first().waitFor()
    await assertAccessible(page)
  })

  test('of an organization is its owners’ to see, and not there for others', async t => {
    const body = {
      name: 'Shipper',
      url: 'https://ships.example',
      hook_attributes: { url: 'http://127.0.0.1:9/' },
    }
    assert.equal((await site.request('POST', `/orgs/${ORGANIZATION}/apps`, { body })).status, 201)
    const page = await web.open(t, `/${ORGANIZATION}`, { theme: 'dark', width: 360 })
    await page.getByRole('link', { name: 'GitHub Apps' }).click()
    await page.getByRole('link', { name: 'Shipper', exact: true }).click()
    await heading(page, 'Manage webhook')
    const address = new URL(page.url()).pathname
    assert.equal(address, `/organizations/${ORGANIZATION}/settings/apps/shipper`)
    assert.equal(await page.getByLabel('Payload URL').inputValue(), 'http://127.0.0.1:9/')
    await assertAccessible(page)

    const stranger = await web.openAs(t, 'stranger', address)
    await stranger.getByText('Nothing here that you may see').waitFor()
    await stranger.goto('/settings/apps/shipper')
    await stranger.getByText('Nothing here that you may see').waitFor()
    await stranger.goto(`/organizations/${ORGANIZATION}/settings/apps`)
    await stranger.getByText('Nothing here that you may see').waitFor()
    await assertAccessible(stranger)
  })
})

test('a page behind the last one of a list leads back to the first', async t => {
  const page = await web.open(t, '/site/users?page=9')
  await page.getByText('Nothing is left on this page').waitFor()
  await assertAccessible(page)
  await page.getByRole('link', { name: 'Go to the first page' }).click()
  await page.getByRole('list', { name: 'Users' }).waitFor()
})

test('the theme’s button follows the system', async t => {
  const page = await web.open(t, '/settings/apps')
  await page.getByRole('button', { name: 'Dark theme' }).waitFor()
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.getByRole('button', { name: 'Light theme' }).waitFor()
})
