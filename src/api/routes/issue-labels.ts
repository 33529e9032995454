// The labels of one issue. Whoever may sort issues may change them.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { AppError } from '../../errors.ts'
import { labelJson } from '../../github/issue.ts'
import { getIssue } from '../../store/issues.ts'
import { repositoryOf } from '../auth.ts'
import type { ApiContext } from '../context.ts'
import { ISSUE_PARAMS, type IssueParams, needsIssues } from '../issue-access.ts'
import { addLabels, type Changed, changeIssue, removeLabels, replaceLabels } from '../issue-change.ts'
import { LABELS_SCHEMA, type LabelsBody, labelNames } from '../label-names.ts'
import { linksOf } from '../links.ts'
import { linkPages, readPage } from '../paging.ts'
import { route } from '../route.ts'

const PATH = '/repos/:owner/:repo/issues/:number/labels'

// GitHub takes the array by itself, too.
type Body = LabelsBody | { readonly labels?: LabelsBody }

const BODY = {
  type: ['object', 'array'],
  properties: { labels: LABELS_SCHEMA },
  items: LABELS_SCHEMA.items,
} as const

export function issueLabelRoutes(app: FastifyInstance, context: ApiContext): void {
  type Route = { Params: IssueParams; Body: Body }
  const answer = (request: FastifyRequest, { issue, repository }: Changed) =>
    issue.labels.map(label => labelJson(label, repository, linksOf(request)))
  const withBody = (anchor: string) =>
    route(`issues/labels#${anchor}`, needsIssues(context, 'triage'), { params: ISSUE_PARAMS, body: BODY })
  const withoutBody = (anchor: string) =>
    route(`issues/labels#${anchor}`, needsIssues(context, 'triage'), { params: ISSUE_PARAMS })

  app.get<Route>(
    PATH,
    route('issues/labels#list-labels-for-an-issue', needsIssues(context, 'read'), { params: ISSUE_PARAMS }),
    async (request, reply) => {
      const { repository } = repositoryOf(request)
      const { labels } = await getIssue(context.store.read, repository, request.params.number)
      const page = readPage(request.query)
      linkPages(request, reply, page, labels.length)
      const first = (page.page - 1) * page.perPage
      return labels
        .slice(first, first + page.perPage)
        .map(label => labelJson(label, repository, linksOf(request)))
    },
  )

  app.post<Route>(PATH, withBody('add-labels-to-an-issue'), async request => {
    const names = namesIn(request.body)
    return answer(
      request,
      await changeIssue(context, request, request.params.number, (work, issue) =>
        addLabels(work, issue, names),
      ),
    )
  })

  app.put<Route>(PATH, withBody('set-labels-for-an-issue'), async request => {
    const names = namesIn(request.body)
    return answer(
      request,
      await changeIssue(context, request, request.params.number, (work, issue) =>
        replaceLabels(work, issue, names),
      ),
    )
  })

  app.delete<Route>(PATH, withoutBody('remove-all-labels-from-an-issue'), async (request, reply) => {
    await changeIssue(context, request, request.params.number, (work, issue) =>
      removeLabels(work, issue, issue.labels),
    )
    return reply.code(204).send()
  })

  type Named = { Params: IssueParams & { readonly name: string } }
  app.delete<Named>(`${PATH}/:name`, withoutBody('remove-a-label-from-an-issue'), async request => {
    const key = request.params.name.toLowerCase()
    return answer(
      request,
      await changeIssue(context, request, request.params.number, (work, issue) => {
        const held = issue.labels.filter(label => label.name.toLowerCase() === key)
        if (held.length === 0) throw new AppError('not_found', 'Label does not exist')
        return removeLabels(work, issue, held)
      }),
    )
  })
}

function namesIn(body: Body): readonly string[] {
  return labelNames('labels' in body ? (body.labels ?? []) : Array.isArray(body) ? body : [])
}
