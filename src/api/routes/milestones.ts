// The milestones of a repository.
import type { FastifyInstance } from 'fastify'
import { type ErrorItem, refuse } from '../../errors.ts'
import { labelJson } from '../../github/issue.ts'
import { milestoneJson } from '../../github/milestone.ts'
import { type MilestoneEvent, milestonePayload } from '../../github/payload/milestone.ts'
import type { IssueState } from '../../issue.ts'
import type { Milestone } from '../../milestone.ts'
import {
  countMilestoneLabels,
  countMilestones,
  createMilestone,
  deleteMilestone,
  getMilestone,
  listMilestoneLabels,
  listMilestones,
  type MilestoneChanges,
  type MilestoneOrder,
  updateMilestone,
} from '../../store/milestones.ts'
import { needsRepository, needsUnarchived, type RepositoryParams, repositoryOf } from '../auth.ts'
import type { ApiContext } from '../context.ts'
import { repositoryDraft } from '../draft.ts'
import { controlFaults, isBlank, NUMBER, parseTime, tooLong } from '../fields.ts'
import { linksOf } from '../links.ts'
import { linkPages, readPage } from '../paging.ts'
import { route } from '../route.ts'
import { commit, type Work } from '../work.ts'

const PATH = '/repos/:owner/:repo/milestones'
const TITLE_LENGTH_MAX = 255
const DESCRIPTION_LENGTH_MAX = 65_536

type Body = {
  readonly title?: string
  readonly state?: IssueState
  readonly description?: string | null
  readonly due_on?: string | null
}

const FIELDS = {
  title: { type: 'string' },
  state: { type: 'string', enum: ['open', 'closed'] },
  description: { type: ['string', 'null'] },
  due_on: { type: ['string', 'null'] },
} as const

export function milestoneRoutes(app: FastifyInstance, context: ApiContext): void {
  listRoute(app, context)
  createRoute(app, context)
  oneRoutes(app, context)
  labelsRoute(app, context)
}

const LIST_QUERY = {
  type: 'object',
  properties: {
    state: { type: 'string', enum: ['open', 'closed', 'all'], default: 'open' },
    sort: { type: 'string', enum: ['due_on', 'completeness'], default: 'due_on' },
    direction: { type: 'string', enum: ['asc', 'desc'], default: 'asc' },
  },
} as const

function listRoute(app: FastifyInstance, context: ApiContext): void {
  type List = { Params: RepositoryParams; Querystring: MilestoneOrder & { state: IssueState | 'all' } }
  app.get<List>(
    PATH,
    route('issues/milestones#list-milestones', needsRepository(context, 'read'), { querystring: LIST_QUERY }),
    async (request, reply) => {
      const { repository } = repositoryOf(request)
      const { state } = request.query
      const { read } = context.store
      const page = readPage(request.query)
      linkPages(request, reply, page, await countMilestones(read, repository.id, state))
      const milestones = await listMilestones(read, repository.id, state, request.query, page)
      return milestones.map(milestone => milestoneJson(milestone, repository, linksOf(request)))
    },
  )
}

function createRoute(app: FastifyInstance, context: ApiContext): void {
  app.post<{ Params: RepositoryParams; Body: Body }>(
    PATH,
    route('issues/milestones#create-a-milestone', needsUnarchived(context, 'triage'), {
      body: { type: 'object', required: ['title'], properties: FIELDS },
    }),
    async (request, reply) => {
      const { title = '', description = null, dueOn = null, state } = checked(request.body)
      const milestone = await commit(context, request, async work => {
        const draft = { title, description, dueOn, state: 'open', creator: work.sender } as const
        const made = await createMilestone(work.tx, work.repository.id, draft, work.nowMs)
        tell(work, { action: 'created', milestone: made })
        // GitHub's description of `created` knows only an open one.
        return state === 'closed' ? change(work, made, { state }) : made
      })
      const answer = milestoneJson(milestone, repositoryOf(request).repository, linksOf(request))
      return reply.code(201).header('location', answer.url).send(answer)
    },
  )
}

const PARAMS = { type: 'object', properties: { milestone_number: NUMBER } } as const

type OneParams = RepositoryParams & { readonly milestone_number: number }

function oneRoutes(app: FastifyInstance, context: ApiContext): void {
  type One = { Params: OneParams }
  const path = `${PATH}/:milestone_number`

  app.get<One>(
    path,
    route('issues/milestones#get-a-milestone', needsRepository(context, 'read'), { params: PARAMS }),
    async request => {
      const { repository } = repositoryOf(request)
      const { milestone_number: number } = request.params
      const milestone = await getMilestone(context.store.read, repository.id, number)
      return milestoneJson(milestone, repository, linksOf(request))
    },
  )

  app.patch<One & { Body: Body }>(
    path,
    route('issues/milestones#update-a-milestone', needsUnarchived(context, 'triage'), {
      params: PARAMS,
      body: { type: 'object', properties: FIELDS },
    }),
    async request => {
      const wanted = checked(request.body)
      const milestone = await commit(context, request, async work => {
        const before = await getMilestone(work.tx, work.repository.id, request.params.milestone_number)
        return change(work, before, wanted)
      })
      return milestoneJson(milestone, repositoryOf(request).repository, linksOf(request))
    },
  )

  app.delete<One>(
    path,
    route('issues/milestones#delete-a-milestone', needsUnarchived(context, 'triage'), { params: PARAMS }),
    async (request, reply) => {
      await commit(context, request, async work => {
        const milestone = await getMilestone(work.tx, work.repository.id, request.params.milestone_number)
        await deleteMilestone(work.tx, milestone.id)
        tell(work, { action: 'deleted', milestone })
      })
      return reply.code(204).send()
    },
  )
}

function labelsRoute(app: FastifyInstance, context: ApiContext): void {
  app.get<{ Params: OneParams }>(
    `${PATH}/:milestone_number/labels`,
    route('issues/labels#list-labels-for-issues-in-a-milestone', needsRepository(context, 'read'), {
      params: PARAMS,
    }),
    async (request, reply) => {
      const { repository } = repositoryOf(request)
      const { read } = context.store
      const { id } = await getMilestone(read, repository.id, request.params.milestone_number)
      const page = readPage(request.query)
      linkPages(request, reply, page, await countMilestoneLabels(read, id))
      const labels = await listMilestoneLabels(read, id, page)
      return labels.map(label => labelJson(label, repository, linksOf(request)))
    },
  )
}

/** Tells of the text and of the state apart. What is as it was already is no change. */
async function change(work: Work, before: Milestone, wanted: MilestoneChanges): Promise<Milestone> {
  const { title, description, dueOn, state } = wanted
  const isRenamed = title !== undefined && title !== before.title
  const isRedescribed = description !== undefined && description !== before.description
  const isPutOff = dueOn !== undefined && dueOn?.getTime() !== before.dueOn?.getTime()
  const isTurned = state !== undefined && state !== before.state
  if (!isRenamed && !isRedescribed && !isPutOff && !isTurned) return before

  const changes = {
    ...(isRenamed && { title }),
    ...(isRedescribed && { description }),
    ...(isPutOff && { dueOn }),
    ...(isTurned && { state }),
  }
  const after = await updateMilestone(work.tx, before, changes, work.nowMs)
  const was = {
    ...(isRenamed && { title: before.title }),
    ...(isRedescribed && { description: before.description }),
    ...(isPutOff && { dueOn: before.dueOn }),
  }
  if (Object.keys(was).length > 0) tell(work, { action: 'edited', milestone: after, changes: was })
  if (isTurned) tell(work, { action: after.state === 'closed' ? 'closed' : 'opened', milestone: after })
  return after
}

function tell({ tell, repository, sender, links }: Work, event: MilestoneEvent): void {
  const scene = { repository, sender }
  tell(repositoryDraft('milestone', milestonePayload(event, scene, links), scene))
}

function checked(body: Body): MilestoneChanges {
  const { state, due_on: dueOn } = body
  const title = body.title?.trim()
  const dueMs = dueOn ? parseTime(dueOn) : null
  const faults: ErrorItem[] = [
    ...(title !== undefined && isBlank(title)
      ? [{ resource: 'Milestone', code: 'missing_field', field: 'title' } as const]
      : []),
    ...tooLong('Milestone', 'title', title, TITLE_LENGTH_MAX),
    ...controlFaults('Milestone', 'title', title),
    ...tooLong('Milestone', 'description', body.description, DESCRIPTION_LENGTH_MAX),
    ...(Number.isNaN(dueMs) ? [{ resource: 'Milestone', code: 'invalid', field: 'due_on' } as const] : []),
  ]
  refuse(faults)
  return {
    ...(title !== undefined && { title }),
    ...(body.description !== undefined && { description: body.description || null }),
    ...(dueOn !== undefined && { dueOn: dueMs === null ? null : new Date(dueMs) }),
    ...(state !== undefined && { state }),
  }
}
