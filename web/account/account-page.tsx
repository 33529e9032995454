// A user or an organization, and the repositories that one may see.
import { AppsIcon, OrganizationIcon, PersonIcon, WebhookIcon } from '@primer/octicons-react'
import { Avatar, Label } from '@primer/react'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { ApiError, get } from '../api.ts'
import { catalogue, useWords } from '../language.tsx'
import { Failure } from '../parts/failure.tsx'
import { Frame } from '../parts/frame.tsx'
import { LinkButton } from '../parts/link.tsx'
import { Loading } from '../parts/loading.tsx'
import { RepositoryList } from '../repository/repository-list.tsx'
import { useUser } from '../session.ts'

import './account.css'

const WORDS = catalogue(
  {
    user: 'User',
    organization: 'Organization',
    admin: 'Site administrator',
    webhooks: 'Webhooks',
    apps: 'GitHub Apps',
    add: 'New repository',
  },
  {
    user: 'Utilisateur',
    organization: 'Organisation',
    admin: 'Administrateur du site',
    webhooks: 'Webhooks',
    apps: 'Apps GitHub',
    add: 'Nouveau dépôt',
  },
)

type Account = {
  readonly login: string
  readonly type: string
  readonly name: string | null
  readonly bio: string | null
  readonly avatar_url: string
  readonly site_admin: boolean
}

export function AccountPage() {
  const { owner = '' } = useParams({ strict: false }) as { owner?: string }
  const path = `/users/${encodeURIComponent(owner)}`
  const { data, error, refetch } = useQuery({
    queryKey: ['account', owner],
    queryFn: ({ signal }) => get<Account>(path, signal),
  })
  if (!data) {
    return <Frame title={owner}>{error ? <Failure error={error} retry={refetch} /> : <Loading />}</Frame>
  }
  // Another address is another page: its list and its search begin anew.
  return <AccountFrame key={data.login} account={data} path={path} />
}

function AccountFrame({ account, path }: { readonly account: Account; readonly path: string }) {
  const words = useWords(WORDS)
  const isOrganization = account.type === 'Organization'
  const heading = (
    <span className="account-head">
      <Avatar src={account.avatar_url} size={48} alt="" square={isOrganization} />
      <span>
        {account.login} {account.name && <bdi className="frame-muted">{account.name}</bdi>}
      </span>
    </span>
  )
  return (
    <Frame title={account.login} heading={heading} action={<Actions account={account} />}>
      <p className="frame-muted">
        {isOrganization ? <OrganizationIcon /> : <PersonIcon />}{' '}
        {isOrganization ? words.organization : words.user}{' '}
        {account.site_admin && <Label>{words.admin}</Label>}
      </p>
      {account.bio && <p dir="auto">{account.bio}</p>}
      <RepositoryList path={`${path}/repos`} />
    </Frame>
  )
}

/** What one may do here: with an organization, as its member or its owner; with one's own account. */
function Actions({ account: { login, type } }: { readonly account: Account }) {
  const words = useWords(WORDS)
  const role = useRole(login, type === 'Organization')
  if (role === null) return null
  return (
    <div className="frame-buttons">
      {role === 'admin' && type === 'Organization' && (
        <>
          <LinkButton to={`/organizations/${login}/settings/hooks`} leadingVisual={WebhookIcon}>
            {words.webhooks}
          </LinkButton>
          <LinkButton to={`/organizations/${login}/settings/apps`} leadingVisual={AppsIcon}>
            {words.apps}
          </LinkButton>
        </>
      )}
      <LinkButton to="/new" search={{ owner: login }} variant="primary">
        {words.add}
      </LinkButton>
    </div>
  )
}

function useRole(login: string, isOrganization: boolean): 'admin' | 'member' | null {
  const user = useUser()
  const { data: role = null } = useQuery({
    queryKey: ['role', login],
    queryFn: ({ signal }) => readRole(login, signal),
    enabled: isOrganization && Boolean(user),
  })
  if (!user) return null
  if (!isOrganization) return user.login === login ? 'admin' : null
  return user.site_admin ? 'admin' : role
}

async function readRole(login: string, signal: AbortSignal): Promise<'admin' | 'member' | null> {
  try {
    const path = `/user/memberships/orgs/${encodeURIComponent(login)}`
    const { role } = await get<{ readonly role: 'admin' | 'member' }>(path, signal)
    return role
  } catch (error) {
    // Whoever is no member is told that there is no membership.
    if (error instanceof ApiError && (error.status === 404 || error.status === 403)) return null
    throw error
  }
}
