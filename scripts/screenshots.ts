// `npm run screenshots [FOLDER] [PAGE…]`: a picture of every page, light and dark, English and French,
// 360 and 1440 pixels wide, of the real server. Without a folder they go to a temporary one.
import { once } from 'node:events'
import { mkdir, mkdtemp } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Lifetime } from '../test/e2e/program.ts'
import { THEMES, WebSite, WIDTHS } from '../test/web/site.ts'
import { type Scene, SHOTS, type Shot, setScene } from './screenshot-pages.ts'

const LANGUAGES = ['en', 'fr'] as const

const [to, ...wanted] = process.argv.slice(2)
const folder = to === undefined ? await mkdtemp(join(tmpdir(), 'hookline-pages-')) : resolve(to)
const shots = SHOTS.filter(({ name }) => wanted.length === 0 || wanted.includes(name))

await mkdir(folder, { recursive: true })
await withLifetime(async lifetime => {
  const web = await WebSite.start(lifetime)
  const scene = await setScene(web.site, await startReceiver(lifetime))
  for (const shot of shots) {
    for (const language of LANGUAGES) await take(web, scene, shot, language)
    console.log(shot.name)
  }
})
console.log(`${shots.length * 8} pictures in ${folder}`)

/** What is begun within it is ended after it, the last first, also when it fails. */
async function withLifetime(work: (lifetime: Lifetime) => Promise<void>): Promise<void> {
  const ends: (() => unknown)[] = []
  const lifetime: Lifetime = { after: end => ends.unshift(end) }
  try {
    await work(lifetime)
  } finally {
    for (const end of ends) await end()
  }
}

/** In its four looks. */
function take(web: WebSite, scene: Scene, shot: Shot, language: (typeof LANGUAGES)[number]): Promise<void> {
  return withLifetime(async lifetime => {
    const { signedIn = true } = shot
    const page = await web.open(lifetime, shot.address(scene), { language, signedIn })
    await page.locator('h1, h2').first().waitFor()
    await shot.prepare?.(page)
    await page.waitForLoadState('networkidle')
    for (const theme of THEMES) {
      for (const width of WIDTHS) {
        await page.emulateMedia({ colorScheme: theme })
        await page.setViewportSize({ width, height: 900 })
        const path = join(folder, `${shot.name}-${language}-${theme}-${width}.png`)
        await page.screenshot({ path, fullPage: true, animations: 'disabled' })
      }
    }
  })
}

/** Answers 200 to everything. */
async function startReceiver(lifetime: Lifetime): Promise<string> {
  const server = createServer((request, response) => request.resume().on('end', () => response.end('ok')))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  lifetime.after(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
