// What is remembered: the tables, as Kysely types. Times are whole milliseconds since 1970 and
// truths are 0 or 1, so that both dialects read the same. Every hot table (events, payloads,
// deliveries, attempts, skips) leads with its account's id, by which it can be sharded.
import type { Generated, Kysely } from 'kysely'
import type { AccountType } from '../account.ts'
import type { DeliveryState } from '../delivery.ts'
import type { TargetKind } from '../hook.ts'
import type { RepositoryRole } from '../repository.ts'

export type Database = {
  accounts: AccountTable
  memberships: MembershipTable
  tokens: TokenTable
  sign_in_links: SignInLinkTable
  sessions: SessionTable
  passwords: PasswordTable
  tunnel_names: TunnelNameTable
  repositories: RepositoryTable
  former_names: FormerNameTable
  labels: LabelTable
  issues: IssueTable
  issue_labels: IssueLabelTable
  issue_assignees: IssueAssigneeTable
  comments: CommentTable
  stars: StarTable
  milestones: MilestoneTable
  collaborators: CollaboratorTable
  hooks: HookTable
  event_types: EventTypeTable
  events: EventTable
  payloads: PayloadTable
  deliveries: DeliveryTable
  attempts: AttemptTable
  skips: SkipTable
  idempotency_keys: IdempotencyKeyTable
  breakers: BreakerTable
  hook_changes: HookChangeTable
  recovery_jobs: RecoveryJobTable
  recovery_parts: RecoveryPartTable
  apps: AppTable
  app_keys: AppKeyTable
  installations: InstallationTable
  installation_repositories: InstallationRepositoryTable
  installation_tokens: InstallationTokenTable
}

export type AccountTable = {
  id: Generated<number>
  type: AccountType
  login: string
  /** The login in lower case: logins are found whatever their case. */
  login_key: string
  name: string | null
  email: string | null
  description: string | null
  site_admin: number
  created_at: number
  updated_at: number
  suspended_at: number | null
  /** JSON; null for nothing. */
  profile: string | null
}

export type MembershipTable = {
  organization_id: number
  user_id: number
  role: 'admin' | 'member'
  created_at: number
  is_public: Generated<number>
}

export type TokenTable = {
  id: Generated<number>
  user_id: number
  /** SHA-256 of the token's text, hexadecimal. */
  hash: string
  note: string
  /** A JSON array of scopes. */
  scopes: string
  created_at: number
  last_used_at: number | null
  /** Of the token's text; null for one that is older than this column. */
  last_eight: string | null
  /** Made by an administrator in the user's name. */
  impersonation: Generated<number>
}

export type SignInLinkTable = {
  /** SHA-256 of the link's code. */
  hash: string
  user_id: number
  created_at: number
  expires_at: number
}

export type SessionTable = {
  /** SHA-256 of the cookie's text. */
  hash: string
  user_id: number
  created_at: number
  expires_at: number
  /** The token that opened it; null for a sign-in link. */
  token_id: number | null
}

export type PasswordTable = {
  user_id: number
  /** Of the password, with its salt and what it cost. */
  hash: string
  changed_at: number
}

export type RepositoryTable = {
  account_id: number
  id: Generated<number>
  name: string
  name_key: string
  private: number
  description: string | null
  homepage: string | null
  default_branch: string
  has_issues: number
  archived: number
  open_issues: number
  stars: number
  /** A JSON array. */
  topics: string
  /** The number of the last issue; issues are numbered within their repository. */
  last_number: number
  created_at: number
  updated_at: number
  pushed_at: number
  /** Milestones are numbered apart from issues. */
  last_milestone: Generated<number>
}

export type FormerNameTable = { account_id: number; name_key: string; repository_id: number }

export type LabelTable = {
  id: Generated<number>
  repository_id: number
  name: string
  name_key: string
  color: string
  description: string | null
  is_default: number
}

export type IssueTable = {
  id: Generated<number>
  repository_id: number
  number: number
  title: string
  body: string | null
  user_id: number
  state: 'open' | 'closed'
  state_reason: 'completed' | 'not_planned' | 'duplicate' | 'reopened' | null
  locked: number
  comments: number
  closed_at: number | null
  closed_by_id: number | null
  created_at: number
  updated_at: number
  milestone_id: number | null
}

export type IssueLabelTable = { issue_id: number; label_id: number }

export type IssueAssigneeTable = { issue_id: number; user_id: number }

export type CommentTable = {
  id: Generated<number>
  repository_id: number
  issue_id: number
  user_id: number
  body: string
  created_at: number
  updated_at: number
}

export type StarTable = { user_id: number; repository_id: number; created_at: number }

export type MilestoneTable = {
  id: Generated<number>
  repository_id: number
  number: number
  title: string
  description: string | null
  state: 'open' | 'closed'
  creator_id: number
  open_issues: number
  closed_issues: number
  due_on: number | null
  closed_at: number | null
  created_at: number
  updated_at: number
}

export type CollaboratorTable = {
  repository_id: number
  user_id: number
  permission: RepositoryRole
  created_at: number
}

export type HookTable = {
  account_id: number
  id: Generated<number>
  target_kind: TargetKind
  target_id: number
  active: number
  /** A JSON array of event names, or `["*"]`. */
  events: string
  url: string
  content_type: 'json' | 'form'
  /** Sealed by the vault; null when the hook has none. */
  secret: Uint8Array | null
  /** The key that sealed it. */
  secret_key_id: string | null
  insecure_ssl: number
  created_at: number
  updated_at: number
  deleted_at: number | null
  /** JSON of what differs from the defaults; null for none. */
  policy: string | null
  /** JSON; null lets everything through. */
  filters: string | null
  standard_webhooks: Generated<number>
  previous_secret: Uint8Array | null
  previous_secret_key_id: string | null
  previous_secret_until: number | null
  /** Whose forwarder it has; null for every other hook. */
  forwarder_user_id: number | null
  forwarder_name: string | null
  /** When it was made, or somebody was connected last. */
  forwarder_seen_at: number | null
}

export type EventTypeTable = {
  account_id: number
  name: string
  description: string | null
  /** A JSON array; null for any. */
  actions: string | null
  /** A JSON Schema; null for any payload. */
  schema: string | null
  created_at: number
  updated_at: number
}

export type EventTable = {
  account_id: number
  id: number
  guid: string
  name: string
  action: string | null
  repository_id: number | null
  organization_id: number | null
  sender_id: number | null
  payload_bytes: number
  created_at: number
}

export type PayloadTable = {
  account_id: number
  event_id: number
  body: Uint8Array
  /** The compression of the bytes; null when they are as they came. */
  encoding: string | null
}

export type DeliveryTable = {
  account_id: number
  id: number
  hook_id: number
  event_id: number
  redelivery: number
  state: DeliveryState
  attempts: number
  /** When pending: not before this time. When leased: the lease's end. */
  due_at: number
  lease_owner: string | null
  created_at: number
  settled_at: number | null
  /** What stands in one line with it; null for a hook without an order. */
  order_key: string | null
  /** Why it is held or exhausted. */
  reason: string | null
  /** For an App's hook: which of its installations hears of it. */
  installation_id: number | null
}

export type AttemptTable = {
  account_id: number
  id: number
  delivery_id: number
  event_id: number
  hook_id: number
  guid: string
  event: string
  action: string | null
  repository_id: number | null
  redelivery: number
  started_at: number
  took_ms: number
  status: string
  status_code: number
  url: string
  content_type: 'json' | 'form'
  /** A JSON array of [name, value]. */
  request_headers: string
  response_headers: string | null
  response_body: Uint8Array | null
  installation_id: number | null
}

export type SkipTable = {
  account_id: number
  event_id: number
  hook_id: number
  reason: string
  created_at: number
  /** Which filter, when that was the reason. */
  detail: string | null
}

export type IdempotencyKeyTable = {
  account_id: number
  /** What was published to: `repository:12`, `organization:3`. */
  target: string
  key: string
  /** SHA-256 of the request's body: the same key with another body is refused. */
  fingerprint: string
  /** The answer, as JSON. */
  answer: string
  created_at: number
}

export type BreakerTable = {
  account_id: number
  hook_id: number
  state: 'open' | 'probing'
  opened_at: number
  probe_at: number
  /** Probes that failed since it opened: each doubles the wait. */
  probes: number
}

export type HookChangeTable = {
  account_id: number
  id: Generated<number>
  hook_id: number
  at: number
  change: string
  reason: string
}

export type RecoveryJobTable = {
  account_id: number
  id: Generated<number>
  target_kind: TargetKind
  target_id: number
  /** What is to be redelivered, as JSON. */
  criteria: string
  /** Redeliveries a second; null for as fast as goes. */
  rate: number | null
  state: 'running' | 'paused' | 'cancelled' | 'done'
  /** What happened and what was made from this identifier on is no business of the job's. */
  end_id: number
  created_by: number
  created_at: number
  updated_at: number
}

export type RecoveryPartTable = {
  account_id: number
  job_id: number
  hook_id: number
  /** Null until it is counted. */
  total: number | null
  done: number
  skipped: number
  /** The last that was looked at: an event or a delivery, by what the job is looking for. */
  position: number
  ended: number
}

export type AppTable = {
  id: Generated<number>
  owner_id: number
  bot_id: number
  slug: string
  name: string
  client_id: string
  description: string | null
  external_url: string
  /** JSON, by the permissions' names. */
  permissions: string
  created_at: number
  updated_at: number
}

export type AppKeyTable = {
  id: Generated<number>
  app_id: number
  fingerprint: string
  /** SPKI, as PEM. */
  public_key: string
  created_at: number
}

export type InstallationTable = {
  id: Generated<number>
  app_id: number
  account_id: number
  /** 0 for those of `installation_repositories` alone. */
  all_repositories: number
  permissions: string
  created_at: number
  updated_at: number
  suspended_at: number | null
  suspended_by_id: number | null
}

export type InstallationRepositoryTable = { installation_id: number; repository_id: number }

export type InstallationTokenTable = {
  /** SHA-256 of the token's text, hexadecimal. */
  hash: string
  installation_id: number
  permissions: string
  /** A JSON array; null for all that the installation covers. */
  repository_ids: string | null
  created_at: number
  expires_at: number
}

/** A connection to read with, or the transaction that a unit of work runs in. */
export type Db = Kysely<Database>

export type TunnelNameTable = {
  name: string
  user_id: number
  created_at: number
  last_used_at: number
}
