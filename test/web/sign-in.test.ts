// Getting in and out in a browser: by a token, by name and password, back to the page that one came from, and
// what one sees of one's own tokens, password and sessions.
import assert from 'node:assert/strict'
import { after, suite, type TestContext, test } from 'node:test'
import type { Page } from 'playwright-core'
import { assertAccessible, heading, WebSite } from './site.ts'

const PASSWORD = 'correct horse battery'

const web = await WebSite.start({ after })

/** A new user with that password, and a page at `path` with nobody signed in. */
async function asNobody(t: TestContext, login: string, path: string, language: 'en' | 'fr' = 'en') {
  const { site } = web
  assert.equal((await site.request('POST', '/admin/users', { body: { login } })).status, 201)
  const body = { password: PASSWORD }
  assert.equal((await site.request('PUT', `/admin/users/${login}/password`, { body })).status, 204)
  return web.open(t, path, { signedIn: false, language })
}

async function signIn(page: Page, login: string, password = PASSWORD): Promise<void> {
  await page.getByLabel('User name').fill(login)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

/** Opens the menu of the account by keyboard, and chooses from it. */
async function choose(page: Page, entry: string): Promise<void> {
  await page.getByRole('button', { name: 'Your account' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('menuitem', { name: entry }).focus()
  await page.keyboard.press('Enter')
}

suite('signing in', () => {
  test('comes back to the page that one came from', async t => {
    const page = await asNobody(t, 'mona', '/admin/hello')
    await heading(page, 'hello')
    await page.getByRole('link', { name: 'Sign in' }).click()
    await signIn(page, 'mona')
    await heading(page, 'hello')
    assert.equal(new URL(page.url()).pathname, '/admin/hello')
    await page.getByRole('button', { name: 'Your account' }).waitFor()
  })

  test('tells what is wrong, keeps the name, and works by keyboard alone', async t => {
    const page = await asNobody(t, 'lisa', '/login?return_to=//evil.example/')
    await page.locator('input:focus').waitFor()
    await page.keyboard.type('lisa')
    await page.keyboard.press('Tab')
    await page.keyboard.type('nonsense')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').getByText('The user name or the password is wrong.').waitFor()
    await assertAccessible(page)
    assert.equal(await page.getByLabel('User name').inputValue(), 'lisa')
    // The focus is where one has to type again.
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press('Enter')
    await heading(page, 'Repositories')
    assert.equal(new URL(page.url()).origin, web.site.url)
  })

  test('takes a token, and tells at its field when there is none such', async t => {
    const page = await web.open(t, '/login', { signedIn: false })
    await assertAccessible(page)
    await page.getByLabel('Access token').fill('nonsense')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').getByText('There is no such token').waitFor()
    assert.equal(await page.getByLabel('Access token').getAttribute('aria-invalid'), 'true')
    await page.getByLabel('Access token').fill('hook-line-and-sinker')
    await page.getByRole('button', { name: 'Sign in with the token' }).click()
    await heading(page, 'Repositories')
  })

  test('is offered at the first page, in French too', async t => {
    const page = await web.open(t, '/', { signedIn: false, language: 'fr' })
    await heading(page, 'Hookline')
    await assertAccessible(page)
    await page.getByRole('main').getByRole('link', { name: 'Se connecter' }).click()
    await page.getByLabel('Nom d’utilisateur').waitFor()
    await assertAccessible(page)
  })
})

suite('who has been suspended', () => {
  test('is offered to sign in, and told why that is of no use', async t => {
    const page = await asNobody(t, 'eve', '/login')
    await signIn(page, 'eve')
    await heading(page, 'Repositories')
    assert.equal((await web.site.request('PUT', '/users/eve/suspended')).status, 204)
    await page.reload()
    await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click()
    await signIn(page, 'eve')
    await page.getByRole('alert').getByText('This account has been suspended').waitFor()
  })
})

suite('signing out', () => {
  test('ends the session, from the menu by keyboard', async t => {
    const page = await asNobody(t, 'ann', '/login')
    await signIn(page, 'ann')
    await heading(page, 'Repositories')
    const stale = await page.context().newPage()
    await stale.goto('/settings/tokens')
    await heading(stale, 'Access tokens')
    await choose(page, 'Sign out')
    await page.getByLabel('User name').waitFor()
    await stale.reload()
    await stale.getByRole('main').getByRole('link', { name: 'Sign in' }).waitFor()
  })

  test('everywhere ends those of other browsers as well', async t => {
    const page = await asNobody(t, 'bob', '/login')
    await signIn(page, 'bob')
    await heading(page, 'Repositories')
    const other = await web.open(t, '/login', { signedIn: false })
    await signIn(other, 'bob')
    await heading(other, 'Repositories')
    await choose(page, 'Password and sessions')
    await page.getByRole('button', { name: 'Sign out everywhere' }).click()
    await page.getByLabel('User name').waitFor()
    await other.goto('/settings/security')
    await other.getByRole('main').getByRole('link', { name: 'Sign in' }).waitFor()
  })
})

suite('one’s own password', () => {
  test('is changed, after the API’s refusal was told at its field', async t => {
    const page = await asNobody(t, 'carl', '/login?return_to=/settings/security')
    await signIn(page, 'carl')
    await heading(page, 'Password and sessions')
    await page.getByLabel('New password').fill('short')
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByText('password is too short (minimum is 10 characters)').waitFor()
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('aria-invalid')), 'true')
    await assertAccessible(page)
    await page.getByLabel('New password').fill('another horse battery')
    await page.keyboard.press('Enter')
    await page.getByText('Your password has been changed').waitFor()
    await choose(page, 'Sign out')
    await signIn(page, 'carl', 'another horse battery')
    await heading(page, 'Repositories')
  })
})

suite('one’s own tokens', () => {
  test('are made, shown once, and revoked', async t => {
    const page = await asNobody(t, 'dora', '/login?return_to=/settings/tokens')
    await signIn(page, 'dora')
    await heading(page, 'Access tokens')
    await page.getByText('You have no access tokens').waitFor()
    await page.getByRole('button', { name: 'Create token' }).click()
    await page.getByText('This is required.').waitFor()

    await page.getByLabel('What is it for?').fill('<b>CI</b>')
    await page.getByRole('checkbox', { name: 'repo', exact: true }).check()
    assert.ok(await page.getByRole('checkbox', { name: 'public_repo' }).isDisabled())
    assert.equal(await page.getByRole('checkbox', { name: 'site_admin' }).count(), 0)
    await page.getByRole('checkbox', { name: 'user', exact: true }).focus()
    await page.keyboard.press('Space')
    await page.getByRole('button', { name: 'Create token' }).click()
    await page.getByText('Your new access token').waitFor()
    const token = (await page.locator('.code code').first().textContent()) ?? ''
    assert.match(token, /^hkl_/)
    await page.getByRole('button', { name: 'Copy' }).first().click()
    await page.getByText('Copied', { exact: true }).waitFor()
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), token)
    await assertAccessible(page)

    const answer = await web.site.request('GET', '/user', { token })
    assert.equal(answer.headers.get('x-oauth-scopes'), 'repo, user')
    await page.reload()
    await page.getByText('<b>CI</b>').waitFor()
    assert.equal((await page.content()).includes(token), false)
    await page.getByRole('button', { name: 'Revoke <b>CI</b>' }).click()
    await page.getByRole('button', { name: 'Yes, revoke it' }).click()
    await page.getByText('You have no access tokens').waitFor()
    assert.equal((await web.site.request('GET', '/user', { token })).status, 401)
  })

  test('lose nothing that was typed when the server does not answer', async t => {
    const page = await web.open(t, '/settings/tokens', { language: 'fr' })
    await heading(page, 'Jetons d’accès')
    await page.getByLabel('À quoi sert-il').fill('serveur d’intégration')
    await page.context().setOffline(true)
    await page.getByRole('button', { name: 'Créer le jeton' }).click()
    await page.getByText('Le serveur n’a pas répondu').waitFor()
    assert.equal(await page.getByLabel('À quoi sert-il').inputValue(), 'serveur d’intégration')
    await page.context().setOffline(false)
    await page.getByRole('button', { name: 'Créer le jeton' }).click()
    await page.getByText('Votre nouveau jeton d’accès').waitFor()
  })
})
