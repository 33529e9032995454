// One's repositories and their issues in the browser.
import assert from 'node:assert/strict'
import { after, suite, test } from 'node:test'
import { assertAccessible, heading, WebSite } from './site.ts'

const web = await WebSite.start({ after })
const { site } = web

const SCRIPT = '<script>document.title="owned"</script>'
// Turns the order of what follows it around.
const RIGHT_TO_LEFT = '\u202e'

async function make(method: string, path: string, body?: object) {
  const { status, json } = await site.request(method, path, body && { body })
  assert.ok(status < 300, `${method} ${path}: ${status} ${JSON.stringify(json)}`)
  return json
}

let made = 0

/** A repository of its own for a test: its name. */
async function makeRepository(fields: object = {}): Promise<string> {
  made += 1
  const name = `repository-${made}`
  await make('POST', '/user/repos', { name, ...fields })
  return name
}

suite('the first page', () => {
  test('tells somebody new what to do, and leads to the first repository by keyboard', async t => {
    const page = await web.openAs(t, 'newcomer', '/')
    await page.getByRole('heading', { name: 'First steps' }).waitFor()
    await page.getByText(`${site.url}/repos/newcomer/hello/hooks`).waitFor()
    await assertAccessible(page)

    await page.getByRole('main').getByRole('link', { name: 'New repository' }).first().focus()
    await page.keyboard.press('Enter')
    await heading(page, 'New repository')
    await page.getByLabel('Repository name').focus()
    await page.keyboard.press('Enter')
    await page.getByText('name can only contain ASCII letters').waitFor()
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('aria-invalid')), 'true')
    await assertAccessible(page)
    await page.keyboard.type('hello')
    await page.keyboard.press('Tab')
    await page.keyboard.type(SCRIPT)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Space')
    await page.keyboard.press('Enter')
    await heading(page, 'hello')
    await page.getByText(SCRIPT).waitFor()
    await page.getByText('Private').waitFor()
  })

  test('searches repositories and pages through them, and going back works', async t => {
    await make('POST', '/admin/organizations', { login: 'many-org', admin: 'admin' })
    for (let count = 0; count < 31; count++) {
      await make('POST', '/orgs/many-org/repos', {
        name: `part-${count}`,
        description: `${RIGHT_TO_LEFT}abc`,
      })
    }
    const page = await web.open(t, '/many-org')
    await heading(page, 'many-org')
    await page.getByRole('link', { name: 'many-org/part-30', exact: true }).waitFor()
    await assertAccessible(page)
    await page.getByRole('link', { name: 'Next' }).click()
    await page.getByRole('link', { name: 'many-org/part-0', exact: true }).waitFor()
    await page.getByLabel('Find a repository').fill('PART-7')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'many-org/part-7', exact: true }).waitFor()
    assert.equal(await page.getByRole('list', { name: 'Repositories' }).getByRole('listitem').count(), 1)
    await page.getByLabel('Find a repository').fill('nothing')
    await page.getByRole('button', { name: 'Search' }).click()
    await page.getByText('No repository matches').waitFor()
    await page.goBack()
    await page.getByRole('link', { name: 'many-org/part-7', exact: true }).waitFor()
    assert.equal(await page.getByLabel('Find a repository').inputValue(), 'PART-7')
    await page.goBack()
    await page.getByRole('link', { name: 'many-org/part-0', exact: true }).waitFor()

    await page.getByRole('link', { name: 'Webhooks' }).click()
    await heading(page, 'Webhooks')
    await page.goBack()
    await page.getByRole('link', { name: 'New repository' }).click()
    assert.equal(await page.getByLabel('Owner').inputValue(), 'many-org')
    await page.getByLabel('Repository name').fill('part-7')
    await page.getByRole('button', { name: 'Create repository' }).click()
    await page.getByText('name already exists on this account').waitFor()
    await page.getByLabel('Repository name').fill('part-x')
    await page.getByRole('button', { name: 'Create repository' }).click()
    await heading(page, 'part-x')
    assert.equal(await page.title(), 'part-x · many-org · Hookline')
  })

  test('speaks French, and says what is not there', async t => {
    const page = await web.open(t, '/', { language: 'fr' })
    await heading(page, 'Dépôts')
    await assertAccessible(page)
    await page.goto('/admin/nowhere')
    await page.getByText('Rien ici que vous puissiez voir').waitFor()
    await assertAccessible(page)
    await page.goto('/nobody-at-all')
    await page.getByText('Rien ici que vous puissiez voir').waitFor()
  })
})

suite('a repository', () => {
  test('is starred and unstarred, and another tab agrees', async t => {
    const name = await makeRepository()
    const page = await web.open(t, `/admin/${name}`)
    const star = page.getByRole('button', { name: /^Star/ })
    await star.click()
    await page.getByRole('button', { name: /^Starred/ }).waitFor()
    const other = await page.context().newPage()
    await other.goto(`/admin/${name}`)
    await other.getByRole('button', { name: /^Starred/, pressed: true }).focus()
    await other.keyboard.press('Enter')
    await other.getByRole('button', { name: /^Star/, pressed: false }).waitFor()
    assert.equal((await make('GET', `/repos/admin/${name}`)).stargazers_count, 0)
  })

  test('shows its webhooks to its administrators alone', async t => {
    const name = await makeRepository()
    const page = await web.openAs(t, 'visitor', `/admin/${name}`)
    await heading(page, name)
    await page.getByText('No open issues').waitFor()
    assert.equal(await page.getByRole('link', { name: 'Webhooks' }).count(), 0)
    const own = await web.open(t, `/admin/${name}`)
    await own.getByRole('link', { name: 'Webhooks' }).click()
    await heading(own, 'Webhooks')
  })
})

suite('an issue', () => {
  test('is opened, commented, labelled, closed and reopened', async t => {
    const name = await makeRepository()
    await make('POST', `/repos/admin/${name}/labels`, { name: '<i>odd</i>', color: 'fbca04' })
    const page = await web.open(t, `/admin/${name}`)
    await page.getByRole('link', { name: 'New issue' }).click()
    await heading(page, 'New issue')
    await page.getByLabel('Description').fill(`${SCRIPT}\n${RIGHT_TO_LEFT}reversed`)
    await page.getByRole('button', { name: 'Open issue' }).click()
    await page.getByText('This is required.').waitFor()
    await assertAccessible(page)
    await page.getByLabel('Title').fill(SCRIPT)
    await page.keyboard.press('Enter')
    await heading(page, `${SCRIPT} #1`)
    assert.ok((await page.getByText('reversed').textContent())?.startsWith(SCRIPT))

    await page.getByLabel('Add a comment').fill(`${'y'.repeat(5000)}${SCRIPT}`)
    await page.getByRole('button', { name: 'Comment', exact: true }).click()
    await page.getByRole('list', { name: 'Comments' }).getByText(SCRIPT).waitFor()
    assert.equal(await page.getByLabel('Add a comment').inputValue(), '')

    await page.getByRole('button', { name: 'Edit labels' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('menuitemcheckbox', { name: '<i>odd</i>' }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('menuitemcheckbox', { name: '<i>odd</i>', checked: true }).waitFor()
    await page.keyboard.press('Escape')
    const labels = page.getByRole('region', { name: 'Labels' })
    await labels.getByText('<i>odd</i>').waitFor()
    await labels.getByLabel('New label').fill('x'.repeat(60))
    await page.keyboard.press('Enter')
    await labels.getByText('name is too long').waitFor()
    await labels.getByLabel('New label').fill('fresh')
    await labels.getByRole('button', { name: 'Add' }).click()
    await labels.getByText('fresh').waitFor()
    await assertAccessible(page)

    await page.getByLabel('Add a comment').fill('Done')
    await page.getByRole('button', { name: 'Close with comment' }).click()
    await page.getByRole('button', { name: 'Reopen issue' }).waitFor()
    await page.getByRole('list', { name: 'Comments' }).getByText('Done').waitFor()
    assert.equal((await make('GET', `/repos/admin/${name}/issues/1`)).state, 'closed')
    await page.getByRole('button', { name: 'Reopen issue' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Close issue' }).waitFor()
  })

  test('gets another title, which the list shows, and what was typed outlives a failure', async t => {
    const name = await makeRepository()
    await make('POST', `/repos/admin/${name}/issues`, { title: 'First' })
    const page = await web.open(t, `/admin/${name}/issues/1`)
    await heading(page, /First/)
    await page.getByRole('button', { name: 'Edit title' }).focus()
    await page.keyboard.press('Enter')
    await page.keyboard.press('Control+A')
    await page.keyboard.type('Second')
    await page.context().setOffline(true)
    await page.keyboard.press('Enter')
    await page.getByText('The server did not answer.').waitFor()
    assert.equal(await page.getByLabel('Title').inputValue(), 'Second')
    await page.context().setOffline(false)
    await page.getByRole('button', { name: 'Save' }).click()
    await heading(page, /Second/)
    assert.match(await page.title(), /^Second #1 · /)
    await page.getByRole('link', { name: 'Issues' }).click()
    await page.getByRole('link', { name: 'Second' }).waitFor()
  })

  test('is found among the open and the closed, by its label', async t => {
    const name = await makeRepository()
    for (let count = 1; count <= 26; count++) {
      await make('POST', `/repos/admin/${name}/issues`, { title: `Number ${count}` })
    }
    await make('PATCH', `/repos/admin/${name}/issues/26`, { state: 'closed' })
    const page = await web.open(t, `/admin/${name}`)
    await page.getByRole('link', { name: 'Number 25' }).waitFor()
    assert.equal(await page.getByRole('link', { name: 'Number 26' }).count(), 0)
    await assertAccessible(page)
    await page.getByRole('link', { name: 'Closed' }).click()
    await page.getByRole('link', { name: 'Number 26' }).waitFor()
    await page.goBack()
    await page.getByRole('link', { name: 'Number 25' }).waitFor()
    await make('POST', `/repos/admin/${name}/issues/7/labels`, { labels: ['good & odd'] })
    await page.reload()
    await page.getByRole('link', { name: 'good & odd' }).click()
    await page.getByText('With the label “good & odd”').waitFor()
    await page.getByRole('link', { name: 'Number 25' }).waitFor({ state: 'hidden' })
    await page.getByRole('link', { name: 'Number 7' }).waitFor()
    await page.getByRole('link', { name: 'Show all labels' }).click()
    await page.getByRole('link', { name: 'Number 25' }).waitFor()
  })

  test('can be commented by whoever is signed in, and closed by its author', async t => {
    const name = await makeRepository()
    await make('POST', `/repos/admin/${name}/issues`, { title: 'Theirs' })
    const page = await web.openAs(t, 'guest', `/admin/${name}/issues/1`)
    await heading(page, /Theirs/)
    await page.getByLabel('Add a comment').fill('A guest was here')
    assert.equal(await page.getByRole('button', { name: 'Close issue' }).count(), 0)
    assert.equal(await page.getByRole('button', { name: 'Edit' }).count(), 0)
    await page.getByRole('button', { name: 'Comment', exact: true }).click()
    await page.getByRole('list', { name: 'Comments' }).getByText('A guest was here').waitFor()
    const stranger = await web.open(t, `/admin/${name}/issues/1`, { signedIn: false })
    await stranger.getByRole('link', { name: 'Sign in to comment' }).waitFor()
  })
})
