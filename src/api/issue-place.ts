// What the routes about issues, labels and comments share: whether the repository takes them, and
// the unit of work in which they change something.
import type { FastifyRequest } from 'fastify'
import type { Scope } from '../account.ts'
import { AppError, type ErrorItem } from '../errors.ts'
import { type Issue, LABELS_PER_ISSUE_MAX } from '../issue.ts'
import { getIssueForChange } from '../store/issues.ts'
import { needsRepository, type RepositoryWanted, repositoryOf, requireCaller } from './auth.ts'
import type { ApiContext } from './context.ts'
import { controlFaults, isBlank, NUMBER, refuse, tooLong } from './fields.ts'
import { type Changed, type Happening, tellOfIssue, tooMany, type Work } from './issue-change.ts'
import { ownLinks } from './links.ts'
import type { OnRequest } from './route.ts'

export const ISSUE_PARAMS = { type: 'object', properties: { number: NUMBER } } as const

export type RepositoryParams = { readonly owner: string; readonly repo: string }
export type IssueParams = RepositoryParams & { readonly number: number }

/** For `onRequest`: a repository that has issues, and that still takes changes if any is wanted. */
export function needsIssues(context: ApiContext, wanted: RepositoryWanted): OnRequest[] {
  return [
    ...needsUnarchived(context, wanted),
    async request => {
      if (repositoryOf(request).repository.hasIssues) return
      throw new AppError('gone', 'Issues has been disabled in this repository.')
    },
  ]
}

export function needsUnarchived(context: ApiContext, wanted: RepositoryWanted, scope?: Scope): OnRequest[] {
  return [
    needsRepository(context, wanted, scope),
    async request => {
      if (wanted === 'read' || !repositoryOf(request).repository.archived) return
      throw new AppError('forbidden', 'Repository was archived so is read-only.')
    },
  ]
}

/** One unit of work for this request. It may wait for nothing but the database. */
export function commit<T>(
  { engine, clock }: ApiContext,
  request: FastifyRequest,
  work: (work: Work) => Promise<T>,
): Promise<T> {
  const { repository } = repositoryOf(request)
  const sender = requireCaller(request).user
  const links = ownLinks(request)
  return engine.commit((tx, tell) => work({ tx, tell, repository, sender, links, nowMs: clock.nowMs() }))
}

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

/** GitHub takes a label by its name, or as the object that it gave out itself. */
export const LABELS_SCHEMA = {
  type: 'array',
  items: { type: ['string', 'object'], properties: { name: { type: 'string' } }, required: ['name'] },
} as const

export type LabelsBody = readonly (string | { readonly name: string })[]

const LABEL_NAME_LENGTH_MAX = 50

/** Throws `validation_failed` for a name that no label can have, and for more than an issue can have. */
export function labelNames(labels: LabelsBody): readonly string[] {
  refuse(tooMany('labels', labels.length, LABELS_PER_ISSUE_MAX))
  const names = labels.map(label => (typeof label === 'string' ? label : label.name).trim())
  for (const name of names) {
    refuse(labelNameFaults(name))
  }
  return names
}

export function labelNameFaults(name: string): ErrorItem[] {
  if (isBlank(name)) return [{ resource: 'Label', code: 'missing_field', field: 'name' }]
  return [...tooLong('Label', 'name', name, LABEL_NAME_LENGTH_MAX), ...controlFaults('Label', 'name', name)]
}
