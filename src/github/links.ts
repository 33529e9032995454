// The addresses, node ids and times that GitHub's JSON is full of. Whatever needs more than one
// of them builds on these; URL templates (RFC 6570) are plain text after an address.
import type { Repository } from '../repository.ts'
import { fullName } from '../repository.ts'

/**
 * Where this server is found, without a slash at the end: `api` is `http://host:3000`, or
 * `http://host:3000/api/v3` in answers to a client that came there; `html` is where the pages are.
 */
export type Links = { readonly api: string; readonly html: string }

export function userUrl(login: string, links: Links): string {
  // A bot's has brackets.
  return `${links.api}/users/${encodeURIComponent(login)}`
}

export function organizationUrl(login: string, links: Links): string {
  return `${links.api}/orgs/${login}`
}

export function repositoryUrl(repository: Repository, links: Links): string {
  return `${links.api}/repos/${fullName(repository)}`
}

export function pageUrl(path: string, links: Links): string {
  return `${links.html}/${path}`
}

/** GitHub's `?v=4` is the version of the picture; ours is drawn from the id and has only one. */
export function avatarUrl(accountId: number, links: Links): string {
  return `${links.html}/avatars/u/${accountId}?v=4`
}

// What RFC 3986 allows in a path segment besides what encodeURIComponent leaves alone. GitHub
// leaves it alone too: the label `:bug: Bugfix` is at `/labels/:bug:%20Bugfix`.
const ENCODED_BUT_ALLOWED = /%(?:3A|40|24|26|2B|2C|3B|3D)/g

export function pathSegment(text: string): string {
  return encodeURIComponent(text).replace(ENCODED_BUT_ALLOWED, decodeURIComponent)
}

export type NodeKind =
  | 'User'
  | 'Organization'
  | 'Bot'
  | 'Repository'
  | 'Issue'
  | 'IssueComment'
  | 'Label'
  | 'Integration'
  | 'IntegrationInstallation'
  | 'Milestone'

/**
 * GitHub's older global id: base64 of `0`, the length of the kind, `:`, the kind and the id. The
 * newer one, packed by kind and repository, lost: ids are opaque to clients, and this one can be
 * checked against recorded payloads.
 */
export function nodeId(kind: NodeKind, id: number): string {
  return Buffer.from(`0${kind.length}:${kind}${id}`).toString('base64')
}

/** `YYYY-MM-DDTHH:MM:SSZ`: GitHub gives whole seconds everywhere but in `delivered_at`. */
export function timestamp(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`
}
