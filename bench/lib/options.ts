// The command line of a bench: numbers, each with a default and a smaller value under `--quick`.
import { parseArgs } from 'node:util'

type Defaults<Name extends string> = Readonly<Record<Name, readonly [full: number, quick: number]>>

export type Options<Name extends string> = Readonly<Record<Name, number>> & {
  /** A quick run shows that the bench works; its figures are printed and not kept. */
  readonly quick: boolean
  /** What to type to get the same run again. */
  readonly command: string
}

export function readOptions<Name extends string>(bench: string, defaults: Defaults<Name>): Options<Name> {
  const names = Object.keys(defaults) as Name[]
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean' },
      ...Object.fromEntries(names.map(name => [name, { type: 'string' as const }])),
    },
  })
  const given = values as Readonly<Record<string, string | boolean | undefined>>
  const quick = given.quick === true
  const numbers = names.map(name => [name, readNumber(name, given[name], defaults[name][quick ? 1 : 0])])
  const command = ['npm run bench --', bench, ...process.argv.slice(2)].join(' ')
  return { ...(Object.fromEntries(numbers) as Record<Name, number>), quick, command }
}

function readNumber(name: string, given: string | boolean | undefined, otherwise: number): number {
  if (given === undefined) return otherwise
  const number = Number(given)
  if (Number.isFinite(number) && number > 0) return number
  throw new Error(`--${name} must be a number above 0, not "${given}"`)
}
