// What is in the form of a hook, and what is sent of it. An edit keeps what was changed by hand and nothing
// else: what is not sent stays as it is on the server, a secret above all.
import { send } from '../api.ts'
import type { Hook } from './hook.ts'
import { hookAddress, type Place } from './place.ts'

export type EventChoice = 'push' | 'everything' | 'individual'

export type HookDraft = {
  readonly url: string
  readonly contentType: string
  /** Null stays as it is, empty is none. */
  readonly secret: string | null
  readonly insecureSsl: boolean
  readonly choice: EventChoice
  /** Those that are ticked, in force while the choice is `individual`. */
  readonly individual: readonly string[]
  readonly active: boolean
}

export type HookEdits = Partial<HookDraft>

export const NEW_DRAFT: HookDraft = {
  url: '',
  contentType: 'form',
  secret: null,
  insecureSsl: false,
  choice: 'push',
  individual: ['push'],
  active: true,
}

export function draftOf({ active, config, events }: Hook): HookDraft {
  const choice = choiceOf(events)
  return {
    url: config.url ?? '',
    contentType: config.content_type ?? 'form',
    secret: null,
    insecureSsl: `${config.insecure_ssl ?? '0'}` === '1',
    choice,
    individual: choice === 'everything' ? ['push'] : events,
    active,
  }
}

function choiceOf(events: readonly string[]): EventChoice {
  if (events.includes('*')) return 'everything'
  return events.length === 1 && events[0] === 'push' ? 'push' : 'individual'
}

function eventsOf({ choice, individual }: HookDraft): readonly string[] {
  if (choice === 'push') return ['push']
  return choice === 'everything' ? ['*'] : individual
}

export const isHttps = (url: string) => /^\s*https:/i.test(url)

export function createHook(place: Place, draft: HookDraft): Promise<Hook> {
  return send<Hook>('POST', `${place.api}/hooks`, {
    name: 'web',
    active: draft.active,
    events: eventsOf(draft),
    config: {
      url: draft.url.trim(),
      content_type: draft.contentType,
      ...(draft.secret && { secret: draft.secret }),
      ...(isHttps(draft.url) && { insecure_ssl: draft.insecureSsl ? '1' : '0' }),
    },
  })
}

/**
 * A `config` that is sent with a hook replaces the former one whole, and its secret with it: so it goes to
 * an address of its own, where what is left out stays. A secret that follows another is rotated, as the last
 * step: done twice, it would be refused.
 */
export async function saveHook(
  place: Place,
  hook: Hook,
  edits: HookEdits,
  overlapSeconds: number,
): Promise<void> {
  const address = hookAddress(place, hook.id)
  const before = draftOf(hook)
  const draft = { ...before, ...edits }
  const isRotation = Boolean(draft.secret) && hook.config.secret !== undefined

  const config = {
    ...(draft.url !== before.url && { url: draft.url.trim() }),
    ...(draft.contentType !== before.contentType && { content_type: draft.contentType }),
    ...(draft.insecureSsl !== before.insecureSsl && { insecure_ssl: draft.insecureSsl ? '1' : '0' }),
    ...(draft.secret !== null && !isRotation && { secret: draft.secret }),
  }
  const events = eventsOf(draft)
  // An App's hook becomes active with its first URL, unless it is told otherwise.
  const isFirstUrl = before.url === '' && draft.url !== ''
  const change = {
    ...(!sameNames(events, eventsOf(before)) && { events }),
    ...((isFirstUrl || draft.active !== before.active) && { active: draft.active }),
  }
  if (Object.keys(config).length > 0) await send('PATCH', `${address}/config`, config)
  if (Object.keys(change).length > 0) await send('PATCH', address, change)
  if (isRotation) {
    await send('POST', `${address}/secret/rotations`, {
      secret: draft.secret,
      overlap_seconds: overlapSeconds,
    })
  }
}

function sameNames(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every(name => others.includes(name))
}
