// What can change about an issue, and which events tell of it. Each change is made within a unit of
// work, and gives back what happened; `tell…` then makes the events, so that every one of them
// shows the issue and its repository as they are when all is done.
import type { FastifyRequest } from 'fastify'
import type { Account } from '../account.ts'
import { refuse } from '../errors.ts'
import { type IssuesEvent, issuesPayload } from '../github/payload/issues.ts'
import { labelPayload } from '../github/payload/label.ts'
import {
  ASSIGNEES_PER_ISSUE_MAX,
  type Issue,
  type IssueState,
  LABELS_PER_ISSUE_MAX,
  type Label,
  type StateReason,
} from '../issue.ts'
import type { Milestone } from '../milestone.ts'
import { includesRole, type Repository } from '../repository.ts'
import { findAccountsByLogin, membersAmong } from '../store/accounts.ts'
import { permissionsAmong } from '../store/collaborators.ts'
import {
  addAssignees,
  addIssueLabels,
  editIssue,
  getIssue,
  getIssueForChange,
  removeAssignees,
  removeIssueLabels,
  setIssueMilestone,
  setIssueState,
  touchIssue,
} from '../store/issues.ts'
import { ensureLabels } from '../store/labels.ts'
import { findMilestonesById } from '../store/milestones.ts'
import { reloadRepository } from '../store/repositories.ts'
import type { Db } from '../store/store.ts'
import type { ApiContext } from './context.ts'
import { repositoryDraft } from './draft.ts'
import { tooMany } from './fields.ts'
import { commit, type Work } from './work.ts'

export type Happening = (issue: Issue) => IssuesEvent

export type Changed = { readonly issue: Issue; readonly repository: Repository }

/** Changes the issue of this number, and tells of it. */
export function changeIssue(
  context: ApiContext,
  request: FastifyRequest,
  number: number,
  change: (work: Work, issue: Issue) => Promise<readonly Happening[]>,
): Promise<Changed> {
  return commit(context, request, async work => {
    const issue = await getIssueForChange(work.tx, work.repository, number)
    return tellOfIssue(work, issue, await change(work, issue))
  })
}

/** Touches the issue and tells what happened to it, in that order; or, when nothing did, neither. */
async function tellOfIssue(work: Work, issue: Issue, happenings: readonly Happening[]): Promise<Changed> {
  const { tx, repository, nowMs } = work
  if (happenings.length === 0) return { issue, repository }
  await touchIssue(tx, issue.id, nowMs)
  return tellAbout(work, await getIssue(tx, repository, issue.number), happenings)
}

/** Tells of the issue as it is given: a deleted one cannot be read again. */
export async function tellAbout(
  { tx, tell, repository, sender, links }: Work,
  issue: Issue,
  happenings: readonly Happening[],
): Promise<Changed> {
  const scene = { repository: await reloadRepository(tx, repository), sender }
  for (const happening of happenings) {
    tell(repositoryDraft('issues', issuesPayload(happening(issue), scene, links), scene))
  }
  return { issue, repository: scene.repository }
}

export async function changeText(
  { tx }: Work,
  issue: Issue,
  wanted: { readonly title?: string | undefined; readonly body?: string | null | undefined },
): Promise<Happening[]> {
  const { title, body } = wanted
  const was = {
    ...(title !== undefined && title !== issue.title && { title: issue.title }),
    ...(body !== undefined && body !== issue.body && { body: issue.body }),
  }
  if (Object.keys(was).length === 0) return []
  await editIssue(tx, issue.id, {
    ...(title !== undefined && { title }),
    ...(body !== undefined && { body }),
  })
  return [changed => ({ issue: changed, action: 'edited', changes: was })]
}

/** Each is told with its counts as they are afterwards. */
export async function changeMilestone(
  { tx }: Work,
  issue: Issue,
  wanted: Milestone | null,
): Promise<Happening[]> {
  const before = issue.milestone
  if (before?.id === wanted?.id) return []
  await setIssueMilestone(tx, issue, wanted)
  const now = await findMilestonesById(
    tx,
    [before, wanted].flatMap(milestone => milestone?.id ?? []),
  )
  const told = (milestone: Milestone | null, action: 'milestoned' | 'demilestoned'): Happening[] => {
    const current = milestone && now.get(milestone.id)
    return current ? [changed => ({ issue: changed, action, milestone: current })] : []
  }
  return [...told(before, 'demilestoned'), ...told(wanted, 'milestoned')]
}

/** The reason is ignored unless the state changes, and unless it goes with the new state. */
export async function changeState(
  { tx, sender, nowMs }: Work,
  issue: Issue,
  state: IssueState | undefined,
  reason: StateReason | null | undefined,
): Promise<Happening[]> {
  if (state === undefined || state === issue.state) return []
  const closingReason = reason && reason !== 'reopened' ? reason : 'completed'
  const given = state === 'closed' ? closingReason : 'reopened'
  await setIssueState(tx, issue, { state, reason: given, byId: sender.id }, nowMs)
  const action = state === 'closed' ? 'closed' : 'reopened'
  return [changed => ({ issue: changed, action })]
}

export async function addLabels(work: Work, issue: Issue, names: readonly string[]): Promise<Happening[]> {
  const labels = await labelsNamed(work, names)
  const held = new Set(issue.labels.map(label => label.id))
  const added = labels.filter(label => !held.has(label.id))
  refuse(tooMany('Issue', 'labels', held.size + added.length, LABELS_PER_ISSUE_MAX))
  await addIssueLabels(work.tx, issue.id, added)
  return added.map(label => changed => ({ issue: changed, action: 'labeled', label }))
}

export async function removeLabels(
  { tx }: Work,
  issue: Issue,
  labels: readonly Label[],
): Promise<Happening[]> {
  await removeIssueLabels(tx, issue.id, labels)
  return labels.map(label => changed => ({ issue: changed, action: 'unlabeled', label }))
}

export async function replaceLabels(
  work: Work,
  issue: Issue,
  names: readonly string[],
): Promise<Happening[]> {
  const wanted = new Set(names.map(name => name.toLowerCase()))
  const kept = issue.labels.filter(label => wanted.has(label.name.toLowerCase()))
  const removed = await removeLabels(
    work,
    issue,
    issue.labels.filter(label => !kept.includes(label)),
  )
  return [...removed, ...(await addLabels(work, { ...issue, labels: kept }, names))]
}

export async function assign({ tx }: Work, issue: Issue, users: readonly Account[]): Promise<Happening[]> {
  const held = new Set(issue.assignees.map(user => user.id))
  const added = users.filter(user => !held.has(user.id))
  refuse(tooMany('Issue', 'assignees', held.size + added.length, ASSIGNEES_PER_ISSUE_MAX))
  await addAssignees(tx, issue.id, added)
  return added.map(assignee => changed => ({ issue: changed, action: 'assigned', assignee }))
}

export async function unassign({ tx }: Work, issue: Issue, users: readonly Account[]): Promise<Happening[]> {
  await removeAssignees(tx, issue.id, users)
  return users.map(assignee => changed => ({ issue: changed, action: 'unassigned', assignee }))
}

export async function replaceAssignees(
  work: Work,
  issue: Issue,
  users: readonly Account[],
): Promise<Happening[]> {
  const wanted = new Set(users.map(user => user.id))
  const kept = issue.assignees.filter(user => wanted.has(user.id))
  const removed = await unassign(
    work,
    issue,
    issue.assignees.filter(user => !wanted.has(user.id)),
  )
  return [...removed, ...(await assign(work, { ...issue, assignees: kept }, users))]
}

/** `users` may be assigned, since they may push; `others` may not. */
export async function assignableAmong(
  db: Db,
  { id, owner }: Repository,
  logins: readonly string[],
): Promise<{ readonly users: readonly Account[]; readonly others: readonly string[] }> {
  refuse(tooMany('Issue', 'assignees', logins.length, ASSIGNEES_PER_ISSUE_MAX))
  const found = (await findAccountsByLogin(db, logins)).filter(account => account.type === 'User')
  const ids = found.map(user => user.id)
  const members = owner.type === 'User' ? new Set([owner.id]) : await membersAmong(db, owner.id, ids)
  const given = await permissionsAmong(db, id, ids)
  const users = found.filter(
    user => members.has(user.id) || includesRole(given.get(user.id) ?? 'pull', 'push'),
  )
  const keys = new Set(users.map(user => user.login.toLowerCase()))
  return { users, others: logins.filter(login => !keys.has(login.toLowerCase())) }
}

// Naming a label that is not there creates it, which is an event of its own.
async function labelsNamed(work: Work, names: readonly string[]): Promise<readonly Label[]> {
  const { tx, tell, repository, sender, links } = work
  const { labels, created } = await ensureLabels(tx, repository.id, names)
  const scene = { repository, sender }
  for (const label of created) {
    tell(repositoryDraft('label', labelPayload({ action: 'created', label }, scene, links), scene))
  }
  return labels
}
