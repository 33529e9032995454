// Issues and what hangs on them: comments, labels, assignees.
import type { Conformity } from '../conformity.ts'

const REPO = '/repos/{owner}/{repo}'
const ISSUES = `${REPO}/issues`
const ISSUE = `${ISSUES}/{issue_number}`
const MILESTONES = `${REPO}/milestones`
const LABELS = `${REPO}/labels`

export async function exerciseIssues(it: Conformity): Promise<void> {
  await changeLabels(it)
  await changeMilestones(it)
  await changeIssues(it)
  await sortIssues(it)
  await comment(it)
  await refuse(it)
}

async function changeLabels(it: Conformity): Promise<void> {
  const { json: label } = await it.call(`POST ${LABELS}`, 201, {
    body: { name: ':bug: Bugfix', color: 'd73a4a', description: "Something isn't working" },
  })
  it.use({ name: label.name })
  await it.call(`POST ${LABELS}`, 201, { body: { name: 'plain' } })
  await it.call(`GET ${LABELS}`, 200)
  await it.call(`GET ${LABELS}`, 200, { query: '?per_page=1' })
  await it.call(`GET ${LABELS}/{name}`, 200)
  await it.call(`PATCH ${LABELS}/{name}`, 200, { body: { description: 'Broken', color: 'ff0000' } })
  await it.call(`DELETE ${LABELS}/{name}`, 204, { params: { name: 'plain' } })
  const refused = [{}, { name: ':BUG: bugfix' }, { name: 'a', color: 'red' }, { name: 7 }]
  for (const body of refused) await it.call(`POST ${LABELS}`, 422, { body })
  await it.call(`PATCH ${LABELS}/{name}`, 422, { body: { color: 'red' } })
}

async function changeMilestones(it: Conformity): Promise<void> {
  const { json } = await it.call(`POST ${MILESTONES}`, 201, {
    body: { title: 'v1.0', description: 'The first', due_on: '2030-10-09T23:39:01Z' },
  })
  it.use({ milestone_number: json.number })
  const other = await it.call(`POST ${MILESTONES}`, 201, { body: { title: 'bare', state: 'closed' } })
  await it.call(`GET ${MILESTONES}`, 200)
  await it.call(`GET ${MILESTONES}`, 200, { query: '?state=all&per_page=1' })
  const one = `${MILESTONES}/{milestone_number}`
  await it.call(`GET ${one}`, 200)
  await it.call(`PATCH ${one}`, 200, { body: { state: 'closed' } })
  await it.call(`PATCH ${one}`, 200, { body: { state: 'open' } })
  await it.call(`DELETE ${one}`, 204, { params: { milestone_number: other.json.number } })
  for (const body of [{}, { title: '' }, { title: 'v1.0' }, { title: 'a', due_on: 'soon' }, { title: 7 }]) {
    await it.call(`POST ${MILESTONES}`, 422, { body })
  }
  await it.call(`PATCH ${one}`, 422, { body: { state: 'ajar' } })
}

async function changeIssues(it: Conformity): Promise<void> {
  const { json: issue } = await it.call(`POST ${ISSUES}`, 201, {
    body: { title: 'It leaks', body: 'Everywhere.', labels: [':bug: Bugfix'], assignees: ['octocat'] },
  })
  it.use({ issue_number: issue.number })
  await it.call(`POST ${ISSUES}`, 201, { body: { title: 'Bare' }, token: it.tokens.stranger })
  await it.call(`GET ${ISSUES}`, 200)
  for (const query of ['?per_page=1', '?state=all&sort=comments', '?labels=nothing', '?creator=octocat']) {
    await it.call(`GET ${ISSUES}`, 200, { query })
  }
  await it.call(`GET ${ISSUE}`, 200)
  await it.call(`PATCH ${ISSUE}`, 200, { body: { milestone: 1, labels: [':bug: Bugfix'] } })
  await it.call(`GET ${MILESTONES}/{milestone_number}/labels`, 200)
  await it.call(`PATCH ${ISSUE}`, 200, { body: { title: 'It drips', body: null } })
  for (const state_reason of ['completed', 'not_planned', 'duplicate']) {
    await it.call(`PATCH ${ISSUE}`, 200, { body: { state: 'closed', state_reason } })
    await it.call(`GET ${ISSUES}`, 200, { query: '?state=closed' })
    await it.call(`PATCH ${ISSUE}`, 200, { body: { state: 'open' } })
  }
}

async function sortIssues(it: Conformity): Promise<void> {
  await it.call(`POST ${ISSUE}/labels`, 200, { body: { labels: ['help wanted'] } })
  await it.call(`POST ${ISSUE}/labels`, 200, { body: { labels: [{ name: 'good first issue' }] } })
  await it.call(`GET ${ISSUE}/labels`, 200)
  await it.call(`DELETE ${ISSUE}/labels/{name}`, 200, { params: { name: 'help wanted' } })
  await it.call(`PUT ${ISSUE}/labels`, 200, { body: { labels: [':bug: Bugfix'] } })
  await it.call(`DELETE ${ISSUE}/labels`, 204)
  await it.call(`POST ${ISSUE}/labels`, 200, { body: { labels: [':bug: Bugfix'] } })
  for (const method of ['POST', 'PUT']) {
    await it.call(`${method} ${ISSUE}/labels`, 422, { body: { labels: [7] } })
  }
  await it.call(`DELETE ${ISSUE}/assignees`, 200, { body: { assignees: ['octocat'] } })
  await it.call(`POST ${ISSUE}/assignees`, 201, { body: { assignees: ['octocat', 'nobody'] } })
}

async function comment(it: Conformity): Promise<void> {
  const { json } = await it.call(`POST ${ISSUE}/comments`, 201, { body: { body: 'Me too.' } })
  it.use({ comment_id: json.id })
  const other = await it.call(`POST ${ISSUE}/comments`, 201, {
    body: { body: 'Nor I.' },
    token: it.tokens.stranger,
  })
  const one = `${ISSUES}/comments/{comment_id}`
  await it.call(`GET ${ISSUE}/comments`, 200)
  await it.call(`GET ${ISSUE}/comments`, 200, { query: '?per_page=1&since=2020-01-01T00:00:00Z' })
  await it.call(`GET ${one}`, 200)
  await it.call(`PATCH ${one}`, 200, { body: { body: 'Me as well.' } })
  await it.call(`DELETE ${one}`, 204, { params: { comment_id: other.json.id } })
  for (const body of [{}, { body: '' }, { body: 7 }]) {
    await it.call(`POST ${ISSUE}/comments`, 422, { body })
    await it.call(`PATCH ${one}`, 422, { body })
  }
}

async function refuse(it: Conformity): Promise<void> {
  for (const query of ['?state=ajar', '?since=yesterday']) await it.call(`GET ${ISSUES}`, 422, { query })
  for (const body of [{}, { title: '' }, { title: 'a', labels: 'bug' }, { title: 'a', milestone: 999 }]) {
    await it.call(`POST ${ISSUES}`, 422, { body })
  }
  await it.call(`POST ${ISSUES}`, 400, { body: '{"title":' })
  await it.call(`PATCH ${ISSUE}`, 422, { body: { state: 'ajar' } })
  await it.call(`PATCH ${ISSUE}`, 403, { body: { title: 'Mine' }, token: it.tokens.stranger })
}
