// What expressions make of numbers and texts: arithmetic, searching, conversion. As with all values,
// what cannot be done gives a Fault, and what takes long spends steps.
import type { Budget } from './budget.ts'
import { Fault, isList, isNumber, kindOf, noOverload, shown, type Value } from './expression-value.ts'

// CEL's whole numbers have 64 bits.
const INT_MAX = 2n ** 63n - 1n
const INT_MIN = -(2n ** 63n)

// A search looks again at up to so many characters from each place: V8 gives up on better ways at 250.
const SEARCHED_MIN = 16
const SEARCHED_MAX = 250

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

function inRange(value: bigint): bigint | Fault {
  return value >= INT_MIN && value <= INT_MAX ? value : new Fault('A whole number has more than 64 bits.')
}
