// `npm run bench -- NAME [ARGUMENT…]` runs `bench/NAME.ts`, and `all` each of them in turn, with the same
// arguments; without a name it tells what there is.
import { spawnSync } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const [name, ...args] = process.argv.slice(2)
const file = `bench/${name}.ts`
const names = globSync('bench/*.ts', { exclude: path => path.endsWith('.test.ts') })
  .map(path => path.slice('bench/'.length, -'.ts'.length))
  .sort()

if (name === 'all') {
  runAll()
} else if (name !== undefined && existsSync(file)) {
  process.argv.splice(1, 2, file, ...args)
  await import(pathToFileURL(file).href)
} else {
  const lines = ['all', ...names].map(each => `  ${each}`)
  console.error(`Usage: npm run bench -- NAME [ARGUMENT…]\n\n${lines.join('\n')}`)
  process.exitCode = 1
}

/** Each in a process of its own, since what one has compiled and allocated would help or hinder the next. */
function runAll(): void {
  for (const each of names) {
    const startedMs = performance.now()
    console.log(`\n${each}`)
    const { status } = spawnSync(process.execPath, [...process.execArgv, `bench/${each}.ts`, ...args], {
      stdio: 'inherit',
    })
    console.log(`${each} took ${((performance.now() - startedMs) / 1000).toFixed(0)} s`)
    if (status === 0) continue
    console.error(`${each} failed`)
    process.exitCode = 1
  }
}
