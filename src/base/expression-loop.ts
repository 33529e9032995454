// The loops of expressions: `exists`, `all`, `exists_one`, `filter` and `map`, as functions over what
// is done for each element.
import type { Budget } from './budget.ts'
import { Fault, kindOf, type Value } from './expression-value.ts'

export type Inputs = Readonly<Record<string, unknown>>

/** Local variables, of `exists` and its kin, lie in the order in which they were opened. */
export type Scope = { readonly inputs: Inputs; readonly budget: Budget; readonly locals: Value[] }

export type Step = (scope: Scope) => Value | Fault

/** `open` makes an element the loop's variable, and counts the work. */
export type Loop = (elements: readonly Value[], scope: Scope, open: (element: Value) => void) => Value | Fault

export function loopOf(name: string, [body, transform]: readonly (Step | undefined)[]): Loop {
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

export function truth(value: Value | Fault): boolean | Fault {
  if (typeof value === 'boolean' || value instanceof Fault) return value
  return new Fault(`A condition gives ${kindOf(value)}.`)
}
