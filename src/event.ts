// An event happened once: a name, often an action, and the exact bytes that tell of it. This file
// also holds GitHub's catalogue of event names and on which target each may be subscribed.
import type { HookTarget, TargetKind } from './hook.ts'

export type Event = {
  readonly accountId: number
  readonly id: number
  /** Shared by every delivery of this event and by their redeliveries (X-GitHub-Delivery). */
  readonly guid: string
  readonly name: string
  readonly action: string | null
  readonly repositoryId: number | null
  readonly organizationId: number | null
  readonly senderId: number | null
  readonly createdAt: Date
}

/** What happened, before it is accepted. `payload` is serialised once, here, and never again. */
export type EventDraft = {
  readonly accountId: number
  readonly name: string
  readonly action: string | null
  readonly payload: Uint8Array
  readonly repositoryId: number | null
  readonly organizationId: number | null
  readonly senderId: number | null
  /** Delivered to this hook alone, subscribed or not: a ping, or the hook's own `meta`. */
  readonly onlyHookId?: number
}

/** Above this GitHub attempts no delivery, and neither do we: it becomes a skip that says so. */
export const PAYLOAD_BYTES_MAX = 25 * 1024 * 1024

export type SkipReason = 'inactive' | 'filtered' | 'payload_too_large'

/** The targets whose hooks hear of an event: its repository and its organization. */
export function targetsOf(event: EventDraft): HookTarget[] {
  const targets: HookTarget[] = []
  if (event.repositoryId !== null) targets.push({ kind: 'repository', id: event.repositoryId })
  if (event.organizationId !== null) targets.push({ kind: 'organization', id: event.organizationId })
  return targets
}

// R repository, O organization; the rest reaches only Apps, enterprises, Marketplace or Sponsors.
// From GitHub's OpenAPI description and documentation, November 2026; the names that Enterprise
// Cloud adds are included, and the classic projects, which GitHub still accepts.
const SUBSCRIBABLE: Readonly<Record<string, string>> = {
  branch_protection_configuration: 'RO',
  branch_protection_rule: 'RO',
  bypass_request_secret_scanning: 'RO',
  check_run: 'RO',
  check_suite: 'RO',
  code_scanning_alert: 'RO',
  commit_comment: 'RO',
  create: 'RO',
  custom_property: 'O',
  custom_property_values: 'RO',
  delete: 'RO',
  dependabot_alert: 'RO',
  deploy_key: 'RO',
  deployment: 'RO',
  deployment_protection_rule: '',
  deployment_review: '',
  deployment_status: 'RO',
  discussion: 'RO',
  discussion_comment: 'RO',
  dismissal_request_code_scanning: 'RO',
  dismissal_request_dependabot: 'RO',
  dismissal_request_secret_scanning: 'RO',
  exemption_request_push_ruleset: 'RO',
  fork: 'RO',
  github_app_authorization: '',
  gollum: 'RO',
  installation: '',
  installation_repositories: '',
  installation_target: '',
  issue_comment: 'RO',
  issue_dependencies: 'RO',
  issue_relates_to: 'RO',
  issues: 'RO',
  label: 'RO',
  marketplace_purchase: '',
  member: 'RO',
  membership: 'O',
  merge_group: 'RO',
  meta: 'RO',
  milestone: 'RO',
  org_block: 'O',
  organization: 'O',
  organization_custom_property: 'O',
  package: 'RO',
  page_build: 'RO',
  personal_access_token_request: 'O',
  ping: 'RO',
  project: 'RO',
  project_card: 'RO',
  project_column: 'RO',
  projects_v2: 'O',
  projects_v2_item: 'O',
  projects_v2_status_update: 'O',
  public: 'RO',
  pull_request: 'RO',
  pull_request_review: 'RO',
  pull_request_review_comment: 'RO',
  pull_request_review_thread: 'RO',
  push: 'RO',
  registry_package: 'RO',
  release: 'RO',
  repository: 'RO',
  repository_advisory: 'RO',
  repository_dispatch: '',
  repository_import: 'RO',
  repository_ruleset: 'RO',
  repository_vulnerability_alert: 'RO',
  secret_scanning_alert: 'RO',
  secret_scanning_alert_location: 'RO',
  secret_scanning_scan: 'RO',
  security_advisory: '',
  security_and_analysis: 'RO',
  sponsorship: '',
  star: 'RO',
  status: 'RO',
  sub_issues: 'RO',
  team: 'O',
  team_add: 'RO',
  watch: 'RO',
  workflow_dispatch: '',
  workflow_job: 'RO',
  workflow_run: 'RO',
}

export const EVENT_NAMES: readonly string[] = Object.keys(SUBSCRIBABLE)

export function isEventName(name: string): boolean {
  return Object.hasOwn(SUBSCRIBABLE, name)
}

/** Whether a hook on such a target may ask for this event by name. The wildcard always may. */
export function isSubscribable(name: string, target: TargetKind): boolean {
  const letter = target === 'repository' ? 'R' : 'O'
  return Object.hasOwn(SUBSCRIBABLE, name) && SUBSCRIBABLE[name]?.includes(letter) === true
}
