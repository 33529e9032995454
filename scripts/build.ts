// Builds what the package holds, into `dist/`: the pages, and the sources as JavaScript, since Node
// strips no types below `node_modules`. `npm pack` runs this first.
import { spawnSync } from 'node:child_process'
import { cpSync, rmSync } from 'node:fs'

const startedMs = performance.now()
rmSync('dist', { recursive: true, force: true })
await import('./build-pages.ts')
// No sources, so the compiler leaves them behind.
for (const name of ['event-schemas', 'description']) {
  cpSync(`src/github/${name}.json.br`, `dist/src/github/${name}.json.br`)
}

const tsc = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json']
const { status } = spawnSync(process.execPath, tsc, { stdio: 'inherit' })
if (status === 0) console.log(`Built dist/ in ${((performance.now() - startedMs) / 1000).toFixed(1)} s.`)
process.exitCode = status ?? 1
