// Results are committed with the machine that they were measured on: a number never stands alone.
import { mkdir, writeFile } from 'node:fs/promises'
import { cpus, release, totalmem } from 'node:os'
import { updateNumbers } from './numbers.ts'
import type { Options } from './options.ts'

export async function writeResult(
  name: string,
  { quick, command }: Pick<Options<never>, 'quick' | 'command'>,
  result: object,
): Promise<void> {
  if (quick) {
    console.log('a quick run: nothing written')
    return
  }
  const folder = new URL('../results/', import.meta.url)
  const told = { measured: new Date().toISOString().slice(0, 10), command, machine: machine(), ...result }
  await mkdir(folder, { recursive: true })
  await writeFile(new URL(`${name}.json`, folder), `${JSON.stringify(told, null, 2)}\n`)
  updateNumbers()
  console.log(`written to bench/results/${name}.json and docs/numbers.md`)
}

function machine() {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    system: `${process.platform} ${process.arch} ${release()}`,
  }
}
