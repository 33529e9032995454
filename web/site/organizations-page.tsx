// Every organization of the site, for its administrator: make one, see its webhooks, delete it.
import { OrganizationIcon } from '@primer/octicons-react'
import { Button, Label } from '@primer/react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { getPage } from '../api.ts'
import { catalogue, useFormats, useWords } from '../language.tsx'
import { Link, LinkButton } from '../parts/link.tsx'
import { List } from '../parts/list.tsx'
import { Nothing } from '../parts/nothing.tsx'
import { usePageSearch } from '../parts/pager.tsx'
import { SearchField, useSearchText } from '../parts/search-field.tsx'
import { DeleteDialog } from './delete-dialog.tsx'
import { NewOrganization } from './new-organization.tsx'
import { SiteFrame } from './site-frame.tsx'

const WORDS = catalogue(
  {
    title: 'Organizations',
    find: 'Find an organization',
    none: 'No organizations yet',
    noMatch: 'No organization matches',
    created: (day: string) => `Since ${day}`,
    webhooks: 'Webhooks',
    webhooksOf: (login: string) => `Webhooks of ${login}`,
    remove: 'Delete',
    removeIt: (login: string) => `Delete ${login}`,
    deleteTitle: (login: string) => `Delete ${login}?`,
    deleteWhat:
      'Its repositories, their issues and all of their webhooks are deleted with it. This cannot be undone.',
    deleteYes: 'Yes, delete this organization',
  },
  {
    title: 'Organisations',
    find: 'Chercher une organisation',
    none: 'Aucune organisation pour l’instant',
    noMatch: 'Aucune organisation ne correspond',
    created: (day: string) => `Depuis le ${day}`,
    webhooks: 'Webhooks',
    webhooksOf: (login: string) => `Webhooks de ${login}`,
    remove: 'Supprimer',
    removeIt: (login: string) => `Supprimer ${login}`,
    deleteTitle: (login: string) => `Supprimer ${login} ?`,
    deleteWhat:
      'Ses dépôts, leurs problèmes et tous leurs webhooks seront supprimés avec elle. Cette action est irréversible.',
    deleteYes: 'Oui, supprimer cette organisation',
  },
)

type SiteOrganization = {
  readonly id: number
  readonly login: string
  readonly name: string | null
  readonly created_at: string
}

const KEY = ['site-organizations']

export function OrganizationsPage() {
  const words = useWords(WORDS)
  return (
    <SiteFrame title={words.title}>
      {user => (
        <>
          <NewOrganization listKey={KEY} admin={user.login} />
          <Organizations />
        </>
      )}
    </SiteFrame>
  )
}

function Organizations() {
  const words = useWords(WORDS)
  const { page } = usePageSearch()
  const text = useSearchText()
  const [deleting, setDeleting] = useState<string | null>(null)
  const query = useQuery({
    queryKey: [...KEY, text, page],
    queryFn: ({ signal }) =>
      getPage<SiteOrganization>(
        `/admin/organizations?${new URLSearchParams({ q: text, page: `${page}` })}`,
        signal,
      ),
    placeholderData: keepPreviousData,
  })
  return (
    <section className="frame-section" aria-label={words.title}>
      <SearchField label={words.find} />
      <List
        label={words.title}
        query={query}
        empty={<Nothing icon={OrganizationIcon} heading={text === '' ? words.none : words.noMatch} />}
        row={organization => (
          <OrganizationRow
            key={organization.id}
            organization={organization}
            remove={() => setDeleting(organization.login)}
          />
        )}
      />
      {deleting !== null && (
        <DeleteDialog
          title={words.deleteTitle(deleting)}
          what={words.deleteWhat}
          confirm={words.deleteYes}
          path={`/orgs/${deleting}`}
          listKey={KEY}
          close={() => setDeleting(null)}
        />
      )}
    </section>
  )
}

type OrganizationRowProps = { readonly organization: SiteOrganization; remove(): void }

function OrganizationRow({ organization, remove }: OrganizationRowProps) {
  const words = useWords(WORDS)
  const { day } = useFormats()
  const { login, name } = organization
  return (
    <li className="frame-row">
      <div className="frame-row-text">
        <Link to={`/${login}`}>{login}</Link>{' '}
        {name && (
          <Label variant="secondary">
            <bdi>{name}</bdi>
          </Label>
        )}
        <p className="frame-muted">{words.created(day(organization.created_at))}</p>
      </div>
      <div className="frame-row-actions">
        <LinkButton
          to={`/organizations/${login}/settings/hooks`}
          size="small"
          aria-label={words.webhooksOf(login)}
        >
          {words.webhooks}
        </LinkButton>
        <Button size="small" variant="danger" aria-label={words.removeIt(login)} onClick={remove}>
          {words.remove}
        </Button>
      </div>
    </li>
  )
}
