// What the tests need of the machine beside Node. A service that they talk to, such as a database,
// belongs here too: started before them, and its address handed on in the environment.
import { execFileSync } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const BROWSERS = [
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

type Need = { readonly name: string; readonly debian: readonly string[]; find(): string | undefined }

const NEEDS: readonly Need[] = [
  // The fonts, since a page without any cannot be looked at.
  { name: 'Chromium', debian: ['chromium', 'fonts-dejavu-core'], find: findBrowser },
  // Turns the clock that a program sees.
  { name: 'libfaketime', debian: ['libfaketime'], find: findFaketime },
  { name: 'OpenSSL', debian: ['openssl'], find: () => findOnPath('openssl') },
  // Clients that were written for GitHub, as its users have them.
  { name: 'gh', debian: ['gh'], find: () => findOnPath('gh') },
  { name: 'PyGithub', debian: ['python3-github'], find: findPyGithub },
]

/**
 * Puts in place what is missing where it may (root on Debian), and says what remains missing: all of it,
 * or one thing by its name.
 */
export function provideServices(only?: string): void {
  const missing = NEEDS.filter(need => (only ?? need.name) === need.name && !need.find())
  if (missing.length > 0 && mayInstall()) install(missing.flatMap(need => need.debian))
  for (const { name, debian, find } of missing) {
    if (!find()) console.log(`${name} is missing, and tests that need it will fail: install ${debian[0]}.`)
  }
  // Tests look here, and need not know where each system keeps its browser.
  const browser = findBrowser()
  if (browser) process.env.CHROMIUM = browser
}

function findBrowser(): string | undefined {
  const chosen = process.env.CHROMIUM
  return (chosen ? [chosen] : BROWSERS).find(path => existsSync(path))
}

export function findFaketime(): string | undefined {
  return globSync('/usr/lib/*/faketime/libfaketime.so.1')[0]
}

/** The Python that has PyGithub: Debian's own, whichever comes first on the path. */
export function findPyGithub(): string | undefined {
  return existsSync('/usr/lib/python3/dist-packages/github') ? '/usr/bin/python3' : undefined
}

function findOnPath(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.map(folder => join(folder, name)).find(path => existsSync(path))
}

function mayInstall(): boolean {
  return process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
}

function install(packages: readonly string[]): void {
  console.log(`Installing ${packages.join(', ')} for the tests`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  // Out of sight; an error carries what apt-get wrote. Most tests need none of it, so they go on without.
  try {
    execFileSync('apt-get', ['update'], { env, stdio: 'pipe' })
    execFileSync('apt-get', ['install', '-y', '--no-install-recommends', ...packages], { env, stdio: 'pipe' })
  } catch (error) {
    console.log((error as Error).message)
  }
}
