// `npm run bench -- NAME [ARGUMENT…]` runs `bench/NAME.ts`; without a name it tells what there is.
import { existsSync, globSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const [name, ...args] = process.argv.slice(2)
const file = `bench/${name}.ts`

if (name !== undefined && existsSync(file)) {
  process.argv.splice(1, 2, file, ...args)
  await import(pathToFileURL(file).href)
} else {
  const names = globSync('bench/*.ts', { exclude: path => path.endsWith('.test.ts') })
    .map(path => path.slice('bench/'.length, -'.ts'.length))
    .sort()
  console.error(`Usage: npm run bench -- NAME [ARGUMENT…]\n\n${names.map(each => `  ${each}`).join('\n')}`)
  process.exitCode = 1
}
