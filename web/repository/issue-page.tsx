// One issue with its comments. Texts are shown as they were written: no Markdown is made of them.
import { Heading, StateLabel } from '@primer/react'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { catalogue, useFormats, useWords } from '../language.tsx'
import { Failure } from '../parts/failure.tsx'
import { Loading } from '../parts/loading.tsx'
import { useUser } from '../session.ts'
import { type Issue, issueQuery, maySort } from './issue.ts'
import { IssueLabels } from './issue-labels.tsx'
import { IssueThread } from './issue-thread.tsx'
import { IssueTitle } from './issue-title.tsx'
import { LabelList } from './label-list.tsx'
import { type Repository, type RepositoryPlace, useRepositoryPlace } from './repository.ts'
import { RepositoryFrame } from './repository-frame.tsx'

const WORDS = catalogue(
  {
    issue: (number: string) => `Issue #${number}`,
    open: 'Open',
    closed: 'Closed',
    opened: (login: string, time: string) => `${login} opened this issue ${time}`,
    labels: 'Labels',
    noLabels: 'None yet',
  },
  {
    issue: (number: string) => `Problème nº ${number}`,
    open: 'Ouvert',
    closed: 'Fermé',
    opened: (login: string, time: string) => `${login} a ouvert ce problème le ${time}`,
    labels: 'Étiquettes',
    noLabels: 'Aucune pour l’instant',
  },
)

export function IssuePage() {
  const words = useWords(WORDS)
  const { number = '' } = useParams({ strict: false }) as { number?: string }
  const place = useRepositoryPlace()
  const { data: issue, error, refetch } = useQuery(issueQuery(place, number))
  const title = issue ? `${issue.title} #${number}` : words.issue(number)
  return (
    <RepositoryFrame
      key={number}
      title={title}
      heading={
        issue && (
          <>
            <bdi>{issue.title}</bdi> <span className="frame-muted">#{number}</span>
          </>
        )
      }
    >
      {repository =>
        issue ? (
          <Whole repository={repository} place={place} issue={issue} />
        ) : error ? (
          <Failure error={error} retry={refetch} />
        ) : (
          <Loading />
        )
      }
    </RepositoryFrame>
  )
}

type WholeProps = { readonly repository: Repository; readonly place: RepositoryPlace; readonly issue: Issue }

function Whole({ repository, place, issue }: WholeProps) {
  const words = useWords(WORDS)
  const { time } = useFormats()
  const user = useUser()
  const isOpen = issue.state === 'open'
  const sorts = maySort(repository)
  const mayChange = sorts || (!repository.archived && user?.login === issue.user.login)
  return (
    <>
      {mayChange && <IssueTitle key={issue.title} place={place} issue={issue} />}
      <div className="issue-meta" aria-live="polite">
        <StateLabel status={isOpen ? 'issueOpened' : 'issueClosed'}>
          {isOpen ? words.open : words.closed}
        </StateLabel>
        <span className="frame-muted">{words.opened(issue.user.login, time(issue.created_at))}</span>
      </div>
      <div className="issue">
        <IssueThread
          place={place}
          issue={issue}
          mayChange={mayChange}
          mayComment={Boolean(user) && !repository.archived}
        />
        <section className="issue-side" aria-labelledby="labels">
          <Heading as="h2" variant="small" id="labels">
            {words.labels}
          </Heading>
          {issue.labels.length > 0 ? (
            <LabelList labels={issue.labels} />
          ) : (
            <p className="frame-muted">{words.noLabels}</p>
          )}
          {sorts && <IssueLabels place={place} issue={issue} />}
        </section>
      </div>
    </>
  )
}
