// An event as GitHub's lists of events have it. Theirs have a payload of their own, shorter one; here it is the one
// that webhooks were sent, byte for byte.
import type { Account } from '../account.ts'
import { avatarUrl, type Links, timestamp } from './links.ts'
import type { Rest } from './openapi.ts'

export type EventOfList = {
  readonly id: number
  readonly name: string
  /** Null when the account is gone. */
  readonly sender: Account | null
  readonly owner: Account
  readonly repository: { readonly id: number; readonly name: string; readonly private: boolean }
  readonly createdAt: Date
  /** Null when it is no longer kept. */
  readonly payload: Uint8Array | null
}

/** The text of the answer: a payload stands in it as it came. */
export function eventListText(events: readonly EventOfList[], links: Links): string {
  return `[${events.map(event => eventText(event, links)).join(',')}]`
}

/** `issue_comment` is an `IssueCommentEvent`, `acme.invoice_paid` an `AcmeInvoicePaidEvent`. */
function eventTypeOf(name: string): string {
  const words = name.split(/[._]/).filter(word => word !== '')
  return `${words.map(word => `${word.charAt(0).toUpperCase()}${word.slice(1)}`).join('')}Event`
}

type GitHubEvent = Rest['event']

function eventText(
  { id, name, sender, owner, repository, createdAt, payload }: EventOfList,
  links: Links,
): string {
  const fullName = `${owner.login}/${repository.name}`
  const head = {
    id: String(id),
    type: eventTypeOf(name),
    actor: actorJson(sender, links),
    repo: { id: repository.id, name: fullName, url: `${links.api}/repos/${fullName}` },
  } satisfies Partial<GitHubEvent>
  const tail = {
    public: !repository.private,
    created_at: timestamp(createdAt),
    ...(owner.type === 'Organization' && {
      org: { ...identity(owner, links), url: `${links.api}/orgs/${owner.login}` },
    }),
  } satisfies Partial<GitHubEvent>
  const told = payload ? Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString() : '{}'
  return `${JSON.stringify(head).slice(0, -1)},"payload":${told},${JSON.stringify(tail).slice(1)}`
}

// Whoever is gone is `ghost`, with the number that GitHub's has.
const GHOST = { id: 10137, login: 'ghost' }

function actorJson(sender: Account | null, links: Links): GitHubEvent['actor'] {
  const account = sender ?? GHOST
  return {
    ...identity(account, links),
    display_login: account.login,
    url: `${links.api}/users/${account.login}`,
  }
}

function identity({ id, login }: Pick<Account, 'id' | 'login'>, links: Links) {
  return { id, login, gravatar_id: '', avatar_url: avatarUrl(id, links) }
}
