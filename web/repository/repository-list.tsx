// A list of repositories, searched and in pages: of oneself, or of an account.
import { LockIcon, RepoIcon, StarIcon } from '@primer/octicons-react'
import { Label } from '@primer/react'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { catalogue, useFormats, useWords } from '../language.tsx'
import { Link, LinkButton } from '../parts/link.tsx'
import { List } from '../parts/list.tsx'
import { Nothing } from '../parts/nothing.tsx'
import { usePageSearch } from '../parts/pager.tsx'
import { SearchField, useSearchText } from '../parts/search-field.tsx'
import { type Repository, repositoriesQuery } from './repository.ts'

const WORDS = catalogue(
  {
    repositories: 'Repositories',
    find: 'Find a repository',
    isPrivate: 'Private',
    archived: 'Archived',
    issues: (count: string, one: boolean) => `${count} open ${one ? 'issue' : 'issues'}`,
    stars: (count: string, one: boolean) => `${count} ${one ? 'star' : 'stars'}`,
    updated: (day: string) => `Updated ${day}`,
    nothing: 'No repository matches',
    nothingWhy: 'Names and descriptions are searched.',
    all: 'Show all',
    none: 'No repositories yet',
  },
  {
    repositories: 'Dépôts',
    find: 'Chercher un dépôt',
    isPrivate: 'Privé',
    archived: 'Archivé',
    issues: (count: string, one: boolean) =>
      one ? `${count} problème ouvert` : `${count} problèmes ouverts`,
    stars: (count: string, one: boolean) => `${count} ${one ? 'étoile' : 'étoiles'}`,
    updated: (day: string) => `Mis à jour le ${day}`,
    nothing: 'Aucun dépôt ne correspond',
    nothingWhy: 'La recherche porte sur les noms et les descriptions.',
    all: 'Tout afficher',
    none: 'Aucun dépôt pour l’instant',
  },
)

export type RepositoryListProps = {
  /** In the API. */
  readonly path: string
  /** Instead of a list that would be empty. */
  readonly empty?: ReactNode
}

export function RepositoryList({ path, empty }: RepositoryListProps) {
  const words = useWords(WORDS)
  const { page } = usePageSearch()
  const text = useSearchText()
  const query = useQuery(repositoriesQuery(path, text, page))
  const isBare = query.data?.items.length === 0 && text === '' && page === 1
  if (isBare) return empty ?? <Nothing icon={RepoIcon} heading={words.none} />
  return (
    <>
      <SearchField label={words.find} />
      <div role="status" className="frame">
        <List
          label={words.repositories}
          query={query}
          empty={
            <Nothing icon={RepoIcon} heading={words.nothing} why={words.nothingWhy}>
              <LinkButton to="." search={{}}>
                {words.all}
              </LinkButton>
            </Nothing>
          }
          row={repository => <RepositoryRow key={repository.id} repository={repository} />}
        />
      </div>
    </>
  )
}

function RepositoryRow({ repository }: { readonly repository: Repository }) {
  const words = useWords(WORDS)
  const { day, isOne, number } = useFormats()
  const { full_name: name, open_issues_count: issues, stargazers_count: stars } = repository
  return (
    <li className="frame-row">
      <div className="frame-row-text">
        <Link to={`/${name}`}>
          {repository.private ? <LockIcon /> : <RepoIcon />} {name}
        </Link>{' '}
        {repository.private && <Label>{words.isPrivate}</Label>}{' '}
        {repository.archived && <Label variant="attention">{words.archived}</Label>}
        {repository.description && (
          <p dir="auto" className="frame-muted">
            {repository.description}
          </p>
        )}
      </div>
      <span className="frame-muted">
        {words.issues(number(issues), isOne(issues))} ·{' '}
        <span title={words.stars(number(stars), isOne(stars))}>
          <StarIcon aria-label={words.stars(number(stars), isOne(stars))} />{' '}
          <span aria-hidden>{number(stars)}</span>
        </span>{' '}
        · {words.updated(day(repository.updated_at))}
      </span>
    </li>
  )
}
