// `issues`: what happened to an issue, one event for each label, each assignee and each milestone.
import type { Account } from '../../account.ts'
import type { Issue, Label } from '../../issue.ts'
import type { Milestone } from '../../milestone.ts'
import { webhookIssueJson, webhookLabelJson } from '../issue.ts'
import type { Links } from '../links.ts'
import { milestoneJson } from '../milestone.ts'
import type { OfIssue, Webhook } from '../openapi.ts'
import { simpleUserJson } from '../user.ts'
import { type Scene, sceneJson } from './scene.ts'

/** `issue` is as it is afterwards; `changes` holds what was there before, of what changed. */
export type IssuesEvent = { readonly issue: Issue } & (
  | { readonly action: 'opened' | 'closed' | 'reopened' | 'deleted' }
  | {
      readonly action: 'edited'
      readonly changes: { readonly title?: string; readonly body?: string | null }
    }
  | { readonly action: 'labeled' | 'unlabeled'; readonly label: Label }
  | { readonly action: 'assigned' | 'unassigned'; readonly assignee: Account }
  | { readonly action: 'milestoned' | 'demilestoned'; readonly milestone: Milestone }
)

export function issuesPayload(event: IssuesEvent, scene: Scene, links: Links) {
  const issue = webhookIssueJson(event.issue, scene.repository, links)
  const rest = sceneJson(scene, links)

  switch (event.action) {
    case 'opened':
      return { action: event.action, issue, ...rest } satisfies OfIssue<Webhook['webhook-issues-opened']>
    case 'closed':
      return { action: event.action, issue, ...rest } satisfies OfIssue<Webhook['webhook-issues-closed']>
    case 'reopened':
      return { action: event.action, issue, ...rest } satisfies OfIssue<Webhook['webhook-issues-reopened']>
    case 'deleted':
      return { action: event.action, issue, ...rest } satisfies OfIssue<Webhook['webhook-issues-deleted']>
    case 'edited':
      return {
        action: event.action,
        issue,
        changes: changesJson(event.changes),
        ...rest,
      } satisfies OfIssue<Webhook['webhook-issues-edited']>
    case 'labeled':
    case 'unlabeled': {
      const label = webhookLabelJson(event.label, scene.repository, links)
      return { action: event.action, issue, label, ...rest } satisfies
        | OfIssue<Webhook['webhook-issues-labeled']>
        | OfIssue<Webhook['webhook-issues-unlabeled']>
    }
    case 'assigned':
    case 'unassigned': {
      const assignee = simpleUserJson(event.assignee, links)
      return { action: event.action, issue, assignee, ...rest } satisfies
        | OfIssue<Webhook['webhook-issues-assigned']>
        | OfIssue<Webhook['webhook-issues-unassigned']>
    }
    case 'milestoned':
    case 'demilestoned': {
      const milestone = milestoneJson(event.milestone, scene.repository, links)
      return { action: event.action, issue, milestone, ...rest } satisfies
        | OfIssue<Webhook['webhook-issues-milestoned']>
        | OfIssue<Webhook['webhook-issues-demilestoned']>
    }
  }
}

// A body that was empty is told as empty text: `from` is a string in GitHub's description.
function changesJson({ title, body }: { readonly title?: string; readonly body?: string | null }) {
  return {
    ...(title !== undefined && { title: { from: title } }),
    ...(body !== undefined && { body: { from: body ?? '' } }),
  }
}
