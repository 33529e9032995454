// Every payload that we can build, named as GitHub names it, for a repository of either owner.
import type { Links } from '../../src/github/links.ts'
import { issueCommentPayload } from '../../src/github/payload/issue-comment.ts'
import { issuesPayload } from '../../src/github/payload/issues.ts'
import { labelPayload } from '../../src/github/payload/label.ts'
import { memberPayload } from '../../src/github/payload/member.ts'
import { milestonePayload } from '../../src/github/payload/milestone.ts'
import { organizationPayload, userPayload } from '../../src/github/payload/organization.ts'
import { metaDeletedPayload, pingPayload } from '../../src/github/payload/ping.ts'
import { repositoryPayload } from '../../src/github/payload/repository.ts'
import type { Scene } from '../../src/github/payload/scene.ts'
import { starPayload, watchStartedPayload } from '../../src/github/payload/star.ts'
import { zen } from '../../src/github/zen.ts'
import { bareIssue, bug, closedIssue, comment, hookOn, issue, milestone, octocat, octoOrg } from './sample.ts'

export type Built = Readonly<Record<string, unknown>>

export function payloadsOf(scene: Scene, links: Links): ReadonlyMap<string, Built> {
  const repository = {
    hook: hookOn('repository'),
    owner: { kind: 'repository', repository: scene.repository },
  } as const
  const closedMilestone = { ...milestone, state: 'closed', closedAt: milestone.updatedAt } as const
  const was = new Date('2026-11-22T00:00:00.500Z')
  return new Map<string, Built>([
    ['ping', pingPayload({ ...repository, sender: octocat, zen: zen(0) }, links)],
    ['meta.deleted', metaDeletedPayload({ ...repository, sender: octocat }, links)],
    ['issues.opened', issuesPayload({ action: 'opened', issue }, scene, links)],
    ['issues.closed', issuesPayload({ action: 'closed', issue: closedIssue }, scene, links)],
    [
      'issues.reopened',
      issuesPayload({ action: 'reopened', issue: { ...issue, stateReason: 'reopened' } }, scene, links),
    ],
    ['issues.deleted', issuesPayload({ action: 'deleted', issue: bareIssue }, scene, links)],
    [
      'issues.edited',
      issuesPayload({ action: 'edited', issue, changes: { title: 'Was', body: null } }, scene, links),
    ],
    ['issues.labeled', issuesPayload({ action: 'labeled', issue, label: bug }, scene, links)],
    ['issues.unlabeled', issuesPayload({ action: 'unlabeled', issue: bareIssue, label: bug }, scene, links)],
    ['issues.assigned', issuesPayload({ action: 'assigned', issue, assignee: octocat }, scene, links)],
    [
      'issues.unassigned',
      issuesPayload({ action: 'unassigned', issue: bareIssue, assignee: octocat }, scene, links),
    ],
    ['issues.milestoned', issuesPayload({ action: 'milestoned', issue, milestone }, scene, links)],
    [
      'issues.demilestoned',
      issuesPayload({ action: 'demilestoned', issue: bareIssue, milestone }, scene, links),
    ],
    ['milestone.created', milestonePayload({ action: 'created', milestone }, scene, links)],
    [
      'milestone.edited',
      milestonePayload(
        { action: 'edited', milestone, changes: { title: 'v1', description: null, dueOn: was } },
        scene,
        links,
      ),
    ],
    ['milestone.closed', milestonePayload({ action: 'closed', milestone: closedMilestone }, scene, links)],
    ['milestone.opened', milestonePayload({ action: 'opened', milestone }, scene, links)],
    ['milestone.deleted', milestonePayload({ action: 'deleted', milestone }, scene, links)],
    ['member.added', memberPayload({ action: 'added', member: octocat, role: 'maintain' }, scene, links)],
    [
      'member.edited',
      memberPayload({ action: 'edited', member: octocat, role: 'admin', was: 'triage' }, scene, links),
    ],
    ['member.removed', memberPayload({ action: 'removed', member: octocat }, scene, links)],
    ['issue_comment.created', issueCommentPayload({ action: 'created', issue, comment }, scene, links)],
    [
      'issue_comment.edited',
      issueCommentPayload({ action: 'edited', issue, comment, was: 'Was' }, scene, links),
    ],
    ['issue_comment.deleted', issueCommentPayload({ action: 'deleted', issue, comment }, scene, links)],
    ['label.created', labelPayload({ action: 'created', label: bug }, scene, links)],
    [
      'label.edited',
      labelPayload(
        { action: 'edited', label: bug, changes: { name: 'bug', color: 'cb1f00', description: null } },
        scene,
        links,
      ),
    ],
    ['label.deleted', labelPayload({ action: 'deleted', label: bug }, scene, links)],
    ['repository.created', repositoryPayload({ action: 'created' }, scene, links)],
    [
      'repository.edited',
      repositoryPayload(
        {
          action: 'edited',
          changes: {
            description: null,
            homepage: 'https://example.com',
            defaultBranch: 'master',
            topics: [],
          },
        },
        scene,
        links,
      ),
    ],
    ['repository.renamed', repositoryPayload({ action: 'renamed', was: 'Hallo-Welt' }, scene, links)],
    ['repository.archived', repositoryPayload({ action: 'archived' }, scene, links)],
    ['repository.unarchived', repositoryPayload({ action: 'unarchived' }, scene, links)],
    ['repository.deleted', repositoryPayload({ action: 'deleted' }, scene, links)],
    ['repository.privatized', repositoryPayload({ action: 'privatized' }, scene, links)],
    ['repository.publicized', repositoryPayload({ action: 'publicized' }, scene, links)],
    ['star.created', starPayload({ action: 'created', starredAt: was }, scene, links)],
    ['star.deleted', starPayload({ action: 'deleted' }, scene, links)],
    ['watch.started', watchStartedPayload(scene, links)],
  ])
}

/** What a hook of an organization hears of itself: no repository. */
export function organizationHookPayloads(links: Links): ReadonlyMap<string, Built> {
  const organization = {
    hook: hookOn('organization'),
    owner: { kind: 'organization', organization: octoOrg },
    sender: octocat,
  } as const
  const member = { member: octocat, role: 'member' } as const
  const scene = { organization: octoOrg, sender: octocat }
  return new Map<string, Built>([
    ['ping', pingPayload({ ...organization, zen: zen(0.999) }, links)],
    ['meta.deleted', metaDeletedPayload(organization, links)],
    ['organization.member_added', organizationPayload({ action: 'member_added', ...member }, scene, links)],
    [
      'organization.member_removed',
      organizationPayload({ action: 'member_removed', ...member }, scene, links),
    ],
    ['organization.renamed', organizationPayload({ action: 'renamed', was: 'octopus-org' }, scene, links)],
    ['organization.deleted', organizationPayload({ action: 'deleted' }, scene, links)],
    ['user.created', userPayload('created', octocat, octocat, links)],
    ['user.deleted', userPayload('deleted', octocat, octocat, links)],
  ])
}
