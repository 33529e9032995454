// A milestone in GitHub's JSON: the same in answers and in payloads.
import type { Milestone } from '../milestone.ts'
import { fullName, type Repository } from '../repository.ts'
import { type Links, nodeId, pageUrl, repositoryUrl, timestamp } from './links.ts'
import type { Rest, Webhook } from './openapi.ts'
import { simpleUserJson } from './user.ts'

export function milestoneJson(milestone: Milestone, repository: Repository, links: Links) {
  const url = `${repositoryUrl(repository, links)}/milestones/${milestone.number}`
  return {
    url,
    html_url: `${pageUrl(fullName(repository), links)}/milestone/${milestone.number}`,
    labels_url: `${url}/labels`,
    id: milestone.id,
    node_id: nodeId('Milestone', milestone.id),
    number: milestone.number,
    title: milestone.title,
    description: milestone.description,
    creator: simpleUserJson(milestone.creator, links),
    open_issues: milestone.openIssues,
    closed_issues: milestone.closedIssues,
    state: milestone.state,
    created_at: timestamp(milestone.createdAt),
    updated_at: timestamp(milestone.updatedAt),
    due_on: milestone.dueOn && timestamp(milestone.dueOn),
    closed_at: milestone.closedAt && timestamp(milestone.closedAt),
  } satisfies Rest['milestone'] & Webhook['webhooks_milestone']
}
