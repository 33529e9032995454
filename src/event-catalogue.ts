// Every event that GitHub has a name for: on which targets it may be subscribed, its actions, and what it
// tells of. From GitHub's OpenAPI description and documentation, November 2026; the names that Enterprise
// adds are included, and the classic projects, which GitHub still accepts.
import type { TargetKind } from './hook.ts'

/** What GitHub lets subscribe to an event. Of these only the targets of our own hooks can be used here. */
export type Subscriber = TargetKind | 'enterprise' | 'marketplace' | 'sponsors'

export type CataloguedEvent = {
  readonly name: string
  /** None: its payloads have no action. `any` is the caller's to choose. */
  readonly actions: readonly string[] | 'any'
  readonly subscribers: readonly Subscriber[]
  readonly description: string
}

const LETTERS: Readonly<Record<string, Subscriber>> = {
  R: 'repository',
  O: 'organization',
  A: 'app',
  B: 'enterprise',
  M: 'marketplace',
  S: 'sponsors',
  G: 'site',
}

const ANY = '*'

type Row = readonly [subscribers: string, actions: string, description: string]

// GitHub's description gives merge groups to Apps alone, its settings page to repositories as well.
const ROWS: Readonly<Record<string, Row>> = {
  branch_protection_configuration: [
    'ROA',
    'disabled enabled',
    'All branch protections were switched on or off.',
  ],
  branch_protection_rule: [
    'ROA',
    'created deleted edited',
    'A branch protection rule was made, changed or removed.',
  ],
  bypass_request_secret_scanning: [
    'ROA',
    'cancelled completed created response_dismissed response_submitted',
    'Somebody asked to push past secret scanning, or was answered.',
  ],
  check_run: [
    'ROA',
    'completed created requested_action rerequested',
    'A check run began, ended, or is asked for.',
  ],
  check_suite: ['ROA', 'completed requested rerequested', 'A check suite ended, or is asked for.'],
  code_scanning_alert: [
    'ROA',
    'appeared_in_branch closed_by_user created fixed reopened reopened_by_user updated_assignment',
    'Code scanning found something, or what it found is over.',
  ],
  commit_comment: ['ROA', 'created', 'Somebody commented on a commit.'],
  create: ['ROA', '', 'A branch or a tag was made.'],
  custom_property: [
    'OAB',
    'created deleted promote_to_enterprise updated',
    'A property that repositories may have was defined, changed or removed.',
  ],
  custom_property_values: ['ROA', 'updated', 'A repository’s values of custom properties changed.'],
  delete: ['ROA', '', 'A branch or a tag was removed.'],
  dependabot_alert: [
    'ROA',
    'assignees_changed auto_dismissed auto_reopened created dismissed fixed reintroduced reopened',
    'A dependency is known to be vulnerable, or no longer is.',
  ],
  deploy_key: ['ROA', 'created deleted', 'A deploy key was added or removed.'],
  deployment: ['ROA', 'created', 'A deployment is asked for.'],
  deployment_protection_rule: ['A', 'requested', 'A deployment waits for a protection rule.'],
  deployment_review: [
    'A',
    'approved rejected requested',
    'A deployment waits for a review, or was reviewed.',
  ],
  deployment_status: ['ROA', 'created', 'A deployment has a new status.'],
  discussion: [
    'ROA',
    'answered category_changed closed created deleted edited labeled locked pinned reopened transferred ' +
      'unanswered unlabeled unlocked unpinned',
    'Something happened to a discussion.',
  ],
  discussion_comment: [
    'ROA',
    'created deleted edited',
    'A comment in a discussion was made, changed or removed.',
  ],
  dismissal_request_code_scanning: [
    'ROA',
    'created response_submitted',
    'Somebody asked to dismiss an alert of code scanning, or was answered.',
  ],
  dismissal_request_dependabot: [
    'ROA',
    'cancelled created response_dismissed response_submitted',
    'Somebody asked to dismiss an alert of Dependabot, or was answered.',
  ],
  dismissal_request_secret_scanning: [
    'ROA',
    'cancelled completed created response_dismissed response_submitted',
    'Somebody asked to dismiss an alert of secret scanning, or was answered.',
  ],
  exemption_request_push_ruleset: [
    'ROA',
    'cancelled completed created response_dismissed response_submitted',
    'Somebody asked to push past a ruleset, or was answered.',
  ],
  fork: ['ROAB', '', 'A repository was forked.'],
  github_app_authorization: ['A', 'revoked', 'A user withdrew what they had allowed an App.'],
  gollum: ['ROA', '', 'Pages of a wiki were made or changed.'],
  installation: [
    'A',
    'created deleted new_permissions_accepted suspend unsuspend',
    'An App was installed, removed, suspended, or given more permissions.',
  ],
  installation_repositories: ['A', 'added removed', 'An installation of an App got or lost repositories.'],
  installation_target: ['A', 'renamed', 'The account that an App is installed on was renamed.'],
  issue_comment: [
    'ROA',
    'created deleted edited pinned unpinned',
    'A comment on an issue or a pull request was made, changed or removed.',
  ],
  issue_dependencies: [
    'ROA',
    'blocked_by_added blocked_by_removed blocking_added blocking_removed',
    'An issue blocks another, or no longer does.',
  ],
  issue_relates_to: [
    'ROA',
    'relates_to_added relates_to_removed',
    'An issue relates to another, or no longer does.',
  ],
  issues: [
    'ROA',
    'assigned closed deleted demilestoned edited field_added field_removed labeled locked milestoned opened ' +
      'pinned reopened transferred typed unassigned unlabeled unlocked unpinned untyped',
    'Something happened to an issue.',
  ],
  label: ['ROA', 'created deleted edited', 'A label was made, changed or removed.'],
  marketplace_purchase: [
    'M',
    'cancelled changed pending_change pending_change_cancelled purchased',
    'A plan of the Marketplace was bought, changed or cancelled.',
  ],
  member: ['ROAB', 'added edited removed', 'A collaborator of a repository was added, changed or removed.'],
  membership: ['OAB', 'added removed', 'Somebody joined or left a team.'],
  merge_group: ['ROA', 'checks_requested destroyed', 'A merge queue made a group, or took it apart.'],
  meta: ['ROABM', 'deleted', 'The webhook itself was removed.'],
  milestone: ['ROA', 'closed created deleted edited opened', 'Something happened to a milestone.'],
  org_block: ['OAB', 'blocked unblocked', 'An organization blocked somebody, or let them in again.'],
  organization: [
    'OAB',
    'deleted member_added member_invited member_removed renamed',
    'An organization or its members changed.',
  ],
  organization_custom_property: [
    'OB',
    'created deleted updated',
    'A property that organizations may have was defined, changed or removed.',
  ],
  organization_custom_property_values: [
    'OB',
    'updated',
    'An organization’s values of custom properties changed.',
  ],
  package: ['RO', 'published updated', 'A package was published.'],
  page_build: ['ROA', '', 'A site of GitHub Pages was built, or could not be.'],
  personal_access_token_request: [
    'OA',
    'approved cancelled created denied',
    'A fine-grained token asks for access to an organization, or was answered.',
  ],
  ping: ['ROABM', '', 'A webhook was made, or somebody tries it. It comes unasked.'],
  project: ['ROA', 'closed created deleted edited reopened', 'Something happened to a classic project.'],
  project_card: [
    'ROA',
    'converted created deleted edited moved',
    'Something happened to a card of a classic project.',
  ],
  project_column: [
    'ROA',
    'created deleted edited moved',
    'Something happened to a column of a classic project.',
  ],
  projects_v2: ['O', 'closed created deleted edited reopened', 'Something happened to a project.'],
  projects_v2_item: [
    'O',
    'archived converted created deleted edited reordered restored',
    'Something happened to an item of a project.',
  ],
  projects_v2_status_update: [
    'O',
    'created deleted edited',
    'A status update of a project was made, changed or removed.',
  ],
  public: ['ROA', '', 'A private repository was made public.'],
  pull_request: [
    'ROA',
    'assigned auto_merge_disabled auto_merge_enabled closed converted_to_draft demilestoned dequeued edited ' +
      'enqueued labeled locked milestoned opened ready_for_review reopened review_request_removed ' +
      'review_requested stacked synchronize unassigned unlabeled unlocked',
    'Something happened to a pull request.',
  ],
  pull_request_review: ['ROA', 'dismissed edited submitted', 'A pull request was reviewed.'],
  pull_request_review_comment: [
    'ROA',
    'created deleted edited',
    'A comment on a pull request’s diff was made, changed or removed.',
  ],
  pull_request_review_thread: [
    'ROA',
    'resolved unresolved',
    'A thread of a review was resolved, or is open again.',
  ],
  push: ['ROA', '', 'Commits or tags were pushed.'],
  registry_package: ['ROA', 'published updated', 'A package was published in the registry.'],
  release: [
    'ROA',
    'created deleted edited prereleased published released unpublished',
    'A release was made, published, changed or removed.',
  ],
  repository: [
    'ROAB',
    'archived created deleted edited privatized publicized renamed transferred unarchived',
    'A repository was made, changed or removed.',
  ],
  repository_advisory: [
    'ROA',
    'published reported',
    'A security advisory of a repository was published or reported.',
  ],
  repository_dispatch: ['A', ANY, 'Somebody called the API with an event of their own.'],
  repository_import: ['RO', '', 'An import into a repository ended.'],
  repository_ruleset: ['ROA', 'created deleted edited', 'A ruleset was made, changed or removed.'],
  repository_vulnerability_alert: [
    'RO',
    'create dismiss reopen resolve',
    'A dependency is vulnerable, or no longer is. `dependabot_alert` has taken its place.',
  ],
  secret_scanning_alert: [
    'ROA',
    'assigned created metadata_created metadata_removed publicly_leaked reopened resolved unassigned validated',
    'A secret was found in a repository, or dealt with.',
  ],
  secret_scanning_alert_location: ['ROA', 'created', 'A secret was found at one more place.'],
  secret_scanning_scan: ['ROA', 'completed', 'A scan for secrets ended.'],
  security_advisory: [
    'A',
    'published updated withdrawn',
    'A security advisory was published, changed or withdrawn.',
  ],
  security_and_analysis: ['ROA', '', 'A repository’s security features were switched on or off.'],
  sponsorship: [
    'S',
    'cancelled created edited pending_cancellation pending_tier_change tier_changed',
    'A sponsorship began, changed or ended.',
  ],
  star: ['ROA', 'created deleted', 'A repository got or lost a star.'],
  status: ['ROA', '', 'A commit has a new status.'],
  sub_issues: [
    'ROA',
    'parent_issue_added parent_issue_removed sub_issue_added sub_issue_removed',
    'An issue became part of another, or no longer is.',
  ],
  team: [
    'OAB',
    'added_to_repository created deleted edited removed_from_repository',
    'A team was made, changed or removed.',
  ],
  team_add: ['ROA', '', 'A repository was added to a team.'],
  user: ['G', 'created deleted', 'An account of this server was made or removed. Of Enterprise servers.'],
  watch: [
    'ROA',
    'started',
    'A repository got a star. GitHub keeps the name from when that was called watching.',
  ],
  workflow_dispatch: ['A', '', 'Somebody started a workflow by hand.'],
  workflow_job: [
    'ROAB',
    'completed in_progress queued waiting',
    'A job of a workflow was queued, began or ended.',
  ],
  workflow_run: [
    'ROAB',
    'completed in_progress requested',
    'A run of a workflow was asked for, began or ended.',
  ],
}

export const EVENT_CATALOGUE: ReadonlyMap<string, CataloguedEvent> = new Map(
  Object.entries(ROWS).map(([name, row]) => [name, eventFrom(name, row)]),
)

export const EVENT_NAMES: readonly string[] = [...EVENT_CATALOGUE.keys()]

/** Whether GitHub has an event of that name. */
export function isEventName(name: string): boolean {
  return EVENT_CATALOGUE.has(name)
}

/** Whether a hook on such a target may ask for this event by name. The wildcard always may. */
export function isSubscribable(name: string, target: TargetKind): boolean {
  return EVENT_CATALOGUE.get(name)?.subscribers.includes(target) === true
}

function eventFrom(name: string, [letters, actions, description]: Row): CataloguedEvent {
  const subscribers = [...letters].flatMap(letter => LETTERS[letter] ?? [])
  // The site may ask for whatever its repositories and organizations may.
  const ofSite = /[RO]/.test(letters) ? (['site'] as const) : []
  return {
    name,
    actions: actions === ANY ? 'any' : actions.split(' ').filter(action => action !== ''),
    subscribers: [...subscribers, ...ofSite],
    description,
  }
}
