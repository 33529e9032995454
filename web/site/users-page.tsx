// Every user of the site, for its administrator: make one, suspend, delete, give a password, and make
// somebody an administrator.

import { KebabHorizontalIcon, PeopleIcon } from '@primer/octicons-react'
import { ActionList, ActionMenu, IconButton, Label } from '@primer/react'
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { getPage, send } from '../api.ts'
import { catalogue, useFormats, useWords } from '../language.tsx'
import { FaultLine } from '../parts/fault-line.tsx'
import { Link } from '../parts/link.tsx'
import { List } from '../parts/list.tsx'
import { Nothing } from '../parts/nothing.tsx'
import { usePageSearch } from '../parts/pager.tsx'
import { SearchField, useSearchText } from '../parts/search-field.tsx'
import { useUser } from '../session.ts'
import { DeleteDialog } from './delete-dialog.tsx'
import { NewUser } from './new-user.tsx'
import { PasswordDialog } from './password-dialog.tsx'
import { SiteFrame } from './site-frame.tsx'

const WORDS = catalogue(
  {
    title: 'Users',
    find: 'Find a user',
    none: 'No user matches',
    admin: 'Site administrator',
    suspended: 'Suspended',
    you: 'You',
    created: (day: string) => `Since ${day}`,
    actions: (login: string) => `Actions for ${login}`,
    password: 'Set password…',
    suspend: 'Suspend',
    unsuspend: 'Unsuspend',
    promote: 'Make site administrator',
    demote: 'Remove administrator rights',
    remove: 'Delete…',
    deleteTitle: (login: string) => `Delete ${login}?`,
    deleteWhat:
      'All that they own goes with them: repositories, issues in those, webhooks. What they wrote elsewhere stays.',
    deleteYes: 'Yes, delete this user',
  },
  {
    title: 'Utilisateurs',
    find: 'Chercher un utilisateur',
    none: 'Aucun utilisateur ne correspond',
    admin: 'Administrateur du site',
    suspended: 'Suspendu',
    you: 'Vous',
    created: (day: string) => `Depuis le ${day}`,
    actions: (login: string) => `Actions pour ${login}`,
    password: 'Définir le mot de passe…',
    suspend: 'Suspendre',
    unsuspend: 'Lever la suspension',
    promote: 'Nommer administrateur du site',
    demote: 'Retirer les droits d’administrateur',
    remove: 'Supprimer…',
    deleteTitle: (login: string) => `Supprimer ${login} ?`,
    deleteWhat:
      'Tout ce qui lui appartient disparaît : dépôts, problèmes de ces dépôts, webhooks. Ce qu’il a écrit ailleurs reste.',
    deleteYes: 'Oui, supprimer cet utilisateur',
  },
)

export type SiteUser = {
  readonly id: number
  readonly login: string
  readonly site_admin: boolean
  readonly created_at: string
  readonly suspended_at: string | null
}

const KEY = ['site-users']

export function UsersPage() {
  const words = useWords(WORDS)
  const [named, setNamed] = useState<string | null>(null)
  return (
    <SiteFrame title={words.title}>
      {() => (
        <>
          <NewUser listKey={KEY} made={setNamed} />
          <Users setPasswordOf={setNamed} />
          {named !== null && <PasswordDialog login={named} close={() => setNamed(null)} />}
        </>
      )}
    </SiteFrame>
  )
}

function Users({ setPasswordOf }: { setPasswordOf(login: string): void }) {
  const words = useWords(WORDS)
  const { page } = usePageSearch()
  const text = useSearchText()
  const [deleting, setDeleting] = useState<string | null>(null)
  const query = useQuery({
    queryKey: [...KEY, text, page],
    queryFn: ({ signal }) =>
      getPage<SiteUser>(`/admin/users?${new URLSearchParams({ q: text, page: `${page}` })}`, signal),
    placeholderData: keepPreviousData,
  })
  return (
    <section className="frame-section" aria-label={words.title}>
      <SearchField label={words.find} />
      <List
        label={words.title}
        query={query}
        empty={<Nothing icon={PeopleIcon} heading={words.none} />}
        row={user => (
          <UserRow
            key={user.id}
            user={user}
            setPassword={() => setPasswordOf(user.login)}
            remove={() => setDeleting(user.login)}
          />
        )}
      />
      {deleting !== null && (
        <DeleteDialog
          title={words.deleteTitle(deleting)}
          what={words.deleteWhat}
          confirm={words.deleteYes}
          path={`/admin/users/${deleting}`}
          listKey={KEY}
          close={() => setDeleting(null)}
        />
      )}
    </section>
  )
}

type UserRowProps = { readonly user: SiteUser; setPassword(): void; remove(): void }

function UserRow({ user, setPassword, remove }: UserRowProps) {
  const words = useWords(WORDS)
  const { day } = useFormats()
  const me = useUser()
  const queries = useQueryClient()
  const { login, site_admin: isAdmin, suspended_at: suspendedAt } = user
  const isMe = me?.login === login
  const change = useMutation({
    mutationFn: ({ method, what }: { method: 'PUT' | 'DELETE'; what: 'suspended' | 'site_admin' }) =>
      send(method, `/users/${login}/${what}`),
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
  })
  return (
    <li className="frame-row">
      <div className="frame-row-text">
        <Link to={`/${login}`}>{login}</Link> {isMe && <Label>{words.you}</Label>}{' '}
        {isAdmin && <Label variant="accent">{words.admin}</Label>}{' '}
        {suspendedAt && <Label variant="attention">{words.suspended}</Label>}
        <p className="frame-muted">{words.created(day(user.created_at))}</p>
        <FaultLine error={change.error} />
      </div>
      <ActionMenu>
        <ActionMenu.Anchor>
          <IconButton
            variant="invisible"
            icon={KebabHorizontalIcon}
            aria-label={words.actions(login)}
            loading={change.isPending}
          />
        </ActionMenu.Anchor>
        <ActionMenu.Overlay>
          <ActionList>
            <ActionList.Item onSelect={setPassword}>{words.password}</ActionList.Item>
            {!isMe && (
              <>
                <ActionList.Item
                  onSelect={() =>
                    change.mutate({ method: suspendedAt ? 'DELETE' : 'PUT', what: 'suspended' })
                  }
                >
                  {suspendedAt ? words.unsuspend : words.suspend}
                </ActionList.Item>
                <ActionList.Item
                  onSelect={() => change.mutate({ method: isAdmin ? 'DELETE' : 'PUT', what: 'site_admin' })}
                >
                  {isAdmin ? words.demote : words.promote}
                </ActionList.Item>
                <ActionList.Divider />
                <ActionList.Item variant="danger" onSelect={remove}>
                  {words.remove}
                </ActionList.Item>
              </>
            )}
          </ActionList>
        </ActionMenu.Overlay>
      </ActionMenu>
    </li>
  )
}
