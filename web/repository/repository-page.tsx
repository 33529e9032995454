// A repository: its issues, open or closed.
import { IssueClosedIcon, IssueOpenedIcon } from '@primer/octicons-react'
import { Blankslate } from '@primer/react/experimental'
import { useQuery } from '@tanstack/react-query'
import { catalogue, useFormats, useWords } from '../language.tsx'
import { Failure } from '../parts/failure.tsx'
import { Link, LinkButton } from '../parts/link.tsx'
import { Loading } from '../parts/loading.tsx'
import { Pager, usePageSearch } from '../parts/pager.tsx'
import { useUser } from '../session.ts'
import { type Issue, issuesQuery } from './issue.ts'
import { LabelList } from './label-list.tsx'
import type { Repository, RepositoryPlace } from './repository.ts'
import { RepositoryFrame } from './repository-frame.tsx'

const WORDS = catalogue(
  {
    issues: 'Issues',
    add: 'New issue',
    states: 'Which issues',
    open: 'Open',
    closed: 'Closed',
    opened: (number: string, day: string, login: string) => `#${number} opened ${day} by ${login}`,
    wasClosed: (number: string, login: string, day: string) => `#${number} by ${login} was closed ${day}`,
    comments: (count: string, one: boolean) => `${count} ${one ? 'comment' : 'comments'}`,
    label: (name: string) => `With the label “${name}”`,
    allLabels: 'Show all labels',
    noneOpen: 'No open issues',
    noneClosed: 'No closed issues',
    noneWhy: 'An issue that is opened here is told to the webhooks of this repository.',
    off: 'Issues are switched off in this repository.',
    statusOpen: 'Open:',
    statusClosed: 'Closed:',
  },
  {
    issues: 'Problèmes',
    add: 'Nouveau problème',
    states: 'Quels problèmes',
    open: 'Ouverts',
    closed: 'Fermés',
    opened: (number: string, day: string, login: string) => `nº ${number}, ouvert le ${day} par ${login}`,
    wasClosed: (number: string, login: string, day: string) => `nº ${number}, de ${login}, fermé le ${day}`,
    comments: (count: string, one: boolean) => `${count} ${one ? 'commentaire' : 'commentaires'}`,
    label: (name: string) => `Avec l’étiquette « ${name} »`,
    allLabels: 'Afficher toutes les étiquettes',
    noneOpen: 'Aucun problème ouvert',
    noneClosed: 'Aucun problème fermé',
    noneWhy: 'Un problème ouvert ici est signalé aux webhooks de ce dépôt.',
    off: 'Les problèmes sont désactivés dans ce dépôt.',
    statusOpen: 'Ouvert :',
    statusClosed: 'Fermé :',
  },
)

export function RepositoryPage() {
  return (
    <RepositoryFrame>
      {(repository, place) => (
        <>
          {repository.description && (
            <p dir="auto" className="frame-muted frame-row-text">
              {repository.description}
            </p>
          )}
          <Issues repository={repository} place={place} />
        </>
      )}
    </RepositoryFrame>
  )
}

type IssuesProps = { readonly repository: Repository; readonly place: RepositoryPlace }

function Issues({ repository, place }: IssuesProps) {
  const words = useWords(WORDS)
  const user = useUser()
  const { search, page } = usePageSearch()
  const state = search.state === 'closed' ? 'closed' : 'open'
  const label = search.label === undefined ? '' : String(search.label)
  const { data, error, refetch } = useQuery({
    ...issuesQuery(place, { state, label, page }),
    enabled: repository.has_issues,
  })
  if (!repository.has_issues) return <p>{words.off}</p>
  return (
    <>
      <div className="issues-head">
        <nav className="issues-states" aria-label={words.states}>
          <StateLink state="open" isCurrent={state === 'open'} label={label}>
            {words.open}
          </StateLink>
          <StateLink state="closed" isCurrent={state === 'closed'} label={label}>
            {words.closed}
          </StateLink>
        </nav>
        {user && !repository.archived && (
          <LinkButton to={`${place.page}/issues/new`} variant="primary">
            {words.add}
          </LinkButton>
        )}
      </div>
      {label !== '' && (
        <p className="frame-muted">
          {words.label(label)} ·{' '}
          <Link to="." search={{ ...search, label: undefined, page: undefined }}>
            {words.allLabels}
          </Link>
        </p>
      )}
      {!data ? (
        error ? (
          <Failure error={error} retry={refetch} />
        ) : (
          <Loading />
        )
      ) : data.items.length === 0 ? (
        <Blankslate border>
          <Blankslate.Visual>
            <IssueOpenedIcon size="medium" />
          </Blankslate.Visual>
          <Blankslate.Heading>{state === 'open' ? words.noneOpen : words.noneClosed}</Blankslate.Heading>
          <Blankslate.Description>{words.noneWhy}</Blankslate.Description>
        </Blankslate>
      ) : (
        <>
          <ul className="frame-rows" aria-label={words.issues}>
            {data.items.map(issue => (
              <IssueRow key={issue.number} issue={issue} place={place} />
            ))}
          </ul>
          <Pager list={data} />
        </>
      )}
    </>
  )
}

type StateLinkProps = {
  readonly state: 'open' | 'closed'
  readonly isCurrent: boolean
  readonly label: string
  readonly children: string
}

function StateLink({ state, isCurrent, label, children }: StateLinkProps) {
  const search = { ...(state === 'closed' && { state }), ...(label !== '' && { label }) }
  return (
    <LinkButton
      to="."
      search={search}
      variant={isCurrent ? 'default' : 'invisible'}
      leadingVisual={state === 'open' ? IssueOpenedIcon : IssueClosedIcon}
      aria-current={isCurrent ? 'true' : undefined}
    >
      {children}
    </LinkButton>
  )
}

function IssueRow({ issue, place }: { readonly issue: Issue; readonly place: RepositoryPlace }) {
  const words = useWords(WORDS)
  const { day, isOne, number } = useFormats()
  const { title, labels, user, closed_at: closedAt, created_at: createdAt } = issue
  const id = `${issue.number}`
  return (
    <li className="frame-row">
      {issue.state === 'open' ? (
        <IssueOpenedIcon className="issue-open" aria-label={words.statusOpen} />
      ) : (
        <IssueClosedIcon className="issue-closed" aria-label={words.statusClosed} />
      )}
      <div className="frame-row-text">
        <Link to={`${place.page}/issues/${id}`} className="issue-title">
          <bdi>{title}</bdi>
        </Link>{' '}
        <LabelList labels={labels} page={place.page} />
        <p className="frame-muted">
          {closedAt
            ? words.wasClosed(id, user.login, day(closedAt))
            : words.opened(id, day(createdAt), user.login)}
        </p>
      </div>
      {issue.comments > 0 && (
        <span className="frame-muted">{words.comments(number(issue.comments), isOne(issue.comments))}</span>
      )}
    </li>
  )
}
