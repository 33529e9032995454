// Whether a hook's filters let an event through, and which does not. Pure and bounded: it runs where
// events are accepted. What cannot be told lets an event through, so that nothing is lost over a filter:
// an event that has nothing of the kind that a filter is about, an expression without an answer, and
// more work than is allowed.
import { Budget, Overrun } from '../base/budget.ts'
import { compileExpression, type Expression, ExpressionError, Fault } from '../base/expression.ts'
import { compileGlob, type Glob, GlobError, matchesGlob, selects } from '../base/glob.ts'
import type { Filters } from '../filter.ts'
import { actorOf, changedPathsOf, refsOf, repositoryOf, shortRef } from './event-traits.ts'

export type FilterName = keyof Filters

/** `payload` is looked at only by filters that need it: it may be a getter that parses. */
export type FilteredEvent = {
  readonly event: string
  readonly action: string | null
  /** As JSON.parse gives it. */
  readonly payload: unknown
}

/** `detail` says what it was about the event, in some words that fit behind the filter's name. */
export type Refusal = { readonly filter: FilterName; readonly detail: string }

/** Filters made ready, those that cost least first. To be kept for as long as the hook does not change. */
export type CompiledFilters = readonly CompiledFilter[]

type CompiledFilter = { readonly filter: FilterName; readonly judge: Judge }

/** Undefined lets it through. */
type Judge = (event: FilteredEvent, budget: Budget) => Judgement | undefined

type Judgement = { readonly refusal: string } | { readonly fault: string }

// Some 1 to 3 ms at the very most, by the worst that we could think of. An ordinary event takes some
// hundred steps; each of the 2,048 commits of the largest push may have 48.
const STEPS_MAX = 100_000

// A path of 30 characters takes some hundred steps with a pattern like `src/**/*.test.ts`, and one or
// two where it begins or ends in another way: 2 to 5 ms for several thousand paths.
const PATH_STEPS_MAX = 500_000

/** Never throws: what cannot be compiled (any more) lets everything through, with a fault. */
export function compileFilters(filters: Filters): CompiledFilters {
  const { actions, refs, repositories, actors, paths, expression } = filters
  return [
    ...compiled('actions', actions, judgeActions),
    ...compiled('refs', refs, patterns => judgeRefs(patterns.map(compileGlob))),
    ...compiled('repositories', repositories, patterns => judgeRepository(patterns.map(compileRepository))),
    ...compiled('actors', actors, patterns => judgeActor(patterns.map(compileActor))),
    ...compiled('paths', paths, patterns => judgePaths(patterns.map(compileGlob))),
    ...compiled('expression', expression, source => judgeExpression(compileFilterExpression(source))),
  ]
}

/**
 * The first filter that does not let the event through, or null. `onFault` hears of filters that could
 * not tell, and so let it through.
 */
export function firstRefusal(
  filters: CompiledFilters,
  event: FilteredEvent,
  onFault?: (filter: FilterName, reason: string) => void,
): Refusal | null {
  for (const { filter, judge } of filters) {
    const judgement = judgeWithin(filter === 'paths' ? PATH_STEPS_MAX : STEPS_MAX, judge, event)
    if (!judgement) continue
    if ('refusal' in judgement) return { filter, detail: judgement.refusal }
    onFault?.(filter, judgement.fault)
  }
  return null
}

/** Whether any of them looks into an event's payload. */
export function needsPayload({ actions: _, ...others }: Filters): boolean {
  return Object.values(others).some(filter => filter !== null)
}

const VARIABLES = { event: 'string', action: 'dyn', payload: 'map' } as const

/** Throws ExpressionError. */
export function compileFilterExpression(source: string): Expression {
  return compileExpression(source, VARIABLES)
}

/** Names of repositories are the same whatever their case. Throws GlobError. */
export function compileRepository(pattern: string): Glob {
  const glob = compileGlob(pattern.toLowerCase())
  if (/\/|\*\*/.test(glob.body)) return glob
  throw new GlobError(`"${glob.body}" is no owner and name, as in "octo-org/*".`)
}

/** Of a login only `*` is special: there are brackets in `dependabot[bot]`. Throws GlobError. */
export function compileActor(pattern: string): Glob {
  return compileGlob(pattern.toLowerCase().replace(/[?+[\]\\]/g, '\\$&'))
}

function compiled<Filter>(
  filter: FilterName,
  value: Filter | null,
  compile: (value: Filter) => Judge,
): CompiledFilter[] {
  if (value === null) return []
  try {
    return [{ filter, judge: compile(value) }]
  } catch (error) {
    // What was saved was checked then; a later version may read it in another way.
    if (!(error instanceof GlobError || error instanceof ExpressionError)) throw error
    const judgement = { fault: error.message }
    return [{ filter, judge: () => judgement }]
  }
}

function judgeWithin(steps: number, judge: Judge, event: FilteredEvent): Judgement | undefined {
  try {
    return judge(event, new Budget(steps))
  } catch (error) {
    if (error instanceof Overrun) return { fault: error.message }
    throw error
  }
}

function judgeActions(actions: readonly string[]): Judge {
  const wanted = new Set(actions)
  return ({ action }) =>
    action === null || wanted.has(action) ? undefined : { refusal: `the action is ${shown(action)}` }
}

function judgeRefs(globs: readonly Glob[]): Judge {
  return ({ event, payload }, budget) => {
    const refs = refsOf(event, payload)
    const wanted = refs.some(ref => {
      const short = shortRef(ref)
      // Who writes `refs/tags/*` means no branch of that name.
      return selects(globs, glob => matchesGlob(glob, glob.body.startsWith('refs/') ? ref : short, budget))
    })
    const [first = ''] = refs
    return wanted || refs.length === 0 ? undefined : { refusal: `the ref is ${shown(first)}` }
  }
}

function judgeRepository(globs: readonly Glob[]): Judge {
  return ({ payload }, budget) => judgeText('repository', globs, repositoryOf(payload), budget)
}

function judgeActor(globs: readonly Glob[]): Judge {
  return ({ payload }, budget) => judgeText('actor', globs, actorOf(payload), budget)
}

function judgeText(
  noun: string,
  globs: readonly Glob[],
  text: string | undefined,
  budget: Budget,
): Judgement | undefined {
  if (text === undefined) return undefined
  const key = text.toLowerCase()
  return selects(globs, glob => matchesGlob(glob, key, budget))
    ? undefined
    : { refusal: `the ${noun} is ${shown(text)}` }
}

/** One path is enough. */
function judgePaths(globs: readonly Glob[]): Judge {
  return ({ event, payload }, budget) => {
    let count = 0
    for (const path of changedPathsOf(event, payload) ?? []) {
      if (selects(globs, glob => matchesGlob(glob, path, budget))) return undefined
      count++
    }
    return count === 0 ? undefined : { refusal: `none of ${count} changed paths matches` }
  }
}

function judgeExpression(evaluate: Expression): Judge {
  return (event, budget) => {
    const result = evaluate(event, budget)
    if (result === true) return undefined
    if (result === false) return { refusal: 'it gives false' }
    return { fault: result instanceof Fault ? result.reason : 'It gives neither true nor false.' }
  }
}

const SHOWN_LENGTH_MAX = 100

/** It is kept with every skip, and may come from anywhere. */
function shown(text: string): string {
  return JSON.stringify(text.length > SHOWN_LENGTH_MAX ? `${text.slice(0, SHOWN_LENGTH_MAX)}…` : text)
}
