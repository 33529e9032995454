// The values of expressions, and what may be asked of them: equality, order, arithmetic, texts. A
// question that has no answer gives a Fault, a value, since `||` and `exists` go on in spite of one.
// Whatever takes longer for a larger value spends steps of the budget in proportion.
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

// CEL's whole numbers have 64 bits.
const INT_MAX = 2n ** 63n - 1n
const INT_MIN = -(2n ** 63n)

// What the keys of a map cost for each of them, measured: listing them, and finding them in another.
const STEPS_A_KEY = 8
const STEPS_A_SHARED_KEY = 24

// A search looks again at up to so many characters from each place: V8 gives up on better ways at 250.
const SEARCHED_MIN = 16
const SEARCHED_MAX = 250

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

export type Arithmetic = '+' | '-' | '*' | '/' | '%'

/** A whole number meets one of JSON's as a double, which strict CEL would refuse. */
export function calculate(operator: Arithmetic, left: Value, right: Value, budget: Budget): Value | Fault {
  if (typeof left === 'bigint' && typeof right === 'bigint') return calculateWhole(operator, left, right)
  if (isNumber(left) && isNumber(right)) return calculateDouble(operator, Number(left), Number(right))
  if (operator !== '+') return noOverload(operator, left, right)
  if (typeof left === 'string' && typeof right === 'string') {
    budget.spend((left.length + right.length) >> 6)
    return left + right
  }
  if (isList(left) && isList(right)) {
    budget.spend(left.length + right.length)
    return [...left, ...right]
  }
  return noOverload(operator, left, right)
}

function calculateDouble(operator: Arithmetic, left: number, right: number): number | Fault {
  switch (operator) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    case '/':
      return left / right
    case '%':
      if (right === 0) return new Fault('There is no remainder of a division by zero.')
      if (Number.isInteger(left) && Number.isInteger(right)) return left % right
      return new Fault('Only whole numbers have a remainder.')
  }
}

function calculateWhole(operator: Arithmetic, left: bigint, right: bigint): bigint | Fault {
  switch (operator) {
    case '+':
      return inRange(left + right)
    case '-':
      return inRange(left - right)
    case '*':
      return inRange(left * right)
    case '/':
      return right === 0n ? new Fault('A whole number is divided by zero.') : inRange(left / right)
    case '%':
      return right === 0n ? new Fault('There is no remainder of a division by zero.') : left % right
  }
}

export function negate(value: Value): Value | Fault {
  if (typeof value === 'bigint') return inRange(-value)
  return typeof value === 'number' ? -value : new Fault(`There is no negative of ${kindOf(value)}.`)
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

export type TextTest = 'contains' | 'startsWith' | 'endsWith'

export function testText(test: TextTest, text: Value, part: Value, budget: Budget): boolean | Fault {
  if (typeof text !== 'string' || typeof part !== 'string') {
    return new Fault(`${test}() is for texts, not for ${kindOf(text)} and ${kindOf(part)}.`)
  }
  const searched = Math.min(Math.max(part.length, SEARCHED_MIN), SEARCHED_MAX)
  const looked = test === 'contains' ? text.length * searched : part.length
  budget.spend(looked >> 6)
  return test === 'contains'
    ? text.includes(part)
    : test === 'startsWith'
      ? text.startsWith(part)
      : text.endsWith(part)
}

export type LetterCase = 'lowerAscii' | 'upperAscii'

export function changeCase(to: LetterCase, text: Value, budget: Budget): string | Fault {
  if (typeof text !== 'string') return new Fault(`${to}() is for texts, not for ${kindOf(text)}.`)
  budget.spend(text.length >> 2)
  return to === 'lowerAscii'
    ? text.replace(/[A-Z]+/g, letters => letters.toLowerCase())
    : text.replace(/[a-z]+/g, letters => letters.toUpperCase())
}

// As long as numbers are written.
const NUMERAL_LENGTH_MAX = 40

export function toInt(value: Value): bigint | Fault {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number' && Number.isFinite(value)) return inRange(BigInt(Math.trunc(value)))
  if (typeof value === 'string' && value.length <= NUMERAL_LENGTH_MAX && /^-?\d+$/.test(value)) {
    return inRange(BigInt(value))
  }
  return new Fault(`There is no whole number in ${shown(value)}.`)
}

export function toDouble(value: Value): number | Fault {
  if (isNumber(value)) return Number(value)
  const isNumeral =
    typeof value === 'string' &&
    value.length <= NUMERAL_LENGTH_MAX &&
    /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value)
  return isNumeral ? Number(value) : new Fault(`There is no number in ${shown(value)}.`)
}

export function toText(value: Value): string | Fault {
  if (value === null || typeof value === 'object') return new Fault(`There is no text of ${kindOf(value)}.`)
  return String(value)
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

function isNumber(value: Value): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint'
}

function inRange(value: bigint): bigint | Fault {
  return value >= INT_MIN && value <= INT_MAX ? value : new Fault('A whole number has more than 64 bits.')
}

function noOverload(operator: string, left: Value, right: Value): Fault {
  return new Fault(`There is no ${kindOf(left)} ${operator} ${kindOf(right)}.`)
}

const SHOWN_LENGTH_MAX = 40

/** A payload's texts can be long. */
function shown(value: Value): string {
  if (typeof value !== 'string') return kindOf(value)
  return JSON.stringify(value.length > SHOWN_LENGTH_MAX ? `${value.slice(0, SHOWN_LENGTH_MAX)}…` : value)
}
