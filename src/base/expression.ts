// Expressions in CEL, the Common Expression Language. Reading and checking them is the library's;
// evaluating them is ours, since what runs on the thread that everybody shares must have an end.
// The library's own evaluation has no budget: two nested `exists` over 3,000 elements took it 1.4 s,
// `matches` goes back without bound, and each new shape of nested lists stays in its memory.
import { type ASTNode, Environment, ParseError } from '@marcbachmann/cel-js'
import type { Budget } from './budget.ts'
import {
  calculate,
  changeCase,
  compare,
  elementAt,
  elementsOf,
  equal,
  Fault,
  isIn,
  isMap,
  kindOf,
  negate,
  own,
  sizeOf,
  testText,
  toDouble,
  toInt,
  toText,
  type Value,
} from './expression-value.ts'

export { Fault, type Value } from './expression-value.ts'

/** CEL's names of types by the names of the variables. */
export type Variables = Readonly<Record<string, 'string' | 'dyn' | 'map'>>

/** Gives a Fault where CEL has an error. Throws Overrun. */
export type Expression = (inputs: Inputs, budget: Budget) => Value | Fault

export type Inputs = Readonly<Record<string, unknown>>

/** An expression that cannot be read, or must not be. The message is a sentence for whoever wrote it. */
export class ExpressionError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ExpressionError'
  }
}

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

function errorAt(summary: string, start: number | undefined): ExpressionError {
  const place = start === undefined ? '' : ` (at character ${start + 1})`
  return new ExpressionError(`${summary}${place}.`)
}

/** Local variables, of `exists` and its kin, lie in the order in which they were opened. */
type Scope = { readonly inputs: Inputs; readonly budget: Budget; readonly locals: Value[] }

type Names = { readonly variables: Variables; readonly locals: readonly string[] }

type Step = (scope: Scope) => Value | Fault

type Node<Operator extends ASTNode['op']> = Extract<ASTNode, { readonly op: Operator }>

function compile(node: ASTNode, names: Names): Step {
  switch (node.op) {
    case 'value':
      return compileLiteral(node)
    case 'id':
      return compileName(node, names)
    case '.':
      return compileField(node, names)
    case '[]':
      return compileBinary(node.args, names, elementAt)
    case 'call':
      return compileCall(node, names)
    case 'rcall':
      return compileMethod(node, names)
    case 'list':
      return compileList(node, names)
    case '?:':
      return compileChoice(node, names)
    case '||':
      return compileLogic(node.args, names, true)
    case '&&':
      return compileLogic(node.args, names, false)
    case '!_':
      return compileUnary(node.args, names, value =>
        typeof value === 'boolean' ? !value : new Fault(`There is no opposite of ${kindOf(value)}.`),
      )
    case '-_':
      return compileUnary(node.args, names, negate)
    case '==':
      return compileBinary(node.args, names, equal)
    case '!=':
      return compileBinary(node.args, names, (left, right, budget) => !equal(left, right, budget))
    case 'in':
      return compileBinary(node.args, names, isIn)
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compileBinary(node.args, names, (left, right, budget) => compare(node.op, left, right, budget))
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return compileBinary(node.args, names, (left, right, budget) => calculate(node.op, left, right, budget))
    default:
      throw unavailable('This', node)
  }
}

function compileLiteral(node: Node<'value'>): Step {
  const { args: value } = node
  if (value !== null && typeof value === 'object') throw unavailable('Such a literal', node)
  return () => value
}

function compileName(node: Node<'id'>, { variables, locals }: Names): Step {
  const { args: name } = node
  const index = locals.lastIndexOf(name)
  if (index !== -1) return scope => scope.locals[index] ?? null
  if (!Object.hasOwn(variables, name)) throw errorAt(`Unknown variable: ${name}`, node.start)
  return ({ inputs }) => inputs[name] as Value
}

function compileField({ args: [subject, name] }: Node<'.'>, names: Names): Step {
  const missing = new Fault(`No such key: ${name}`)
  return compileUnary(subject, names, value => {
    const found = isMap(value) ? own(value, name) : undefined
    return found === undefined ? missing : found
  })
}

function compileList({ args }: Node<'list'>, names: Names): Step {
  // A type for each shape of literals would stay in the library's memory.
  for (const element of args) if (element.op === 'list') throw unavailable('A list within a list', element)
  return compileAll(args, names, values => values)
}

function compileChoice({ args: [condition, yes, no] }: Node<'?:'>, names: Names): Step {
  const test = compile(condition, names)
  const [ifTrue, ifFalse] = [compile(yes, names), compile(no, names)]
  return scope => {
    const result = test(scope)
    if (result instanceof Fault) return result
    if (typeof result !== 'boolean') return new Fault(`A condition gives ${kindOf(result)}.`)
    return result ? ifTrue(scope) : ifFalse(scope)
  }
}

/** One side that decides is enough, also when the other has no value: CEL's `||` and `&&` commute. */
function compileLogic([left, right]: Node<'||'>['args'], names: Names, decisive: boolean): Step {
  const [first, second] = [compile(left, names), compile(right, names)]
  return scope => {
    const one = truth(first(scope))
    if (one === decisive) return decisive
    const other = truth(second(scope))
    if (other === decisive) return decisive
    return one instanceof Fault ? one : other
  }
}

function truth(value: Value | Fault): boolean | Fault {
  if (typeof value === 'boolean' || value instanceof Fault) return value
  return new Fault(`A condition gives ${kindOf(value)}.`)
}

const FUNCTIONS = ['has', 'size', 'int', 'double', 'string']
const METHODS = ['contains', 'startsWith', 'endsWith', 'lowerAscii', 'upperAscii', 'size']
const MACROS = ['exists', 'all', 'exists_one', 'filter', 'map']
const AVAILABLE = `There are ${FUNCTIONS.join(', ')}; on texts ${METHODS.join(', ')}; on lists ${MACROS.join(', ')}`

function compileCall(node: Node<'call'>, names: Names): Step {
  const [name, args] = node.args
  const [argument] = args
  if (!argument || args.length > 1 || !FUNCTIONS.includes(name)) throw unavailable(`${name}()`, node)
  switch (name) {
    case 'has':
      return compileHas(argument, names)
    case 'size':
      return compileUnary(argument, names, sizeOf)
    case 'int':
      return compileUnary(argument, names, toInt)
    case 'double':
      return compileUnary(argument, names, toDouble)
    default:
      return compileUnary(argument, names, toText)
  }
}

function compileHas(argument: ASTNode, names: Names): Step {
  if (argument.op !== '.') throw errorAt('has() asks for a field, as in has(payload.issue)', argument.start)
  const [subject, name] = argument.args
  return compileUnary(subject, names, value =>
    isMap(value) ? own(value, name) !== undefined : new Fault(`${kindOf(value)} has no fields.`),
  )
}

function compileMethod(node: Node<'rcall'>, names: Names): Step {
  const [name, subject, args] = node.args
  if (MACROS.includes(name)) return compileMacro(node, names)
  const [argument, ...more] = args
  switch (name) {
    case 'contains':
    case 'startsWith':
    case 'endsWith':
      if (!argument || more.length > 0) break
      return compileBinary([subject, argument], names, (text, part, budget) =>
        testText(name, text, part, budget),
      )
    case 'lowerAscii':
    case 'upperAscii':
      if (argument) break
      return compileUnary(subject, names, (text, budget) => changeCase(name, text, budget))
    case 'size':
      if (argument) break
      return compileUnary(subject, names, sizeOf)
  }
  throw unavailable(`${name}()`, node)
}

function compileMacro(node: Node<'rcall'>, names: Names): Step {
  const [name, subject, args] = node.args
  const [variable, ...bodies] = args
  if (variable?.op !== 'id' || bodies.length === 0 || bodies.length > (name === 'map' ? 2 : 1)) {
    throw unavailable(`This form of ${name}()`, node)
  }
  const range = compile(subject, names)
  const inner = { ...names, locals: [...names.locals, variable.args] }
  const loop = loopOf(
    name,
    bodies.map(body => compile(body, inner)),
  )
  const at = names.locals.length
  const cost = bodies.reduce((sum, body) => sum + sizeOfNode(body), 1)
  return scope => {
    const value = range(scope)
    const elements = value instanceof Fault ? value : elementsOf(value, scope.budget)
    if (elements instanceof Fault) return elements
    return loop(elements, scope, element => {
      scope.budget.spend(cost)
      scope.locals[at] = element
    })
  }
}

type Loop = (elements: readonly Value[], scope: Scope, open: (element: Value) => void) => Value | Fault

function loopOf(name: string, [body, transform]: readonly (Step | undefined)[]): Loop {
  if (!body) throw new Error('a macro without a body')
  switch (name) {
    case 'exists':
      return quantifier(body, true)
    case 'all':
      return quantifier(body, false)
    case 'exists_one':
      return collector(
        body,
        element => element,
        found => found.length === 1,
      )
    case 'filter':
      return collector(
        body,
        element => element,
        found => found,
      )
    default:
      return transform
        ? collector(
            body,
            (_element, scope) => transform(scope),
            found => found,
          )
        : collector(
            () => true,
            (_element, scope) => body(scope),
            found => found,
          )
  }
}

/** Goes on in spite of faults, since a later element may decide. */
function quantifier(body: Step, decisive: boolean): Loop {
  return (elements, scope, open) => {
    let fault: Fault | undefined
    for (const element of elements) {
      open(element)
      const result = truth(body(scope))
      if (result === decisive) return decisive
      if (result instanceof Fault) fault ??= result
    }
    return fault ?? !decisive
  }
}

function collector(
  test: Step,
  pick: (element: Value, scope: Scope) => Value | Fault,
  result: (found: readonly Value[]) => Value,
): Loop {
  return (elements, scope, open) => {
    const found: Value[] = []
    for (const element of elements) {
      open(element)
      const wanted = truth(test(scope))
      if (wanted instanceof Fault) return wanted
      if (!wanted) continue
      const picked = pick(element, scope)
      if (picked instanceof Fault) return picked
      found.push(picked)
    }
    return result(found)
  }
}

function compileUnary(
  argument: ASTNode,
  names: Names,
  apply: (value: Value, budget: Budget) => Value | Fault,
): Step {
  const step = compile(argument, names)
  return scope => {
    const value = step(scope)
    return value instanceof Fault ? value : apply(value, scope.budget)
  }
}

function compileBinary(
  [left, right]: readonly [ASTNode, ASTNode],
  names: Names,
  apply: (left: Value, right: Value, budget: Budget) => Value | Fault,
): Step {
  const [first, second] = [compile(left, names), compile(right, names)]
  return scope => {
    const one = first(scope)
    if (one instanceof Fault) return one
    const other = second(scope)
    return other instanceof Fault ? other : apply(one, other, scope.budget)
  }
}

function compileAll(nodes: readonly ASTNode[], names: Names, apply: (values: Value[]) => Value): Step {
  const steps = nodes.map(node => compile(node, names))
  return scope => {
    const values: Value[] = []
    for (const step of steps) {
      const value = step(scope)
      if (value instanceof Fault) return value
      values.push(value)
    }
    return apply(values)
  }
}

/** How many nodes there are: what evaluating it once costs, loops within it apart. */
function sizeOfNode(node: ASTNode): number {
  return childrenOf(node).reduce((sum, child) => sum + sizeOfNode(child), 1)
}

function childrenOf(node: ASTNode): readonly ASTNode[] {
  return [node.args].flat(2).filter(child => isNode(child))
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value
}

function unavailable(what: string, { start }: ASTNode): ExpressionError {
  const hint = what === 'matches()' ? 'Use contains, startsWith or endsWith' : AVAILABLE
  return errorAt(`${what} is not available here. ${hint}`, start)
}
