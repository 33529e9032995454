// Issues: open, read, list, change and delete. GitHub's REST API cannot delete them.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Account } from '../../account.ts'
import { AppError, refuse, validationFailed } from '../../errors.ts'
import { issueJson } from '../../github/issue.ts'
import { repositoryUrl } from '../../github/links.ts'
import { BODY_LENGTH_MAX, type IssueState, type StateReason, TITLE_LENGTH_MAX } from '../../issue.ts'
import type { Milestone } from '../../milestone.ts'
import { countIssues, type IssueFilter, type IssueOrder, listIssues } from '../../store/issue-list.ts'
import { createIssue, deleteIssue, getIssue, getIssueForChange } from '../../store/issues.ts'
import { findMilestone } from '../../store/milestones.ts'
import type { Db } from '../../store/store.ts'
import { canTriage, type RepositoryParams, repositoryOf } from '../auth.ts'
import type { ApiContext } from '../context.ts'
import { isId, readSince, tooLong } from '../fields.ts'
import { ISSUE_PARAMS, type IssueParams, needsIssues } from '../issue-access.ts'
import {
  addLabels,
  assign,
  assignableAmong,
  type Changed,
  changeIssue,
  changeMilestone,
  changeState,
  changeText,
  replaceAssignees,
  replaceLabels,
  tellAbout,
} from '../issue-change.ts'
import { LABELS_SCHEMA, type LabelsBody, labelNames } from '../label-names.ts'
import { linksOf } from '../links.ts'
import { linkPages, readPage } from '../paging.ts'
import { route } from '../route.ts'
import { commit, type Work } from '../work.ts'

const PATH = '/repos/:owner/:repo/issues'

export function issueRoutes(app: FastifyInstance, context: ApiContext): void {
  createRoute(app, context)
  listRoute(app, context)
  oneRoutes(app, context)
}

type IssueBody = {
  readonly title?: string | number
  readonly body?: string | null
  readonly assignee?: string | null
  readonly assignees?: readonly string[]
  readonly milestone?: string | number | null
  readonly labels?: LabelsBody
  readonly state?: IssueState
  readonly state_reason?: StateReason | null
}

const FIELDS = {
  title: { type: ['string', 'integer'] },
  body: { type: ['string', 'null'] },
  assignee: { type: ['string', 'null'] },
  assignees: { type: 'array', items: { type: 'string' } },
  milestone: { type: ['string', 'integer', 'null'] },
  labels: LABELS_SCHEMA,
} as const

function createRoute(app: FastifyInstance, context: ApiContext): void {
  app.post<{ Params: RepositoryParams; Body: IssueBody }>(
    PATH,
    route('issues/issues#create-an-issue', needsIssues(context, 'participate'), {
      body: { type: 'object', required: ['title'], properties: FIELDS },
    }),
    async (request, reply) => {
      const { title, body } = checkedText(request.body)
      const { role } = repositoryOf(request)
      const { issue, repository } = await commit(context, request, async work => {
        const { sender, tx, nowMs } = work
        const draft = { title: title ?? '', body: body ?? null, user: sender }
        const opened = await createIssue(tx, work.repository, draft, nowMs)
        const { labels, assignees, milestone } = await belongings(work, request.body, canTriage(role))
        const sorted = [
          ...(await changeMilestone(work, opened, milestone ?? null)),
          ...(await addLabels(work, opened, labels ?? [])),
          ...(await assign(work, opened, assignees ?? [])),
        ]
        const made = sorted.length > 0 ? await getIssue(tx, work.repository, opened.number) : opened
        return tellAbout(work, made, [changed => ({ issue: changed, action: 'opened' }), ...sorted])
      })
      const links = linksOf(request)
      reply.code(201).header('location', `${repositoryUrl(repository, links)}/issues/${issue.number}`)
      return issueJson(issue, repository, links)
    },
  )
}

type ListQuery = {
  readonly state: IssueFilter['state']
  readonly sort: IssueOrder['sort']
  readonly direction: IssueOrder['direction']
  readonly labels?: string
  readonly assignee?: string
  readonly creator?: string
  readonly milestone?: string
  readonly since?: string
}

// GitHub's `mentioned` and `type` are ignored: texts are not searched for logins, and there are no types.
const LIST_QUERY = {
  type: 'object',
  properties: {
    state: { type: 'string', enum: ['open', 'closed', 'all'], default: 'open' },
    sort: { type: 'string', enum: ['created', 'updated', 'comments'], default: 'created' },
    direction: { type: 'string', enum: ['asc', 'desc'], default: 'desc' },
    labels: { type: 'string' },
    assignee: { type: 'string' },
    creator: { type: 'string' },
    milestone: { type: 'string' },
    since: { type: 'string' },
  },
} as const

function listRoute(app: FastifyInstance, context: ApiContext): void {
  app.get<{ Params: RepositoryParams; Querystring: ListQuery }>(
    PATH,
    route('issues/issues#list-repository-issues', needsIssues(context, 'read'), { querystring: LIST_QUERY }),
    async (request, reply) => {
      const { repository } = repositoryOf(request)
      const { read } = context.store
      const filter = filterOf(request.query)
      const page = readPage(request.query)
      linkPages(request, reply, page, await countIssues(read, repository.id, filter))
      const issues = await listIssues(read, repository, filter, request.query, page)
      return issues.map(issue => issueJson(issue, repository, linksOf(request)))
    },
  )
}

function oneRoutes(app: FastifyInstance, context: ApiContext): void {
  type One = { Params: IssueParams }
  const path = `${PATH}/:number`

  app.get<One>(
    path,
    route('issues/issues#get-an-issue', needsIssues(context, 'read'), { params: ISSUE_PARAMS }),
    async request => {
      const { repository } = repositoryOf(request)
      const issue = await getIssue(context.store.read, repository, request.params.number)
      return issueJson(issue, repository, linksOf(request))
    },
  )

  app.patch<One & { Body: IssueBody }>(
    path,
    route('issues/issues#update-an-issue', needsIssues(context, 'participate'), {
      params: ISSUE_PARAMS,
      body: { type: 'object', properties: { ...FIELDS, ...STATE_FIELDS } },
    }),
    async request => {
      const { issue, repository } = await changeAsAsked(context, request)
      return issueJson(issue, repository, linksOf(request))
    },
  )

  // Our own: GitHub deletes issues through GraphQL alone.
  app.delete<One>(
    path,
    route('issues/issues#update-an-issue', needsIssues(context, 'admin'), { params: ISSUE_PARAMS }),
    async (request, reply) => {
      await commit(context, request, async work => {
        const issue = await getIssueForChange(work.tx, work.repository, request.params.number)
        await deleteIssue(work.tx, issue)
        await tellAbout(work, issue, [changed => ({ issue: changed, action: 'deleted' })])
      })
      return reply.code(204).send()
    },
  )
}

const STATE_FIELDS = {
  state: { type: 'string', enum: ['open', 'closed'] },
  state_reason: {
    type: ['string', 'null'],
    enum: ['completed', 'not_planned', 'duplicate', 'reopened', null],
  },
} as const

function changeAsAsked(
  context: ApiContext,
  request: FastifyRequest<{ Params: IssueParams; Body: IssueBody }>,
): Promise<Changed> {
  const { body, params } = request
  const text = checkedText(body)
  const maySort = canTriage(repositoryOf(request).role)
  return changeIssue(context, request, params.number, async (work, issue) => {
    // Its author may change the text and the state; labels, assignees and the milestone take the role.
    if (!maySort && issue.user.id !== work.sender.id) {
      throw new AppError('forbidden', 'Must have push rights to Repository.')
    }
    const { labels, assignees, milestone } = await belongings(work, body, maySort)
    return [
      ...(await changeText(work, issue, text)),
      ...(milestone !== undefined ? await changeMilestone(work, issue, milestone) : []),
      ...(labels ? await replaceLabels(work, issue, labels) : []),
      ...(assignees ? await replaceAssignees(work, issue, assignees) : []),
      ...(await changeState(work, issue, body.state, body.state_reason)),
    ]
  })
}

type Text = { readonly title?: string; readonly body?: string | null }

/** An empty body becomes null, as GitHub shows it. */
function checkedText({ title, body }: IssueBody): Text {
  const text = {
    ...(title !== undefined && { title: String(title).trim() }),
    ...(body !== undefined && { body: body || null }),
  }
  refuse([
    ...(text.title === '' ? [{ resource: 'Issue', code: 'missing_field', field: 'title' } as const] : []),
    ...tooLong('Issue', 'title', text.title, TITLE_LENGTH_MAX),
    ...tooLong('Issue', 'body', text.body, BODY_LENGTH_MAX),
  ])
  return text
}

type Belongings = {
  readonly labels?: readonly string[]
  readonly assignees?: readonly Account[]
  readonly milestone?: Milestone | null
}

/** Labels, assignees and the milestone. From who may not set them they are ignored, as GitHub does. */
async function belongings({ tx, repository }: Work, body: IssueBody, maySort: boolean): Promise<Belongings> {
  if (!maySort) return {}
  const milestone = await milestoneIn(tx, repository.id, body.milestone)
  const logins = body.assignees ?? single(body.assignee)
  const assigned = logins && (await assignableAmong(tx, repository, logins))
  if (assigned && assigned.others.length > 0) {
    refuse([{ resource: 'Issue', code: 'invalid', field: 'assignees' }])
  }
  return {
    ...(body.labels && { labels: labelNames(body.labels) }),
    ...(assigned && { assignees: assigned.users }),
    ...(milestone !== undefined && { milestone }),
  }
}

async function milestoneIn(
  tx: Db,
  repositoryId: number,
  wanted: IssueBody['milestone'],
): Promise<Milestone | null | undefined> {
  if (wanted === undefined || wanted === null) return wanted
  const found = isId(String(wanted)) ? await findMilestone(tx, repositoryId, Number(wanted)) : undefined
  if (!found) throw validationFailed({ resource: 'Issue', code: 'invalid', field: 'milestone' })
  return found
}

/** GitHub's older `assignee`: one login, or null for none. */
function single(assignee: string | null | undefined): readonly string[] | undefined {
  if (assignee === undefined) return undefined
  return assignee ? [assignee] : []
}

function filterOf({ state, labels, assignee, creator, milestone, since }: ListQuery): IssueFilter {
  return {
    state,
    labels: (labels ?? '')
      .split(',')
      .map(name => name.trim())
      .filter(name => name !== '')
      .slice(0, LABELS_FILTERED_MAX),
    assignee: assignee || undefined,
    creator: creator || undefined,
    milestone: milestoneFilter(milestone),
    sinceMs: readSince(since, 'Issue'),
  }
}

function milestoneFilter(milestone: string | undefined): IssueFilter['milestone'] {
  if (!milestone) return undefined
  if (milestone === '*' || milestone === 'none') return milestone
  if (isId(milestone)) return Number(milestone)
  throw validationFailed({ resource: 'Issue', code: 'invalid', field: 'milestone' })
}

// Each is a condition of its own in the query.
const LABELS_FILTERED_MAX = 20
