// What is checked without running the product: each check is a program that ends with 0 when all is well.
// `npm run check` runs them all; `npm test` runs them before the tests.
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'

export type Check = { readonly name: string; readonly program: readonly string[] }

export const CHECKS: readonly Check[] = [
  {
    name: 'format and lint',
    program: ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings'],
  },
  { name: 'types', program: ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'] },
  { name: 'unused code', program: ['node_modules/knip/bin/knip.js', '--no-progress'] },
]

export type Checked = { readonly ok: boolean; readonly output: string; readonly tookMs: number }

export async function runCheck({ program }: Check): Promise<Checked> {
  const startedMs = performance.now()
  const child = spawn(process.execPath, program, { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  return { ok: code === 0, output: (out + err).trim(), tookMs: performance.now() - startedMs }
}

export function printLine(ok: boolean, name: string, counts: string, tookMs: number): void {
  const parts = [ok ? '✔' : '✖', name, counts, `${(tookMs / 1000).toFixed(1)} s`]
  console.log(parts.filter(part => part !== '').join('  '))
}
