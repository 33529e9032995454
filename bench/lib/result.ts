// Results are committed with the machine that they were measured on: a number never stands alone.
import { mkdir, writeFile } from 'node:fs/promises'
import { cpus, release, totalmem } from 'node:os'
import type { Options } from './options.ts'

/** Of several rounds. */
export type Spread = { readonly median: number; readonly min: number; readonly max: number }

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
  console.log(`written to bench/results/${name}.json`)
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

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** The value below which this share of them lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export function spreadOf(values: readonly number[], digits = 3): Spread {
  return {
    median: round(median(values), digits),
    min: round(Math.min(...values), digits),
    max: round(Math.max(...values), digits),
  }
}

export function round(value: number, digits = 3): number {
  return Number(value.toFixed(digits))
}

export function sayRatio({ median, min, max }: Spread): string {
  return `${median.toFixed(2)} (${min.toFixed(2)} to ${max.toFixed(2)})`
}
