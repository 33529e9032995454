// A pattern as states, and texts led through them. All states that a text can be in are followed at
// once, so each character is looked at once for each of them, and none is ever looked at again.
import type { Budget } from './budget.ts'
import { type Count, codeOf, type Part, type Ranges } from './glob-pattern.ts'

/**
 * A state before each character that may come. `codes` has that character, or says below zero which may.
 * Some bytes for each, since patterns by the thousand are kept.
 */
export type States = {
  readonly codes: Int32Array
  readonly flags: Uint8Array
  readonly classes: readonly Ranges[]
}

// Of `codes`. What is below the last of them is one of the classes.
const ANY = -1
const NO_SLASH = -2
/** No character leads on: the way into folders, or past them. */
const FOLDERS = -3
const FIRST_CLASS = -4

// Of `flags`.
const REPEATS = 1
const SKIPPABLE = 2

const SLASH = 0x2f

const FLAGS: Readonly<Record<Count, number>> = { once: 0, optional: SKIPPABLE, many: REPEATS }

export function statesOf(parts: readonly Part[]): States {
  const classes: Ranges[] = []
  const states = parts.flatMap(part => encode(part, classes))
  return {
    codes: Int32Array.from(states, ([code]) => code),
    flags: Uint8Array.from(states, ([, flags]) => flags),
    classes,
  }
}

function encode(part: Part, classes: Ranges[]): (readonly [code: number, flags: number])[] {
  switch (part.kind) {
    case 'text':
      return [[codeOf(part.text), FLAGS[part.count]]]
    case 'class':
      return [[FIRST_CLASS + 1 - classes.push(part.ranges), FLAGS[part.count]]]
    case 'anything':
      return [[ANY, REPEATS | SKIPPABLE]]
    case 'segment':
      return [[NO_SLASH, REPEATS | SKIPPABLE]]
    case 'folders':
      return [
        [FOLDERS, SKIPPABLE],
        [ANY, REPEATS | SKIPPABLE],
        [SLASH, 0],
      ]
  }
}

/** Whether the whole text is as the states have it. Throws Overrun. */
export function run(states: States, text: string, budget: Budget): boolean {
  const end = states.codes.length
  const enteredAt = new Uint32Array(end + 1)
  let step = 1
  let current: number[] = []
  let next: number[] = []
  enter(states, 0, current, enteredAt, step)
  for (let at = 0; at < text.length && current.length > 0; ) {
    const code = text.codePointAt(at) ?? 0
    at += code > 0xffff ? 2 : 1
    step++
    for (const state of current) {
      if (!accepts(states, state, code)) continue
      enter(states, state + 1, next, enteredAt, step)
      if (has(states, state, REPEATS)) enter(states, state, next, enteredAt, step)
    }
    budget.spend(current.length + next.length)
    ;[current, next] = [next, current]
    next.length = 0
  }
  return current.includes(end)
}

/** Enters a state, and those that are reached from it without a character. */
function enter(states: States, first: number, list: number[], enteredAt: Uint32Array, step: number): void {
  for (let state = first; enteredAt[state] !== step; state++) {
    enteredAt[state] = step
    list.push(state)
    // The way past folders leads around their slash, too.
    if (states.codes[state] === FOLDERS) enter(states, state + 3, list, enteredAt, step)
    if (!has(states, state, SKIPPABLE)) return
  }
}

function has({ flags }: States, state: number, flag: number): boolean {
  return ((flags[state] ?? 0) & flag) !== 0
}

/** Behind the last state nothing is accepted any more. */
function accepts({ codes, classes }: States, state: number, code: number): boolean {
  const wanted = codes[state]
  if (wanted === undefined || wanted >= 0) return wanted === code
  if (wanted > FIRST_CLASS) return wanted === ANY || (wanted === NO_SLASH && code !== SLASH)
  return classes[FIRST_CLASS - wanted]?.some(([from, to]) => code >= from && code <= to) === true
}
