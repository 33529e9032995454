// An example payload of each of GitHub's events and actions, as `scripts/take-event-examples.ts` has taken it from
// what GitHub has sent and described: 33 KB, unpacked (12 ms) for who asks. And how one is fitted to a repository
// here, so that a receiver finds in it what it would find in an event that happened.
import { readFileSync } from 'node:fs'
import { brotliDecompressSync } from 'node:zlib'
import { isObject } from '../base/is-object.ts'

export type Example = { readonly [key: string]: unknown }

/** By event and action. */
export type EventExamples = {
  /** The actions that there is an example of; none for an event without actions. Undefined for an unknown event. */
  actionsOf(event: string): readonly string[] | undefined
  find(event: string, action: string | null): Example | undefined
  readonly events: readonly string[]
}

const NO_ACTION = '-'
/** The action is the sender's to choose. */
const ANY_ACTION = '*'

export function readEventExamples(): EventExamples {
  const bytes = readFileSync(new URL('event-examples.json.br', import.meta.url))
  const packed = JSON.parse(brotliDecompressSync(bytes).toString()) as Record<string, Record<string, Example>>
  const of = (event: string) => (Object.hasOwn(packed, event) ? packed[event] : undefined)
  return {
    events: Object.keys(packed),
    actionsOf(event) {
      const examples = of(event)
      return examples && Object.keys(examples).filter(action => action !== NO_ACTION && action !== ANY_ACTION)
    },
    find(event, action) {
      const examples = of(event)
      if (!examples) return undefined
      const own = action !== null && Object.hasOwn(examples, action) ? examples[action] : undefined
      if (own) return own
      const any = examples[ANY_ACTION]
      if (any) return action === null ? any : { ...any, action }
      return action === null ? (examples[NO_ACTION] ?? Object.values(examples)[0]) : undefined
    },
  }
}

/** What stands in the place of the example's own, in GitHub's JSON. */
export type Surroundings = {
  readonly repository: Example | null
  readonly organization: Example | null
  readonly sender: Example
  /** Addresses of the API and of the pages, without a slash at the end. */
  readonly api: string
  readonly html: string
  readonly nowMs: number
}

// A webhook is told of an App's installation by these alone.
const ABOUT_INSTALLATIONS: ReadonlySet<string> = new Set([
  ...['installation', 'installation_repositories', 'installation_target', 'personal_access_token_request'],
  ...['repository_dispatch'],
])

// These happen in organizations alone: in a user's repository they keep the example's.
const ABOUT_ORGANIZATIONS: ReadonlySet<string> = new Set([
  ...['custom_property_values', 'deployment_review', 'issue_dependencies', 'membership', 'org_block'],
  ...['organization', 'personal_access_token_request', 'projects_v2', 'projects_v2_item'],
  ...['projects_v2_status_update', 'team'],
])

/**
 * The example as if it happened here and now: its repository, organization and sender are ours, addresses lead to
 * them, the latest of its times is now and the others keep their distance from it, and what it is about
 * has an id of its own, so that a receiver that counts ids counts it.
 */
export function fitExample(event: string, example: Example, around: Surroundings): Example {
  const { repository, organization, sender, nowMs } = around
  const shiftMs = nowMs - latestTimeIn(example, event, nowMs)
  const rename = renamer(example, around)
  const fitted = mapStrings(example, text => shifted(rename(text), shiftMs)) as Record<string, unknown>
  if (repository && 'repository' in fitted) fitted.repository = { ...repository }
  if (organization) fitted.organization = { ...organization }
  else if (!ABOUT_ORGANIZATIONS.has(event)) delete fitted.organization
  fitted.sender = { ...sender }
  delete fitted.enterprise
  if (!ABOUT_INSTALLATIONS.has(event)) delete fitted.installation
  const subject = subjectOf(event, fitted)
  if (subject) fitted[subject] = { ...(fitted[subject] as Example), id: nowMs }
  return fitted
}

// The longest name of a member that begins the event's: `issue` of issues, `pull_request` of a review of it.
function subjectOf(event: string, payload: Example): string | undefined {
  if (event === 'issue_comment' || event.endsWith('_review_comment')) return 'comment'
  if (event === 'pull_request_review') return 'review'
  const names = Object.keys(payload).filter(name => event.startsWith(name) && hasId(payload[name]))
  return names.filter(name => !['repository', 'organization', 'installation'].includes(name)).at(-1)
}

function hasId(value: unknown): boolean {
  return isObject(value) && typeof value.id === 'number'
}

/** Replaces the example's names within addresses and references, and GitHub's hosts. */
function renamer(
  example: Example,
  { repository, sender, api, html }: Surroundings,
): (text: string) => string {
  const names = new Map<string, string>()
  const add = (from: unknown, to: unknown) => {
    if (typeof from === 'string' && typeof to === 'string') names.set(from, to)
  }
  if (isObject(example.repository) && repository) {
    add(example.repository.full_name, repository.full_name)
    if (isObject(example.repository.owner) && isObject(repository.owner)) {
      add(example.repository.owner.login, repository.owner.login)
    }
  }
  if (isObject(example.sender)) add(example.sender.login, sender.login)
  // The longer ones first: the owner's login begins the full name.
  const known = [...names].sort(([a], [b]) => b.length - a.length)
  return text => {
    const here = text
      .replace(/^https:\/\/api\.github\.com(?=\/|$)/, api)
      .replace(/^https:\/\/github\.com(?=\/|$)/, html)
    if (here === text) return names.get(text) ?? text
    for (const [from, to] of known) {
      const found = here.replace(new RegExp(`(?<=/)${from.replaceAll('.', '\\.')}(?=[/.?#{]|$)`), () => to)
      if (found !== here) return found
    }
    return here
  }
}

// What is replaced anyway has times of its own.
const REPLACED = ['repository', 'organization', 'sender', 'installation', 'enterprise']

function latestTimeIn(example: Example, event: string, nowMs: number): number {
  const own = Object.entries(example).filter(([name]) => name === event || !REPLACED.includes(name))
  const times = pastTimesIn(Object.fromEntries(own))
  return times.length === 0 ? nowMs : Math.max(...times)
}

// A milestone is due, and a token ends, in the future.
const PAST = /(?<!expires|expired)_at$|^timestamp$/

function pastTimesIn(value: unknown): number[] {
  if (Array.isArray(value)) return value.flatMap(pastTimesIn)
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    if (typeof inner !== 'string') return pastTimesIn(inner)
    return PAST.test(key) && isTime(inner) ? [Date.parse(inner)] : []
  })
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/

function isTime(text: string): boolean {
  return TIME.test(text)
}

function shifted(text: string, byMs: number): string {
  return isTime(text) ? `${new Date(Date.parse(text) + byMs).toISOString().slice(0, 19)}Z` : text
}

function mapStrings(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map(item => mapStrings(item, change))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mapStrings(inner, change)]))
}
