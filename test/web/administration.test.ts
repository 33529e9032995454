// The site administrator's pages in the browser: users and organizations.
import assert from 'node:assert/strict'
import { after, suite, test } from 'node:test'
import { assertAccessible, heading, WebSite } from './site.ts'

const web = await WebSite.start({ after })

const SCRIPT = '<script>document.title="owned"</script>'
const PASSWORD = 'correct horse battery'

suite('the site administrator', () => {
  test('makes a user, gives a password, suspends and deletes', async t => {
    const page = await web.open(t, '/site/users')
    await heading(page, 'Users')
    await page.getByRole('list', { name: 'Users' }).getByText('Site administrator').waitFor()
    await assertAccessible(page)
    await page.getByLabel('User name').fill('settings')
    await page.getByRole('button', { name: 'Create user' }).click()
    await page.getByText('This is not valid.').waitFor()
    await page.getByLabel('User name').fill('zelda')
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Set a password for zelda' })
    await dialog.waitFor()
    await page.keyboard.type('short')
    await page.keyboard.press('Enter')
    await dialog.getByText('password is too short').waitFor()
    await assertAccessible(page)
    await dialog.getByLabel('New password').fill(PASSWORD)
    await dialog.getByRole('button', { name: 'Set password' }).click()
    await dialog.waitFor({ state: 'hidden' })

    const row = page.getByRole('listitem').filter({ has: page.getByRole('link', { name: 'zelda' }) })
    const act = async (entry: string) => {
      await row.getByRole('button', { name: 'Actions for zelda' }).focus()
      await page.keyboard.press('Enter')
      await page.getByRole('menuitem', { name: entry, exact: true }).click()
    }
    await act('Suspend')
    await row.getByText('Suspended').waitFor()
    await act('Unsuspend')
    await row.getByText('Suspended').waitFor({ state: 'hidden' })
    await act('Make site administrator')
    await row.getByText('Site administrator').waitFor()
    await act('Delete…')
    await page.getByRole('button', { name: 'Yes, delete this user' }).click()
    await row.waitFor({ state: 'hidden' })
  })

  test('makes an organization and deletes it', async t => {
    const page = await web.open(t, '/site/organizations', { language: 'fr' })
    await heading(page, 'Organisations')
    await page.getByLabel('Nom de l’organisation').fill('brief-org')
    await page.getByLabel('Propriétaire').fill('nobody-at-all')
    await page.getByRole('button', { name: 'Créer l’organisation' }).click()
    await page.getByText('Cette valeur n’est pas valide.').waitFor()
    await page.getByLabel('Propriétaire').fill('admin')
    await page.getByLabel('Nom affiché').fill(SCRIPT)
    await page.keyboard.press('Enter')
    await page.getByText(SCRIPT).waitFor()
    await assertAccessible(page)
    await page.getByRole('button', { name: 'Supprimer brief-org' }).click()
    await page.getByRole('button', { name: 'Oui, supprimer cette organisation' }).click()
    await page.getByText(SCRIPT).waitFor({ state: 'hidden' })
  })

  test('alone sees these pages', async t => {
    const page = await web.openAs(t, 'ordinary', '/site/users')
    await page.getByText('Nothing here that you may see').waitFor()
    await page.getByRole('button', { name: 'Your account' }).click()
    await page.getByRole('menuitem', { name: 'Access tokens' }).waitFor()
    assert.equal(await page.getByRole('menuitem', { name: 'Users' }).count(), 0)
  })
})
