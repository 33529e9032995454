// The webhooks of a repository, an organization, or the site.
import { WebhookIcon } from '@primer/octicons-react'
import { Button, Label } from '@primer/react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { catalogue, useWords } from '../language.tsx'
import { Link, LinkButton } from '../parts/link.tsx'
import { List } from '../parts/list.tsx'
import { Nothing } from '../parts/nothing.tsx'
import { usePageSearch } from '../parts/pager.tsx'
import { DeleteHookDialog } from './delete-hook.tsx'
import { Flash } from './flash.tsx'
import { type Hook, hooksQuery } from './hook.ts'
import { HookStatus } from './hook-status.tsx'
import { HooksFrame } from './hooks-frame.tsx'
import { hookPage, type Place, usePlace } from './place.ts'

const GUIDE = 'https://docs.github.com/webhooks/'

const WORDS = catalogue(
  {
    webhooks: 'Webhooks',
    add: 'Add webhook',
    intro:
      'Webhooks allow external services to be notified when certain events happen. When the specified events happen, we’ll send a POST request to each of the URLs you provide. Learn more in our ',
    guide: 'Webhooks Guide',
    none: 'No webhooks yet',
    noneWhy: 'Add one, and whatever happens here reaches a URL of your choice.',
    edit: 'Edit',
    editIt: (url: string) => `Edit ${url}`,
    remove: 'Delete',
    removeIt: (url: string) => `Delete ${url}`,
    inactive: 'Inactive',
    all: 'all events',
    andMore: (count: number) => `and ${count} more`,
  },
  {
    webhooks: 'Webhooks',
    add: 'Ajouter un webhook',
    intro:
      'Les webhooks préviennent des services externes quand certains événements se produisent. Nous envoyons alors une requête POST à chacune des URL que vous indiquez. Pour en savoir plus, consultez le ',
    guide: 'Guide des webhooks',
    none: 'Aucun webhook pour l’instant',
    noneWhy: 'Ajoutez-en un : ce qui se passe ici parviendra à l’URL de votre choix.',
    edit: 'Modifier',
    editIt: (url: string) => `Modifier ${url}`,
    remove: 'Supprimer',
    removeIt: (url: string) => `Supprimer ${url}`,
    inactive: 'Inactif',
    all: 'tous les événements',
    andMore: (count: number) => `et ${count} de plus`,
  },
)

export function HookListPage() {
  const words = useWords(WORDS)
  const place = usePlace()
  const { page } = usePageSearch()
  const query = useQuery({ ...hooksQuery(place, page), placeholderData: keepPreviousData })
  const [deleting, setDeleting] = useState<Hook | null>(null)
  const add = (
    <LinkButton to={`${place.page}/new`} variant="primary">
      {words.add}
    </LinkButton>
  )
  return (
    <HooksFrame place={place} title={words.webhooks} action={!query.error && add}>
      <Flash />
      <p className="hooks-intro">
        {words.intro}
        <a href={GUIDE}>{words.guide}</a>.
      </p>
      <List
        label={words.webhooks}
        query={query}
        empty={<Nothing icon={WebhookIcon} heading={words.none} why={words.noneWhy} />}
        row={hook => <HookRow key={hook.id} place={place} hook={hook} remove={() => setDeleting(hook)} />}
      />
      {deleting && <DeleteHookDialog place={place} hook={deleting} close={() => setDeleting(null)} />}
    </HooksFrame>
  )
}

type HookRowProps = { readonly place: Place; readonly hook: Hook; remove(): void }

function HookRow({ place, hook, remove }: HookRowProps) {
  const words = useWords(WORDS)
  const address = hookPage(place, hook.id)
  const url = hook.config.url ?? ''
  return (
    <li className="frame-row hooks-row">
      <HookStatus place={place} hook={hook} />
      <div className="hooks-row-text">
        <Link to={address} className="hooks-url">
          {url}
        </Link>{' '}
        <span className="hooks-events">({eventsIn(hook.events, words)})</span>{' '}
        {!hook.active && <Label>{words.inactive}</Label>}
      </div>
      <div className="frame-row-actions">
        <LinkButton to={address} size="small" aria-label={words.editIt(url)}>
          {words.edit}
        </LinkButton>
        <Button size="small" variant="danger" aria-label={words.removeIt(url)} onClick={remove}>
          {words.remove}
        </Button>
      </div>
    </li>
  )
}

// Sixty names would be a page.
const EVENTS_SHOWN_MAX = 8

function eventsIn(events: readonly string[], words: (typeof WORDS)['en']): string {
  if (events.includes('*')) return words.all
  const shown = events.slice(0, EVENTS_SHOWN_MAX).join(', ')
  const left = events.length - EVENTS_SHOWN_MAX
  return left > 0 ? `${shown} ${words.andMore(left)}` : shown
}
