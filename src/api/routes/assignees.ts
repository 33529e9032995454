// Who is assigned to an issue. Like GitHub, these routes ignore logins that cannot be assigned.
import type { FastifyInstance } from 'fastify'
import { issueJson } from '../../github/issue.ts'
import type { ApiContext } from '../context.ts'
import { ISSUE_PARAMS, type IssueParams, needsIssues } from '../issue-access.ts'
import { assign, assignableAmong, changeIssue, unassign } from '../issue-change.ts'
import { linksOf } from '../links.ts'
import { route } from '../route.ts'

const PATH = '/repos/:owner/:repo/issues/:number/assignees'

const BODY = {
  type: 'object',
  properties: { assignees: { type: 'array', items: { type: 'string' } } },
} as const

export function assigneeRoutes(app: FastifyInstance, context: ApiContext): void {
  type Route = { Params: IssueParams; Body: { readonly assignees?: readonly string[] } }
  const options = (page: string) =>
    route(page, needsIssues(context, 'triage'), { params: ISSUE_PARAMS, body: BODY })

  app.post<Route>(PATH, options('issues/assignees#add-assignees-to-an-issue'), async (request, reply) => {
    const logins = request.body.assignees ?? []
    const { issue, repository } = await changeIssue(
      context,
      request,
      request.params.number,
      async (work, before) =>
        assign(work, before, (await assignableAmong(work.tx, work.repository, logins)).users),
    )
    reply.code(201)
    return issueJson(issue, repository, linksOf(request))
  })

  // GitHub's description names an older page here.
  app.delete<Route>(PATH, options('reference/issues#remove-assignees-from-an-issue'), async request => {
    const keys = new Set((request.body.assignees ?? []).map(login => login.toLowerCase()))
    const { issue, repository } = await changeIssue(context, request, request.params.number, (work, before) =>
      unassign(
        work,
        before,
        before.assignees.filter(user => keys.has(user.login.toLowerCase())),
      ),
    )
    return issueJson(issue, repository, linksOf(request))
  })
}
