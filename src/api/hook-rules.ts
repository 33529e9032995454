// Why a well-formed hook may be refused: its address cannot be reached from here, or other hooks of its
// target stand in the way. Pure; the faults are GitHub's items, in GitHub's wording.
import type { Guard } from '../egress/address.ts'
import { checkUrl } from '../egress/destination.ts'
import { customItem, type ErrorItem } from '../errors.ts'
import { HOOKS_PER_EVENT_MAX, type TargetKind, WILDCARD } from '../hook.ts'
import type { Subscription } from '../store/hooks.ts'

/** Names are not resolved here: each attempt judges the addresses that it dials. */
export function addressFaults(url: string, guard: Guard): readonly ErrorItem[] {
  const verdict = checkUrl(url, guard)
  switch (verdict.kind) {
    case 'ok':
      return []
    case 'malformed':
      return [customItem('Hook', `url ${verdict.reason}`, 'url')]
    case 'not_permitted':
      return [
        customItem(
          'Hook',
          `url is not supported because it isn't reachable over the public Internet (${verdict.host})`,
          'url',
        ),
      ]
  }
}

/** One item for a duplicate, and one for each event that has twenty hooks already. */
export function neighbourFaults(
  wanted: { readonly url: unknown; readonly events: readonly string[] },
  others: readonly Subscription[],
  target: TargetKind,
): readonly ErrorItem[] {
  const duplicate = others.some(other => other.url === wanted.url && overlap(other.events, wanted.events))
  return [
    ...(duplicate ? [customItem('Hook', `Hook already exists on this ${target}`)] : []),
    ...crowdedEvents(wanted.events, others).map(name =>
      customItem('Hook', `The "${name}" event cannot have more than ${HOOKS_PER_EVENT_MAX} hooks`),
    ),
  ]
}

function overlap(some: readonly string[], others: readonly string[]): boolean {
  if (some.length === 0 || others.length === 0) return false
  return [some, others].some(events => events.includes(WILDCARD)) || some.some(name => others.includes(name))
}

// A wildcard hears of everything, so it counts against every event; GitHub does not say.
function crowdedEvents(wanted: readonly string[], others: readonly Subscription[]): readonly string[] {
  const counts = new Map<string, number>([[WILDCARD, 0]])
  for (const name of others.flatMap(({ events }) => events)) counts.set(name, (counts.get(name) ?? 0) + 1)
  const wildcards = counts.get(WILDCARD) ?? 0
  if (wildcards >= HOOKS_PER_EVENT_MAX) return wanted.includes(WILDCARD) ? [WILDCARD] : wanted

  const named = wanted.includes(WILDCARD) ? [...counts.keys()].filter(name => name !== WILDCARD) : wanted
  return named.filter(name => (counts.get(name) ?? 0) + wildcards >= HOOKS_PER_EVENT_MAX)
}
