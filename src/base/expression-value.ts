// The values of expressions, and what may be asked of any two of them. A question that has no answer
// gives a Fault, a value, since `||` and `exists` go on in spite of one. Whatever takes longer for a
// larger value spends steps of the budget in proportion.
import type { Budget } from './budget.ts'

/** As JSON has them; a bigint is a whole number that was written in the expression itself. */
export type Value =
  | null
  | boolean
  | string
  | number
  | bigint
  | readonly Value[]
  | { readonly [key: string]: Value }

/** Why there is no value, in words. */
export class Fault {
  readonly reason: string

  constructor(reason: string) {
    this.reason = reason
  }
}

// What the keys of a map cost for each of them, measured: listing them, and finding them in another.
const STEPS_A_KEY = 8
const STEPS_A_SHARED_KEY = 24

export function isMap(value: Value): value is { readonly [key: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value)
}

/** What is iterated over: a list's elements, or a map's keys. */
export function elementsOf(value: Value, budget: Budget): readonly Value[] | Fault {
  if (isList(value)) return value
  return isMap(value)
    ? keysOf(value, budget)
    : new Fault(`There is nothing to iterate over in ${kindOf(value)}.`)
}

function keysOf(map: { readonly [key: string]: Value }, budget: Budget): string[] {
  const keys = Object.keys(map)
  budget.spend(keys.length * STEPS_A_KEY)
  return keys
}

export function elementAt(value: Value, key: Value): Value | Fault {
  if (isMap(value) && typeof key === 'string') {
    const found = own(value, key)
    return found === undefined ? new Fault(`No such key: ${shown(key)}`) : found
  }
  if (isList(value) && isNumber(key)) {
    const found = value[Number(key)]
    return found === undefined ? new Fault(`No such index: ${key}`) : found
  }
  return new Fault(`There is no element of ${kindOf(value)} by ${kindOf(key)}.`)
}

/** Undefined when there is no such key: JSON has no undefined. */
export function own(map: { readonly [key: string]: Value }, key: string): Value | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined
}

/** Different kinds are not equal; whole numbers and others are compared by their value. */
export function equal(left: Value, right: Value, budget: Budget): boolean {
  if (typeof left === 'string' || typeof right === 'string') return sameText(left, right, budget)
  if (isNumber(left) && isNumber(right)) {
    return typeof left === typeof right ? left === right : left >= right && left <= right
  }
  if (isList(left) && isList(right)) {
    budget.spend(left.length)
    return left.length === right.length && left.every((it, at) => equal(it, right[at] ?? null, budget))
  }
  if (isMap(left) && isMap(right)) {
    const keys = Object.keys(left)
    budget.spend(keys.length * STEPS_A_SHARED_KEY)
    if (keys.length !== Object.keys(right).length) return false
    return keys.every(key => {
      const other = own(right, key)
      return other !== undefined && equal(own(left, key) ?? null, other, budget)
    })
  }
  return left === right
}

function sameText(left: Value, right: Value, budget: Budget): boolean {
  if (typeof left !== 'string' || typeof right !== 'string' || left.length !== right.length) return false
  budget.spend(left.length >> 6)
  return left === right
}

export function isIn(value: Value, container: Value, budget: Budget): boolean | Fault {
  if (isList(container)) {
    return container.some(element => {
      budget.spend(1)
      return equal(value, element, budget)
    })
  }
  if (isMap(container)) return typeof value === 'string' && own(container, value) !== undefined
  return new Fault(`Nothing is in ${kindOf(container)}.`)
}

export type Comparison = '<' | '<=' | '>' | '>='

export function compare(operator: Comparison, left: Value, right: Value, budget: Budget): boolean | Fault {
  const comparable =
    (isNumber(left) && isNumber(right)) || (typeof left === typeof right && typeof left !== 'object')
  // Never so for null, which is an object.
  if (!comparable || left === null || right === null) return noOverload(operator, left, right)
  if (typeof left === 'string') budget.spend(left.length >> 6)
  switch (operator) {
    case '<':
      return left < right
    case '<=':
      return left <= right
    case '>':
      return left > right
    case '>=':
      return left >= right
  }
}

/** Characters of a text, elements of a list, keys of a map. */
export function sizeOf(value: Value, budget: Budget): bigint | Fault {
  if (isList(value)) return BigInt(value.length)
  if (isMap(value)) return BigInt(keysOf(value, budget).length)
  if (typeof value !== 'string') return new Fault(`There is no size of ${kindOf(value)}.`)
  budget.spend(value.length >> 3)
  let size = value.length
  for (let at = 0; at < value.length - 1; at++) if (isPair(value, at)) size--
  return BigInt(size)
}

function isPair(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00
}

/** In CEL's words. */
export function kindOf(value: Value): string {
  if (value === null) return 'null'
  if (isList(value)) return 'list'
  switch (typeof value) {
    case 'boolean':
      return 'bool'
    case 'bigint':
      return 'int'
    case 'number':
      return 'double'
    case 'string':
      return 'string'
    default:
      return 'map'
  }
}

export function isNumber(value: Value): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint'
}

export function noOverload(operator: string, left: Value, right: Value): Fault {
  return new Fault(`There is no ${kindOf(left)} ${operator} ${kindOf(right)}.`)
}

const SHOWN_LENGTH_MAX = 40

/** A text can be long. */
export function shown(value: Value): string {
  if (typeof value !== 'string') return kindOf(value)
  return JSON.stringify(value.length > SHOWN_LENGTH_MAX ? `${value.slice(0, SHOWN_LENGTH_MAX)}…` : value)
}
