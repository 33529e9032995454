// From the library's tree of an expression to functions: one a node, each calling those below it.
// What has no bound, or no use here, is refused.
import type { ASTNode } from '@marcbachmann/cel-js'
import type { Budget } from './budget.ts'
import { loopOf, type Step, truth } from './expression-loop.ts'
import { calculate, changeCase, negate, testText, toDouble, toInt, toText } from './expression-operation.ts'
import {
  compare,
  elementAt,
  elementsOf,
  equal,
  Fault,
  isIn,
  isMap,
  kindOf,
  own,
  sizeOf,
  type Value,
} from './expression-value.ts'

/** CEL's names of types by the names of the variables. */
export type Variables = Readonly<Record<string, 'string' | 'dyn' | 'map'>>

/** An expression that cannot be read, or must not be. The message is a sentence for whoever wrote it. */
export class ExpressionError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ExpressionError'
  }
}

export function errorAt(summary: string, start: number | undefined): ExpressionError {
  const place = start === undefined ? '' : ` (at character ${start + 1})`
  return new ExpressionError(`${summary}${place}.`)
}

export type Names = { readonly variables: Variables; readonly locals: readonly string[] }

type Node<Operator extends ASTNode['op']> = Extract<ASTNode, { readonly op: Operator }>

/** Throws ExpressionError. */
export function compile(node: ASTNode, names: Names): Step {
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
    const result = truth(test(scope))
    if (result instanceof Fault) return result
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
