// Results are committed with the machine that they were measured on: a number never stands alone.
import { mkdir, writeFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'

export async function writeResult(name: string, result: object): Promise<void> {
  const folder = new URL('../results/', import.meta.url)
  const file = new URL(`${name}.json`, folder)
  const machine = {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    system: `${process.platform} ${process.arch}`,
  }
  await mkdir(folder, { recursive: true })
  await writeFile(
    file,
    `${JSON.stringify({ measured: new Date().toISOString().slice(0, 10), machine, ...result }, null, 2)}\n`,
  )
  console.log(`written to bench/results/${name}.json`)
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
