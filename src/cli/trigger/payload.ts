// The payload that `hookline trigger` sends: GitHub's example fitted to the repository, or a file byte for byte,
// with single fields changed on request.
import { readFile } from 'node:fs/promises'
import type { Assignment } from '../../app/kinds.ts'
import { isObject } from '../../base/is-object.ts'
import { AppError } from '../../errors.ts'
import { type EventExamples, type Example, fitExample } from '../../github/event-examples.ts'
import type { ApiClient } from '../api-client.ts'

/** Where an event happens. */
export type Place = { readonly kind: 'repository' | 'organization'; readonly path: string }

export type Chosen = { readonly event: string; readonly action: string | null }

// The one that people mean who name none.
const USUAL = ['opened', 'created', 'published', 'completed', 'requested', 'added']

/** Throws `misconfigured` for an event or an action that there is no example of, naming those that there are. */
export function choose(examples: EventExamples, event: string, action: string | null): Chosen {
  const actions = examples.actionsOf(event)
  if (!actions) {
    const remedy =
      'hookline trigger --list has those that there are; any other needs its payload, with --payload.'
    throw new AppError('misconfigured', `There is no example of the event ${event}. ${remedy}`)
  }
  const chosen = action ?? USUAL.find(usual => actions.includes(usual)) ?? actions[0] ?? null
  if (examples.find(event, chosen)) return { event, action: chosen }
  throw new AppError(
    'misconfigured',
    actions.length === 0
      ? `The event ${event} has no actions: leave --action out.`
      : `There is no example of ${event} ${action}. There are ${actions.join(', ')}.`,
  )
}

export async function examplePayload(
  examples: EventExamples,
  { event, action }: Chosen,
  place: Place,
  api: ApiClient,
  nowMs: number,
): Promise<Example> {
  const example = examples.find(event, action)
  if (!example) throw new Error(`no example of ${event} ${action}`)
  const [there, sender] = await Promise.all([api.get(place.path), api.get('/user')])
  if (!isObject(there) || !isObject(sender)) {
    throw new AppError('unavailable', 'The server’s answers are no JSON objects: is it a Hookline?')
  }
  const owner = place.kind === 'organization' ? there : there.owner
  const isOwnedByOrganization =
    isObject(owner) && (place.kind === 'organization' || owner.type === 'Organization')
  const [api_, html] = addressesOf(there, sender)
  return fitExample(event, example, {
    repository: place.kind === 'repository' ? asInPayloads(there) : null,
    organization: isOwnedByOrganization ? owner : null,
    sender: asUser(sender),
    api: api_,
    html,
    nowMs,
  })
}

export async function filePayload(file: string): Promise<Uint8Array> {
  try {
    if (file !== '-') return await readFile(file)
    const chunks: Buffer[] = []
    for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk))
    return Buffer.concat(chunks)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new AppError(
      'misconfigured',
      `--payload ${file} cannot be read (${code}). Give a file that is there.`,
    )
  }
}

/** Throws `misconfigured` where there is nothing at the way to a field. */
export function assign(payload: Example, assignments: readonly Assignment[]): Example {
  const changed = structuredClone(payload)
  for (const { path, value } of assignments) {
    let at: unknown = changed
    for (const step of path.slice(0, -1))
      at = at === null || typeof at !== 'object' ? undefined : Reflect.get(at, step)
    const last = path.at(-1) ?? ''
    if (at === null || typeof at !== 'object') {
      throw new AppError(
        'misconfigured',
        `--set: the payload has no ${path.slice(0, -1).join('.')} in which to set ${last}.`,
      )
    }
    Object.defineProperty(at, last, { value, writable: true, enumerable: true, configurable: true })
  }
  return changed
}

// An answer of the API says more of a repository than a payload does: what the caller may do, and its template.
function asInPayloads({ permissions: _, ...repository }: Example): Example {
  return repository
}

// The caller is told more of themselves than others are.
const USER_KEYS = [
  ...[
    'login',
    'id',
    'node_id',
    'avatar_url',
    'gravatar_id',
    'url',
    'html_url',
    'followers_url',
    'following_url',
  ],
  ...['gists_url', 'starred_url', 'subscriptions_url', 'organizations_url', 'repos_url', 'events_url'],
  ...['received_events_url', 'type', 'user_view_type', 'site_admin'],
]

function asUser(user: Example): Example {
  return Object.fromEntries(USER_KEYS.filter(key => key in user).map(key => [key, user[key]]))
}

/** Of the API and of the pages, as the server tells its own. */
function addressesOf(there: Example, { url, html_url, login }: Example): [api: string, html: string] {
  const without = (text: unknown, ending: string) => String(text).replace(ending, '')
  return [without(url, `/users/${login}`), without(html_url ?? there.html_url, `/${login}`)]
}
