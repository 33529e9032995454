// Issues, labels and comments in GitHub's JSON. A payload's issue lacks `closed_by`, and a
// payload's label has two keys more than the API's; the rest is the same.
import type { Account } from '../account.ts'
import type { Comment, Issue, Label } from '../issue.ts'
import { fullName, type Repository } from '../repository.ts'
import { type Links, nodeId, pageUrl, pathSegment, repositoryUrl, timestamp } from './links.ts'
import { milestoneJson } from './milestone.ts'
import type { Rest, Webhook } from './openapi.ts'
import { simpleUserJson } from './user.ts'

export function issueJson(issue: Issue, repository: Repository, links: Links): Rest['issue'] {
  return {
    ...head(issue, repository, links),
    labels: issue.labels.map(label => labelJson(label, repository, links)),
    ...middle(issue, repository, links),
    closed_by: issue.closedBy && simpleUserJson(issue.closedBy, links),
    ...end(issue, repository, links),
  }
}

/** The `issue` of a payload. */
export function webhookIssueJson(issue: Issue, repository: Repository, links: Links) {
  return {
    ...head(issue, repository, links),
    labels: issue.labels.map(label => webhookLabelJson(label, repository, links)),
    ...middle(issue, repository, links),
    ...end(issue, repository, links),
  } satisfies Webhook['webhooks_issue']
}

export function labelJson(label: Label, repository: Repository, links: Links) {
  return {
    id: label.id,
    node_id: nodeId('Label', label.id),
    url: `${repositoryUrl(repository, links)}/labels/${pathSegment(label.name)}`,
    name: label.name,
    color: label.color,
    default: label.default,
    description: label.description,
  } satisfies Rest['label']
}

/** The `label` of a payload: GitHub's newest description of payloads has archived labels, the API's has none. */
export function webhookLabelJson(label: Label, repository: Repository, links: Links) {
  return {
    ...labelJson(label, repository, links),
    archived_at: null,
    archived_by: null,
  } satisfies Webhook['webhooks_label']
}

export function commentJson(comment: Comment, repository: Repository, links: Links) {
  const url = `${repositoryUrl(repository, links)}/issues/comments/${comment.id}`
  const issuePath = `issues/${comment.issueNumber}`
  return {
    url,
    html_url: `${pageUrl(fullName(repository), links)}/${issuePath}#issuecomment-${comment.id}`,
    issue_url: `${repositoryUrl(repository, links)}/${issuePath}`,
    id: comment.id,
    node_id: nodeId('IssueComment', comment.id),
    user: simpleUserJson(comment.user, links),
    created_at: timestamp(comment.createdAt),
    updated_at: timestamp(comment.updatedAt),
    author_association: comment.authorAssociation,
    body: comment.body,
    reactions: reactionsOf(url),
    performed_via_github_app: null,
  } satisfies Rest['issue-comment']
}

function head(issue: Issue, repository: Repository, links: Links) {
  const url = issueUrl(issue, repository, links)
  return {
    url,
    repository_url: repositoryUrl(repository, links),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: `${pageUrl(fullName(repository), links)}/issues/${issue.number}`,
    id: issue.id,
    node_id: nodeId('Issue', issue.id),
    number: issue.number,
    title: issue.title,
    user: simpleUserJson(issue.user, links),
  }
}

function middle(issue: Issue, repository: Repository, links: Links) {
  return {
    state: issue.state,
    locked: issue.locked,
    assignee: firstOf(issue.assignees, links),
    assignees: issue.assignees.map(assignee => simpleUserJson(assignee, links)),
    milestone: issue.milestone && milestoneJson(issue.milestone, repository, links),
    comments: issue.comments,
    created_at: timestamp(issue.createdAt),
    updated_at: timestamp(issue.updatedAt),
    closed_at: issue.closedAt && timestamp(issue.closedAt),
    author_association: issue.authorAssociation,
    active_lock_reason: null,
    body: issue.body,
  }
}

function end(issue: Issue, repository: Repository, links: Links) {
  const url = issueUrl(issue, repository, links)
  return {
    reactions: reactionsOf(url),
    timeline_url: `${url}/timeline`,
    performed_via_github_app: null,
    state_reason: issue.stateReason,
  }
}

function issueUrl(issue: Issue, repository: Repository, links: Links): string {
  return `${repositoryUrl(repository, links)}/issues/${issue.number}`
}

// GitHub's `assignee` is left from the days of one for each issue: the first of `assignees`.
function firstOf(accounts: readonly Account[], links: Links) {
  const [first] = accounts
  return first ? simpleUserJson(first, links) : null
}

function reactionsOf(url: string) {
  return {
    url: `${url}/reactions`,
    total_count: 0,
    '+1': 0,
    '-1': 0,
    laugh: 0,
    hooray: 0,
    confused: 0,
    heart: 0,
    rocket: 0,
    eyes: 0,
  } satisfies Rest['reaction-rollup']
}
