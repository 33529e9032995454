// A hook's filters in the JSON of our own API. The route has checked the form of the body; here is its
// sense: every pattern and the expression are read as they will be used, and all faults are told at once.
import { ExpressionError } from '../base/expression.ts'
import { compileGlob, type Glob, GlobError } from '../base/glob.ts'
import { type ErrorItem, validationFailed } from '../errors.ts'
import type { Event } from '../event.ts'
import type { Filters } from '../filter.ts'
import type { TargetKind } from '../hook.ts'
import { compileActor, compileFilterExpression, compileRepository, type FilterName } from './filter-match.ts'
import { timestamp } from './links.ts'

/** What is left out, null or empty does not filter. */
export type FiltersBody = { readonly [Name in FilterName]?: Filters[Name] }

// With each hook that is kept at hand its filters are, too, and ready to use they take several times
// their length. A hundred ordinary patterns have 3,000 characters.
const LENGTH_MAX = 8_000

const NO_FILTERS: Filters = {
  actions: null,
  refs: null,
  paths: null,
  repositories: null,
  actors: null,
  expression: null,
}

export function filtersJson(filters: Filters | null): Filters {
  return { ...NO_FILTERS, ...filters }
}

/** Null when there is nothing to filter by. Throws `validation_failed` with an item for each filter that cannot be used. */
export function readFilters(body: FiltersBody, target: TargetKind): Filters | null {
  const { actions, refs, paths, repositories, actors, expression } = body
  const filters: Filters = {
    actions: listOf(actions),
    refs: listOf(refs),
    paths: listOf(paths),
    repositories: listOf(repositories),
    actors: listOf(actors),
    expression: expression?.trim() ? expression : null,
  }
  const faults = [
    ...(filters.actions?.includes('') ? [fault('actions', 'An action must not be empty.')] : []),
    ...patternFaults('refs', filters.refs, compileGlob),
    ...patternFaults('paths', filters.paths, compileGlob),
    ...patternFaults('repositories', filters.repositories, compileRepository),
    ...(filters.repositories && target === 'repository' ? [OF_ORGANIZATIONS] : []),
    ...patternFaults('actors', filters.actors, compileActor),
    ...expressionFaults(filters.expression),
    ...(JSON.stringify(filters).length > LENGTH_MAX ? [TOO_LONG] : []),
  ]
  if (faults.length > 0) throw validationFailed(...faults)
  return Object.values(filters).every(filter => filter === null) ? null : filters
}

/** What an event of the past meets: `passes` is null when its payload is not at hand. */
export type FilterTry = {
  readonly event: Pick<Event, 'id' | 'guid' | 'name' | 'action' | 'createdAt'>
  readonly passes: boolean | null
  readonly refusedBy: FilterName | null
  readonly detail: string | null
}

export function filterTryJson({ event, passes, refusedBy, detail }: FilterTry) {
  const { id, guid, name, action, createdAt } = event
  return {
    id,
    guid,
    event: name,
    action,
    created_at: timestamp(createdAt),
    passes,
    refused_by: refusedBy,
    detail,
  }
}

const OF_ORGANIZATIONS = fault('repositories', 'The hooks of a repository do not hear of several.')

const TOO_LONG: ErrorItem = {
  resource: 'Hook',
  code: 'custom',
  message: `The filters together have more than ${LENGTH_MAX} characters.`,
}

function listOf(sent: readonly string[] | null | undefined): readonly string[] | null {
  return sent && sent.length > 0 ? sent : null
}

function patternFaults(
  field: FilterName,
  patterns: readonly string[] | null,
  compile: (pattern: string) => Glob,
): readonly ErrorItem[] {
  if (patterns === null) return []
  try {
    const globs = patterns.map(compile)
    // As in workflows: it would never let anything in.
    if (globs.some(({ negative }) => !negative)) return []
    return [
      fault(field, `There must be a pattern without "!", such as "${field === 'actors' ? '*' : '**'}".`),
    ]
  } catch (error) {
    if (error instanceof GlobError) return [fault(field, error.message)]
    throw error
  }
}

function expressionFaults(expression: string | null): readonly ErrorItem[] {
  if (expression === null) return []
  try {
    compileFilterExpression(expression)
    return []
  } catch (error) {
    if (error instanceof ExpressionError) return [fault('expression', error.message)]
    throw error
  }
}

function fault(field: FilterName, sentence: string): ErrorItem {
  return { resource: 'Hook', code: 'custom', field, message: `${field}: ${sentence}` }
}
