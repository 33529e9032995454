// Expressions in CEL, the Common Expression Language. Reading and checking them is the library's;
// evaluating them is ours, since what runs on the thread that everybody shares must have an end.
// The library's own evaluation has no budget: two nested `exists` over 3,000 elements took it 1.4 s,
// `matches` goes back without bound, and each new shape of nested lists stays in its memory.
import { Environment, ParseError } from '@marcbachmann/cel-js'
import type { Budget } from './budget.ts'
import { compile, ExpressionError, errorAt, type Variables } from './expression-compile.ts'
import type { Inputs } from './expression-loop.ts'
import type { Fault, Value } from './expression-value.ts'

export { ExpressionError } from './expression-compile.ts'
export { Fault, type Value } from './expression-value.ts'

/** Gives a Fault where CEL has an error. Throws Overrun. */
export type Expression = (inputs: Inputs, budget: Budget) => Value | Fault

export const EXPRESSION_LENGTH_MAX = 2_000

// A page of conditions has some 100 nodes. Evaluating calls itself once for each node on the way
// down, so this bounds the stack as well.
const LIMITS = {
  maxAstNodes: 500,
  maxDepth: 30,
  maxListElements: 100,
  maxMapEntries: 0,
  maxCallArguments: 3,
}

/** Throws ExpressionError, also when the expression gives anything but a truth. */
export function compileExpression(source: string, variables: Variables): Expression {
  if (source.length > EXPRESSION_LENGTH_MAX) {
    throw new ExpressionError(`Only ${EXPRESSION_LENGTH_MAX} characters are allowed.`)
  }
  const environment = new Environment({ limits: LIMITS, homogeneousAggregateLiterals: false })
  for (const [name, type] of Object.entries(variables)) environment.registerVariable(name, type)
  const parsed = parse(environment, source)
  const step = compile(parsed.ast, { variables, locals: [] })
  const { type, error } = parsed.check()
  if (error) throw errorAt(error.summary, error.range?.start)
  if (type !== 'bool' && type !== 'dyn') throw new ExpressionError(`It gives ${type}, and not true or false.`)
  return (inputs, budget) => step({ inputs, budget, locals: [] })
}

function parse(environment: Environment, source: string) {
  try {
    return environment.parse(source)
  } catch (error) {
    if (error instanceof ParseError) throw errorAt(error.summary, error.range?.start)
    // The library's own slips: a number that it cannot hold, say.
    throw new ExpressionError('It cannot be read.', { cause: error })
  }
}
