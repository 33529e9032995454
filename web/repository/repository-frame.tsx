// The frame of every page about a repository: where one is, its parts, and its stars.

import { IssueOpenedIcon, StarFillIcon, StarIcon, WebhookIcon } from '@primer/octicons-react'
import { Button, CounterLabel, Label } from '@primer/react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { has, send } from '../api.ts'
import { catalogue, useFormats, useWords } from '../language.tsx'
import { Failure } from '../parts/failure.tsx'
import { FaultLine } from '../parts/fault-line.tsx'
import { Frame, type Step } from '../parts/frame.tsx'
import { Link } from '../parts/link.tsx'
import { Loading } from '../parts/loading.tsx'
import { useUser } from '../session.ts'
import { type Repository, type RepositoryPlace, repositoryQuery, useRepositoryPlace } from './repository.ts'

import '../parts/parts.css'
import './repository.css'

const WORDS = catalogue(
  {
    parts: 'Repository',
    issues: 'Issues',
    webhooks: 'Webhooks',
    isPrivate: 'Private',
    archived: 'Archived',
    star: 'Star',
    starred: 'Starred',
    stars: 'Stars',
  },
  {
    parts: 'Dépôt',
    issues: 'Problèmes',
    webhooks: 'Webhooks',
    isPrivate: 'Privé',
    archived: 'Archivé',
    star: 'Ajouter une étoile',
    starred: 'Étoilé',
    stars: 'Étoiles',
  },
)

export type RepositoryFrameProps = {
  /** Undefined for the repository's own page. */
  readonly title?: string
  readonly heading?: ReactNode
  readonly trail?: readonly Step[]
  readonly action?: ReactNode
  children(repository: Repository, place: RepositoryPlace): ReactNode
}

export function RepositoryFrame({ title, heading, trail = [], action, children }: RepositoryFrameProps) {
  const place = useRepositoryPlace()
  const { data, error, refetch } = useQuery(repositoryQuery(place))
  const owner = { to: `/${place.owner}`, label: place.owner }
  const own = { to: place.page, label: place.repo }
  return (
    <Frame
      trail={title === undefined ? [owner] : [owner, own, ...trail]}
      title={title ?? place.repo}
      heading={heading}
      action={action ?? (data && title === undefined ? <StarButton repository={data} place={place} /> : null)}
    >
      {data ? (
        <>
          <Parts repository={data} place={place} />
          {children(data, place)}
        </>
      ) : error ? (
        <Failure error={error} retry={refetch} />
      ) : (
        <Loading />
      )}
    </Frame>
  )
}

type PartsProps = { readonly repository: Repository; readonly place: RepositoryPlace }

function Parts({ repository, place }: PartsProps) {
  const words = useWords(WORDS)
  const { number } = useFormats()
  return (
    <nav className="parts" aria-label={words.parts}>
      <Link to={place.page}>
        <IssueOpenedIcon /> {words.issues} <CounterLabel>{number(repository.open_issues_count)}</CounterLabel>
      </Link>
      {repository.permissions?.admin && (
        <Link to={`${place.page}/settings/hooks`}>
          <WebhookIcon /> {words.webhooks}
        </Link>
      )}
      {repository.private && <Label>{words.isPrivate}</Label>}
      {repository.archived && <Label variant="attention">{words.archived}</Label>}
    </nav>
  )
}

function StarButton({ repository, place }: PartsProps) {
  const words = useWords(WORDS)
  const { number } = useFormats()
  const queries = useQueryClient()
  const user = useUser()
  const path = `/user/starred${place.page}`
  const key = ['starred', place.owner, place.repo]
  const { data: isStarred } = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => has(path, signal),
    enabled: Boolean(user),
  })
  const change = useMutation({
    mutationFn: () => send(isStarred ? 'DELETE' : 'PUT', path),
    onSuccess: () => {
      queries.setQueryData(key, !isStarred)
      return queries.invalidateQueries({ queryKey: ['repository', place.owner, place.repo] })
    },
  })
  const count = <CounterLabel>{number(repository.stargazers_count)}</CounterLabel>
  if (!user) {
    return (
      <span className="frame-muted">
        <StarIcon /> {words.stars} {count}
      </span>
    )
  }
  return (
    <div className="frame-buttons">
      <FaultLine error={change.error} />
      <Button
        aria-pressed={isStarred === true}
        disabled={isStarred === undefined}
        loading={change.isPending}
        leadingVisual={isStarred ? StarFillIcon : StarIcon}
        count={repository.stargazers_count}
        onClick={() => change.mutate()}
      >
        {isStarred ? words.starred : words.star}
      </Button>
    </div>
  )
}
