// Comments on issues. Whoever can read the issue may write one; its author, and whoever may push, may
// change it.
import type { FastifyInstance } from 'fastify'
import { AppError, refuse } from '../../errors.ts'
import { commentJson } from '../../github/issue.ts'
import { type IssueCommentEvent, issueCommentPayload } from '../../github/payload/issue-comment.ts'
import { BODY_LENGTH_MAX, type Comment, type Issue } from '../../issue.ts'
import {
  countComments,
  createComment,
  deleteComment,
  editComment,
  getComment,
  listComments,
} from '../../store/comments.ts'
import { getIssue, getIssueForChange } from '../../store/issues.ts'
import { reloadRepository } from '../../store/repositories.ts'
import { canPush, type RepositoryParams, repositoryOf } from '../auth.ts'
import type { ApiContext } from '../context.ts'
import { repositoryDraft } from '../draft.ts'
import { isBlank, NUMBER, readSince, tooLong } from '../fields.ts'
import { ISSUE_PARAMS, type IssueParams, needsIssues } from '../issue-access.ts'
import { linksOf } from '../links.ts'
import { linkPages, readPage } from '../paging.ts'
import { route } from '../route.ts'
import { commit, type Work } from '../work.ts'

const ISSUES = '/repos/:owner/:repo/issues'

type Body = { readonly body: string }

const BODY = { type: 'object', required: ['body'], properties: { body: { type: 'string' } } } as const
const COMMENT_PARAMS = { type: 'object', properties: { comment_id: NUMBER } } as const

export function commentRoutes(app: FastifyInstance, context: ApiContext): void {
  issueRoutes(app, context)
  oneRoutes(app, context)
}

function issueRoutes(app: FastifyInstance, context: ApiContext): void {
  const path = `${ISSUES}/:number/comments`

  app.get<{ Params: IssueParams; Querystring: { readonly since?: string } }>(
    path,
    route('issues/comments#list-issue-comments', needsIssues(context, 'read'), {
      params: ISSUE_PARAMS,
      querystring: { type: 'object', properties: { since: { type: 'string' } } },
    }),
    async (request, reply) => {
      const { repository } = repositoryOf(request)
      const { read } = context.store
      const { id } = await getIssue(read, repository, request.params.number)
      const filter = { issueId: id, sinceMs: readSince(request.query.since, 'IssueComment') }
      const page = readPage(request.query)
      linkPages(request, reply, page, await countComments(read, filter))
      const comments = await listComments(read, repository, filter, page)
      return comments.map(comment => commentJson(comment, repository, linksOf(request)))
    },
  )

  app.post<{ Params: IssueParams; Body: Body }>(
    path,
    route('issues/comments#create-an-issue-comment', needsIssues(context, 'participate'), {
      params: ISSUE_PARAMS,
      body: BODY,
    }),
    async (request, reply) => {
      const body = checked(request.body)
      const comment = await commit(context, request, async work => {
        const { tx, repository, sender, nowMs } = work
        const issue = await getIssueForChange(tx, repository, request.params.number)
        const made = await createComment(tx, repository, issue, { userId: sender.id, body }, nowMs)
        await tell(work, issue.number, changed => ({ action: 'created', issue: changed, comment: made }))
        return made
      })
      const answer = commentJson(comment, repositoryOf(request).repository, linksOf(request))
      return reply.code(201).header('location', answer.url).send(answer)
    },
  )
}

function oneRoutes(app: FastifyInstance, context: ApiContext): void {
  type One = { Params: RepositoryParams & { readonly comment_id: number } }
  const path = `${ISSUES}/comments/:comment_id`

  app.get<One>(
    path,
    route('issues/comments#get-an-issue-comment', needsIssues(context, 'read'), { params: COMMENT_PARAMS }),
    async request => {
      const { repository } = repositoryOf(request)
      const comment = await getComment(context.store.read, repository, request.params.comment_id)
      return commentJson(comment, repository, linksOf(request))
    },
  )

  app.patch<One & { Body: Body }>(
    path,
    route('issues/comments#update-an-issue-comment', needsIssues(context, 'participate'), {
      params: COMMENT_PARAMS,
      body: BODY,
    }),
    async request => {
      const body = checked(request.body)
      const { role, repository } = repositoryOf(request)
      const comment = await commit(context, request, async work => {
        const before = await getOwnComment(work, request.params.comment_id, canPush(role))
        if (before.body === body) return before
        await editComment(work.tx, before.id, body, work.nowMs)
        const after = await getComment(work.tx, repository, before.id)
        const { body: was } = before
        await tell(work, after.issueNumber, issue => ({ action: 'edited', issue, comment: after, was }))
        return after
      })
      return commentJson(comment, repository, linksOf(request))
    },
  )

  app.delete<One>(
    path,
    route('issues/comments#delete-an-issue-comment', needsIssues(context, 'participate'), {
      params: COMMENT_PARAMS,
    }),
    async (request, reply) => {
      const { role } = repositoryOf(request)
      await commit(context, request, async work => {
        const comment = await getOwnComment(work, request.params.comment_id, canPush(role))
        const { id } = await getIssueForChange(work.tx, work.repository, comment.issueNumber)
        await deleteComment(work.tx, comment.id, id, work.nowMs)
        await tell(work, comment.issueNumber, issue => ({ action: 'deleted', issue, comment }))
      })
      return reply.code(204).send()
    },
  )
}

async function getOwnComment(
  { tx, repository, sender }: Work,
  id: number,
  mayPush: boolean,
): Promise<Comment> {
  const comment = await getComment(tx, repository, id)
  if (mayPush || comment.user.id === sender.id) return comment
  throw new AppError('forbidden', 'Must have push rights to Repository.')
}

// The issue is read again: the event shows its new count of comments.
async function tell(
  { tx, tell, repository, sender, links }: Work,
  number: number,
  event: (issue: Issue) => IssueCommentEvent,
): Promise<void> {
  const issue = await getIssue(tx, repository, number)
  const scene = { repository: await reloadRepository(tx, repository), sender }
  tell(repositoryDraft('issue_comment', issueCommentPayload(event(issue), scene, links), scene))
}

function checked({ body }: Body): string {
  refuse([
    ...(isBlank(body) ? [{ resource: 'IssueComment', code: 'missing_field', field: 'body' } as const] : []),
    ...tooLong('IssueComment', 'body', body, BODY_LENGTH_MAX),
  ])
  return body
}
