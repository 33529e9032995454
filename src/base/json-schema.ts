// Whether a value of JSON fits a schema, and where it does not. The schema is followed as it stands:
// nothing is compiled into JavaScript, which for the largest of GitHub's schemas takes 240 ms and for all
// of them 200 MB. Every step is counted, so that a schema of somebody else's making cannot hold the thread.
import { type Budget, Overrun } from './budget.ts'

/** The schema cannot be used; the message names the place. */
export class SchemaError extends Error {
  constructor(pointer: string, message: string) {
    super(`${pointer === '' ? 'The schema' : pointer.slice(0, 250)} ${message}.`)
    this.name = 'SchemaError'
  }
}

/** A part of a schema: what may stand at one place. */
export class SchemaNode {
  /** A bit for each kind of value that may stand here. */
  kinds = ALL_KINDS
  rules: readonly Rule[] = []
}

/** Whether the value keeps the rule. One that does not is told to the run. */
export type Rule = (value: unknown, run: Run) => boolean

export type SchemaFault = {
  /** As one writes it in JavaScript: `issue.labels[3].name`. Empty for the value as a whole. */
  readonly path: string
  readonly missing: boolean
  /** What follows the name of the place: `is not a string`. */
  readonly message: string
}

export const KINDS = {
  null: 1,
  boolean: 2,
  integer: 4,
  number: 4 | 8,
  string: 16,
  array: 32,
  object: 64,
} as const

const ALL_KINDS = 127

// Each level of a schema costs some 300 bytes of a stack that has a megabyte. Payloads have some ten
// levels, and a schema two or three for each.
const LEVELS_MAX = 1000

const PATH_LENGTH_MAX = 250

/**
 * What is wrong with the value, no more than `faultsMax`; nothing when it fits. Throws Overrun when that
 * takes more steps than there are, or more levels.
 */
export function checkAgainst(
  node: SchemaNode,
  value: unknown,
  budget: Budget,
  faultsMax: number,
): readonly SchemaFault[] {
  const run = new Run(budget, faultsMax)
  run.fits(node, value)
  return run.faults
}

export class Run {
  readonly faults: SchemaFault[] = []
  readonly #budget: Budget
  readonly #faultsMax: number
  readonly #path: (string | number)[] = []
  #quiet = 0
  #levels = 0

  constructor(budget: Budget, faultsMax: number) {
    this.#budget = budget
    this.#faultsMax = faultsMax
  }

  spend(steps: number): void {
    this.#budget.spend(steps)
  }

  fits(node: SchemaNode, value: unknown): boolean {
    this.#budget.spend(1 + node.rules.length)
    if (!allowsKind(node, value)) return this.fault(node.kinds === 0 ? 'is not allowed' : kindsOf(node))
    if (++this.#levels > LEVELS_MAX) throw new Overrun()
    let fits = true
    for (const rule of node.rules) {
      if (rule(value, this)) continue
      fits = false
      if (this.#isDone()) break
    }
    this.#levels--
    return fits
  }

  fitsAt(key: string | number, node: SchemaNode, value: unknown): boolean {
    // Most places have nothing but a kind.
    if (node.rules.length === 0 && allowsKind(node, value)) return true
    this.#path.push(key)
    const fits = this.fits(node, value)
    this.#path.pop()
    return fits
  }

  /** Tells of no faults. */
  fitsQuietly(node: SchemaNode, value: unknown): boolean {
    this.#quiet++
    const fits = this.fits(node, value)
    this.#quiet--
    return fits
  }

  /** Gives false, for the rule to give on. */
  fault(message: string, { key, missing = false }: { key?: string; missing?: boolean } = {}): false {
    if (!this.#isDone()) this.faults.push({ path: this.#pathTo(key), missing, message })
    return false
  }

  /** More faults would not be told: there is no use in looking for them. */
  #isDone(): boolean {
    return this.#quiet > 0 || this.faults.length >= this.#faultsMax
  }

  #pathTo(key: string | undefined): string {
    let path = ''
    for (const step of key === undefined ? this.#path : [...this.#path, key]) {
      if (typeof step === 'number') path += `[${step}]`
      else path += path === '' ? step : `.${step}`
      if (path.length > PATH_LENGTH_MAX) return `${path.slice(0, PATH_LENGTH_MAX)}…`
    }
    return path
  }
}

export function allowsKind({ kinds }: SchemaNode, value: unknown): boolean {
  return (kinds & kindOf(value)) !== 0
}

function kindOf(value: unknown): number {
  switch (typeof value) {
    case 'string':
      return KINDS.string
    case 'boolean':
      return KINDS.boolean
    case 'number':
      return Number.isInteger(value) ? KINDS.integer : KINDS.number & ~KINDS.integer
    default:
      if (value === null) return KINDS.null
      return Array.isArray(value) ? KINDS.array : KINDS.object
  }
}

const NAMES: readonly (readonly [bits: number, name: string])[] = [
  [KINDS.number, 'a number'],
  [KINDS.integer, 'an integer'],
  [KINDS.string, 'a string'],
  [KINDS.boolean, 'a boolean'],
  [KINDS.object, 'an object'],
  [KINDS.array, 'an array'],
  [KINDS.null, 'null'],
]

function kindsOf({ kinds }: SchemaNode): string {
  const names: string[] = []
  let left: number = kinds
  for (const [bits, name] of NAMES) {
    if ((left & bits) !== bits) continue
    names.push(name)
    left &= ~bits
  }
  return `is not ${names.join(' or ')}`
}
