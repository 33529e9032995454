// The Apps of oneself or of an organization, each with its one webhook. They are registered through the API,
// which shows their keys.
import { AppsIcon, DotFillIcon } from '@primer/octicons-react'
import { Label } from '@primer/react'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { BASE } from '../base.ts'
import { hookQuery } from '../hooks/hook.ts'
import { HookStatus } from '../hooks/hook-status.tsx'
import { appPlace } from '../hooks/place.ts'
import { catalogue, useWords } from '../language.tsx'
import { Code } from '../parts/code.tsx'
import { ForUser } from '../parts/for-user.tsx'
import { Frame } from '../parts/frame.tsx'
import { Link, LinkButton } from '../parts/link.tsx'
import { List } from '../parts/list.tsx'
import { Nothing } from '../parts/nothing.tsx'
import { usePageSearch } from '../parts/pager.tsx'
import { SettingsFrame } from '../settings/settings-frame.tsx'
import { type App, appsAddress, appsQuery } from './app.ts'

import '../hooks/hooks.css'

const WORDS = catalogue(
  {
    title: 'GitHub Apps',
    intro:
      'An App is installed on accounts, and its one webhook hears of what happens there. It is registered through the API, which shows its private key only once. See the ',
    guide: 'API reference',
    none: 'No Apps yet',
    noneWhy: 'Register one through the API, and its webhook appears here.',
    noUrl: 'no payload URL yet',
    inactive: 'Inactive',
    edit: 'Edit webhook',
    editIt: (name: string) => `Edit webhook of ${name}`,
    unknown: 'Recent deliveries',
  },
  {
    title: 'Apps GitHub',
    intro:
      'Une App s’installe sur des comptes, et son unique webhook est informé de ce qui s’y passe. Elle s’enregistre par l’API, qui ne montre sa clé privée qu’une seule fois. Consultez la ',
    guide: 'référence de l’API',
    none: 'Aucune App pour l’instant',
    noneWhy: 'Enregistrez-en une par l’API : son webhook apparaîtra ici.',
    noUrl: 'pas encore d’URL de charge utile',
    inactive: 'Inactif',
    edit: 'Modifier le webhook',
    editIt: (name: string) => `Modifier le webhook de ${name}`,
    unknown: 'Livraisons récentes',
  },
)

export function AppsPage() {
  const words = useWords(WORDS)
  const { org } = useParams({ strict: false }) as { org?: string }
  if (org === undefined) return <SettingsFrame title={words.title}>{() => <Apps org={org} />}</SettingsFrame>
  return (
    <Frame trail={[{ to: `/${org}`, label: org }]} title={words.title}>
      <ForUser>{() => <Apps org={org} />}</ForUser>
    </Frame>
  )
}

type AppsProps = { readonly org: string | undefined }

function Apps({ org }: AppsProps) {
  const words = useWords(WORDS)
  const { page } = usePageSearch()
  const query = useQuery(appsQuery(org, page))
  return (
    <>
      <p className="hooks-intro">
        {words.intro}
        <a href={`${BASE}/docs`}>{words.guide}</a>.
      </p>
      <List
        label={words.title}
        query={query}
        empty={<NoApps org={org} />}
        row={app => <AppRow key={app.id} org={org} app={app} />}
      />
    </>
  )
}

function NoApps({ org }: AppsProps) {
  const words = useWords(WORDS)
  const address = `${location.origin}${BASE}${appsAddress(org)}`
  const body = '{"name": "Issue Sorter", "url": "https://sorter.example.com"}'
  return (
    <>
      <Nothing icon={AppsIcon} heading={words.none} why={words.noneWhy} />
      <Code text={`curl -H "Authorization: token $TOKEN" ${address} \\\n     -d '${body}'`} />
    </>
  )
}

function AppRow({ org, app: { slug, name, description } }: AppsProps & { readonly app: App }) {
  const words = useWords(WORDS)
  const place = appPlace(slug, org)
  const { data: hook } = useQuery(hookQuery(place, ''))
  return (
    <li className="frame-row hooks-row">
      {hook ? (
        <HookStatus place={place} hook={hook} />
      ) : (
        <span className="hooks-status">
          <DotFillIcon aria-label={words.unknown} />
        </span>
      )}
      <div className="hooks-row-text">
        <Link to={place.page} className="hooks-url">
          <bdi>{name}</bdi>
        </Link>{' '}
        {hook && <span className="hooks-events">({hook.config.url || words.noUrl})</span>}{' '}
        {hook?.active === false && <Label>{words.inactive}</Label>}
        {description && (
          <p dir="auto" className="frame-muted">
            {description}
          </p>
        )}
      </div>
      <LinkButton to={place.page} size="small" aria-label={words.editIt(name)}>
        {words.edit}
      </LinkButton>
    </li>
  )
}
