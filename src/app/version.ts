// This program's version, from its package, which lies elsewhere once the program is built.
import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'

export function readVersion(): string {
  const file = findPackageJSON('.', import.meta.url)
  if (file === undefined) throw new Error('package.json is missing from this installation')
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string }
  return version
}
