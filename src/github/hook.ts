// Hooks in GitHub's JSON. A repository's hook has `test_url` and `last_response`; an organization's and the
// site's have neither; an App's has no address of its own, and names its App. No secret leaves: what is shown of one is its mask.
import type { Attempt } from '../delivery.ts'
import { hookName } from '../forwarder.ts'
import type { Hook, HookConfig, LastResponse, TargetKind } from '../hook.ts'
import { MASK } from '../secret.ts'
import { type Links, organizationUrl, timestamp } from './links.ts'
import type { Rest } from './openapi.ts'

/** What a hook hangs on, by the names that its addresses need. */
export type HookPlace =
  | { readonly kind: 'repository'; readonly fullName: string }
  | { readonly kind: 'organization'; readonly login: string }
  | { readonly kind: 'site' }
  /** `path` is where its owner finds it; the App itself is at `/app`. */
  | { readonly kind: 'app'; readonly integrationId: number; readonly path?: string }

/** For a hook that was never delivered to, or not within the retention. */
export const UNUSED: LastResponse = { code: null, status: 'unused', message: null }

export function hookJson(hook: Hook, place: HookPlace, lastResponse: LastResponse, links: Links) {
  switch (place.kind) {
    case 'repository':
      return repositoryHookJson(hook, place.fullName, lastResponse, links)
    case 'organization':
      return organizationHookJson(hook, place.login, links)
    case 'site':
      return siteHookJson(hook, links)
    case 'app':
      return integrationHookJson(hook, place, links)
  }
}

function repositoryHookJson(hook: Hook, fullName: string, lastResponse: LastResponse, links: Links) {
  const url = hookUrl(hook.id, { kind: 'repository', fullName }, links)
  return {
    ...hookRowJson(hook, 'Repository'),
    url,
    // Singular, although the endpoint is `/tests`: GitHub never renamed it here.
    test_url: `${url}/test`,
    ping_url: `${url}/pings`,
    deliveries_url: `${url}/deliveries`,
    last_response: { code: lastResponse.code, status: lastResponse.status, message: lastResponse.message },
  } satisfies Rest['hook']
}

function organizationHookJson(hook: Hook, login: string, links: Links) {
  const url = hookUrl(hook.id, { kind: 'organization', login }, links)
  return {
    ...hookRowJson(hook, 'Organization'),
    url,
    ping_url: `${url}/pings`,
    deliveries_url: `${url}/deliveries`,
  } satisfies Rest['org-hook']
}

/** GitHub Enterprise's global hook: it lists no deliveries, so it names no address for them. */
function siteHookJson(hook: Hook, links: Links) {
  const url = hookUrl(hook.id, { kind: 'site' }, links)
  return { ...hookRowJson(hook, 'Global'), url, ping_url: `${url}/pings` }
}

/** Pings show it, and our own `/app/hook`: `/app/hook/config` is all that GitHub's API has of it. */
function integrationHookJson(hook: Hook, place: HookPlace & { readonly kind: 'app' }, links: Links) {
  const url = hookUrl(hook.id, place, links)
  return { ...hookRowJson(hook, 'App'), app_id: place.integrationId, deliveries_url: `${url}/deliveries` }
}

export type HookType = 'Repository' | 'Organization' | 'Global' | 'App'

export const HOOK_TYPE: Readonly<Record<TargetKind, HookType>> = {
  repository: 'Repository',
  organization: 'Organization',
  site: 'Global',
  app: 'App',
}

/** A hook without its addresses: what `meta` tells of one that is gone. */
export function hookRowJson<Type extends HookType>(hook: Hook, type: Type) {
  return {
    type,
    id: hook.id,
    name: hookName(hook),
    active: hook.active,
    events: [...hook.events],
    config: hookConfigJson(hook.config),
    updated_at: timestamp(hook.updatedAt),
    created_at: timestamp(hook.createdAt),
  }
}

/** A hook's `config`. Without a secret there is no such key. */
export function hookConfigJson(config: HookConfig) {
  return {
    content_type: config.contentType,
    insecure_ssl: config.insecureSsl ? '1' : '0',
    ...(config.secret && { secret: MASK }),
    url: config.url,
  } satisfies Rest['webhook-config']
}

/** `GET …/config`: the same, and an App need not have a URL. */
export function bareConfigJson(config: HookConfig): Rest['webhook-config'] {
  const { url, ...rest } = hookConfigJson(config)
  return url === '' ? rest : { ...rest, url }
}

export function hookUrl(id: number, place: HookPlace, links: Links): string {
  return place.kind === 'app' ? `${placeUrl(place, links)}/hook` : `${placeUrl(place, links)}/hooks/${id}`
}

/** What has the hooks. */
export function placeUrl(place: HookPlace, links: Links): string {
  switch (place.kind) {
    case 'repository':
      return `${links.api}/repos/${place.fullName}`
    case 'organization':
      return organizationUrl(place.login, links)
    case 'site':
      return `${links.api}/admin`
    case 'app':
      return links.api + (place.path ?? '/app')
  }
}

/**
 * What the latest attempt left behind. GitHub's codes here are not the receiver's: any 2xx is 200, and
 * any other answer is 422, `misconfigured`. A timeout is 504 with an empty message. Whatever else got no
 * answer is 502 with its text: TLS failures, refusals and broken connections.
 */
export function lastResponseOf(latest: Pick<Attempt, 'status' | 'statusCode'> | null): LastResponse {
  if (latest === null) return UNUSED
  const { status, statusCode } = latest
  if (status === 'OK') return { code: 200, status: 'active', message: 'OK' }
  if (status.startsWith('Invalid HTTP Response'))
    return { code: 422, status: 'misconfigured', message: status }
  if (statusCode === 504) return { code: 504, status: 'timeout', message: '' }
  return { code: 502, status: 'connection_error', message: status }
}
