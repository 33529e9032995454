// Every page that `npm run screenshots` takes a picture of, in one list, and what is on the site for them
// to show.
import type { Page } from 'playwright-core'
import { REPOSITORY, type Site } from '../test/e2e/site.ts'

/** What the pages show, as addresses. */
export type Scene = {
  /** Of the first hook on `admin/hello`: it has been delivered to. */
  readonly hookId: string
  /** Of one whose receiver is nowhere. */
  readonly failingId: string
}

export type Shot = {
  /** Of the files. */
  readonly name: string
  address(scene: Scene): string
  /** As nobody, when false. */
  readonly signedIn?: boolean
  /** What is done before: something opened, an error brought about. */
  prepare?(page: Page): Promise<unknown>
}

export async function setScene(site: Site, receiverUrl: string): Promise<Scene> {
  const hook = await site.createHook({ url: `${receiverUrl}/payload`, secret: 'shh' })
  await site.createRepository('empty')
  await site.request('POST', '/admin/organizations', { body: { login: 'octo-org', admin: 'admin' } })
  await site.request('PUT', '/orgs/octo-org/event-types/octo.shipped', {
    body: { description: 'A parcel is on its way.' },
  })
  const config = { url: `${receiverUrl}/all` }
  for (const path of ['/orgs/octo-org', '/admin']) {
    await site.request('POST', `${path}/hooks`, { body: { name: 'web', events: ['*'], config } })
  }
  const failing = await site.createHook({ url: 'https://receiver.invalid/postreceive' })
  const app = {
    name: 'Issue Sorter',
    url: 'https://sorter.example',
    description: 'Sorts issues by what is written in them.',
    default_events: ['issues', 'issue_comment'],
    default_permissions: { issues: 'write' },
    hook_attributes: { url: `${receiverUrl}/app` },
  }
  await site.request('POST', '/user/apps', { body: app })
  await site.request('POST', '/user/installations', { body: { app_slug: 'issue-sorter' } })
  await site.request('POST', '/user/apps', { body: { name: 'Not Ready', url: 'https://later.example' } })
  await site.request('POST', `${REPOSITORY}/hooks`, {
    body: { active: false, events: ['push', 'issues'], config: { url: `${receiverUrl}/never` } },
  })
  await site.request('POST', `${REPOSITORY}/issues`, { body: { title: 'The first bar is too short' } })
  await site.settled()
  await site.request('POST', `${REPOSITORY}/recoveries`, { body: { status: 'missed' } })
  return { hookId: idOf(hook), failingId: idOf(failing) }
}

const idOf = (address: string) => address.split('/').at(-1) ?? ''

const HOOKS = '/admin/hello/settings/hooks'
const APP = '/settings/apps/issue-sorter'

/** What must be there before the picture is taken. */
const shows = (selector: string) => (page: Page) => page.locator(selector).first().waitFor()

export const SHOTS: readonly Shot[] = [
  { name: 'hooks', address: () => HOOKS },
  { name: 'hooks-none', address: () => '/admin/empty/settings/hooks' },
  { name: 'hooks-organization', address: () => '/organizations/octo-org/settings/hooks' },
  { name: 'hooks-site', address: () => '/site/settings/hooks' },
  {
    name: 'hook-new-organization',
    address: () => '/organizations/octo-org/settings/hooks/new',
    async prepare(page) {
      await page.locator('input[value="individual"]').check()
      await page.locator('input[value="octo.shipped"]').check()
    },
  },
  { name: 'hook-new', address: () => `${HOOKS}/new` },
  {
    name: 'hook-new-refused',
    address: () => `${HOOKS}/new`,
    async prepare(page) {
      await page.locator('input[value="individual"]').check()
      await page.locator('button[type="submit"]').click()
      await page.locator('[aria-invalid="true"]').waitFor()
    },
  },
  {
    name: 'hook-new-insecure',
    address: () => `${HOOKS}/new`,
    async prepare(page) {
      await page.locator('form input').first().fill('https://receiver.invalid/postreceive')
      await page.locator('input[value="disable"]').click()
      await page.getByRole('alertdialog').waitFor()
    },
  },
  {
    name: 'hook-settings',
    address: ({ hookId }) => `${HOOKS}/${hookId}`,
    prepare: page => page.locator('form').waitFor(),
  },
  {
    name: 'hook-settings-more',
    address: ({ hookId }) => `${HOOKS}/${hookId}`,
    async prepare(page) {
      await page.locator('.hooks-secret button').first().click()
      await page.locator('summary').click()
      await page.locator('#filters-title + p + form textarea').first().fill('opened')
      await page.locator('#filters-title + p + form button').first().click()
      await page.locator('.hooks-tries').waitFor()
    },
  },
  {
    name: 'hook-delete',
    address: () => HOOKS,
    async prepare(page) {
      await page.locator('.hooks-row button').first().click()
      await page.getByRole('alertdialog').waitFor()
    },
  },
  {
    name: 'deliveries',
    address: ({ hookId }) => `${HOOKS}/${hookId}?tab=deliveries`,
    prepare: shows('.deliveries-row'),
  },
  {
    name: 'delivery',
    address: ({ hookId }) => `${HOOKS}/${hookId}?tab=deliveries`,
    async prepare(page) {
      await page.locator('.deliveries-row button').first().click()
      await page.locator('.deliveries-lines').first().waitFor()
    },
  },
  {
    name: 'delivery-redeliver',
    address: ({ hookId }) => `${HOOKS}/${hookId}?tab=deliveries`,
    async prepare(page) {
      await page.locator('.deliveries-row button').first().click()
      await page.locator('.deliveries-detail .deliveries-bar button').nth(1).click()
      await page.getByRole('alertdialog').waitFor()
    },
  },
  {
    name: 'deliveries-failed',
    address: ({ failingId }) => `${HOOKS}/${failingId}?tab=deliveries`,
    async prepare(page) {
      await page.locator('.deliveries-row button').first().click()
      await page.locator('.deliveries-lines').first().waitFor()
    },
  },
  { name: 'health', address: ({ hookId }) => `${HOOKS}/${hookId}?tab=health`, prepare: shows('canvas') },
  {
    name: 'undelivered',
    address: ({ failingId }) => `${HOOKS}/${failingId}?tab=undelivered`,
    prepare: shows('section'),
  },
  {
    name: 'recoveries',
    address: ({ hookId }) => `${HOOKS}/${hookId}?tab=recoveries`,
    prepare: shows('.recoveries-row'),
  },
  { name: 'apps', address: () => '/settings/apps', prepare: shows('.frame-row') },
  { name: 'apps-none', address: () => '/organizations/octo-org/settings/apps', prepare: shows('.code') },
  { name: 'app-settings', address: () => APP, prepare: shows('form') },
  { name: 'app-deliveries', address: () => `${APP}?tab=deliveries`, prepare: shows('.deliveries-row') },
  { name: 'app-health', address: () => `${APP}?tab=health`, prepare: shows('canvas') },
  { name: 'app-undelivered', address: () => `${APP}?tab=undelivered`, prepare: shows('section') },
  { name: 'app-recoveries', address: () => `${APP}?tab=recoveries`, prepare: shows('form') },
  { name: 'sign-in', address: () => '/login', signedIn: false },
  {
    name: 'sign-in-refused',
    address: () => '/login',
    signedIn: false,
    async prepare(page) {
      await page.locator('#username').fill('mona')
      await page.locator('#password').fill('nonsense')
      await page.locator('button.lead').click()
      await page.locator('#fault').waitFor()
    },
  },
  { name: 'home', address: () => '/', prepare: page => page.locator('.frame-rows').waitFor() },
  { name: 'home-stranger', address: () => '/', signedIn: false },
  { name: 'account-menu', address: () => '/', prepare: page => page.locator('button.account').click() },
  {
    name: 'repository-new-refused',
    address: () => '/new',
    async prepare(page) {
      await page.locator('form button[type="submit"]').click()
      await page.locator('[aria-invalid="true"]').waitFor()
    },
  },
  { name: 'organization', address: () => '/octo-org' },
  {
    name: 'repository',
    address: () => '/admin/hello',
    prepare: page => page.locator('.frame-rows').waitFor(),
  },
  { name: 'repository-empty', address: () => '/admin/empty' },
  { name: 'repository-missing', address: () => '/admin/nowhere' },
  { name: 'issue-new', address: () => '/admin/hello/issues/new' },
  {
    name: 'issue',
    address: () => '/admin/hello/issues/1',
    async prepare(page) {
      await page.locator('textarea').waitFor()
      await page.locator('.issue-side button').first().click()
      await page.getByRole('menu').waitFor()
    },
  },
  {
    name: 'tokens-made',
    address: () => '/settings/tokens',
    async prepare(page) {
      await page.locator('form input').first().fill('CI')
      await page.locator('input[value="repo"]').check()
      await page.locator('form button[type="submit"]').click()
      await page.locator('.code').first().waitFor()
    },
  },
  { name: 'security', address: () => '/settings/security', prepare: page => page.locator('form').waitFor() },
  {
    name: 'site-users',
    address: () => '/site/users',
    prepare: page => page.locator('.frame-rows').waitFor(),
  },
  {
    name: 'site-organizations',
    address: () => '/site/organizations',
    prepare: page => page.locator('.frame-rows').waitFor(),
  },
]
