// The frame of every page: where one is, who one is, language and theme.
import {
  AppsIcon,
  HubotIcon,
  KeyIcon,
  OrganizationIcon,
  PeopleIcon,
  RepoIcon,
  ShieldLockIcon,
  SignOutIcon,
  WebhookIcon,
} from '@primer/octicons-react'
import { ActionList, ActionMenu, Avatar, BaseStyles } from '@primer/react'
import { useMutation } from '@tanstack/react-query'
import { createLink, Outlet } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { send } from './api.ts'
import { BASE } from './base.ts'
import { catalogue, useWords } from './language.tsx'
import { Link } from './parts/link.tsx'
import { LanguageSwitch, ThemeSwitch } from './parts/switches.tsx'
import { signInAddress, useUser } from './session.ts'

const WORDS = catalogue(
  {
    skip: 'Skip to content',
    home: 'Hookline, home',
    signIn: 'Sign in',
    account: 'Your account',
    repositories: 'Your repositories',
    tokens: 'Access tokens',
    security: 'Password and sessions',
    apps: 'GitHub Apps',
    site: 'Site administration',
    users: 'Users',
    organizations: 'Organizations',
    siteHooks: 'Global webhooks',
    reference: 'API reference',
    signOut: 'Sign out',
    signOutFailed: 'You are still signed in: the server did not answer. Try again.',
  },
  {
    skip: 'Aller au contenu',
    home: 'Hookline, accueil',
    signIn: 'Se connecter',
    account: 'Votre compte',
    repositories: 'Vos dépôts',
    tokens: 'Jetons d’accès',
    security: 'Mot de passe et sessions',
    apps: 'Apps GitHub',
    site: 'Administration du site',
    users: 'Utilisateurs',
    organizations: 'Organisations',
    siteHooks: 'Webhooks globaux',
    reference: 'Référence de l’API',
    signOut: 'Se déconnecter',
    signOutFailed: 'Vous êtes toujours connecté : le serveur n’a pas répondu. Réessayez.',
  },
)

export function Shell() {
  const words = useWords(WORDS)
  return (
    <BaseStyles>
      <a className="skip" href="#main">
        {words.skip}
      </a>
      <header className="top">
        <Link to="/" aria-label={words.home} className="brand">
          <img src={`${BASE}/favicon.svg`} alt="" width={24} height={24} />
          Hookline
        </Link>
        <span className="gap" />
        <LanguageSwitch />
        <ThemeSwitch />
        <AccountMenu />
      </header>
      <main id="main" tabIndex={-1}>
        <Outlet />
      </main>
    </BaseStyles>
  )
}

const MenuLink = createLink(ActionList.LinkItem)

function AccountMenu() {
  const words = useWords(WORDS)
  const user = useUser()
  const leaving = useMutation({
    mutationFn: () => send('DELETE', '/user/sessions/current'),
    // Nothing of what was seen stays in this page's memory.
    onSuccess: () => location.assign(`${BASE}/login`),
  })
  if (user === undefined) return null
  if (user === null) return <a href={signInAddress()}>{words.signIn}</a>
  return (
    <>
      {leaving.error && (
        <span role="alert" className="top-fault">
          {words.signOutFailed}
        </span>
      )}
      <ActionMenu>
        <ActionMenu.Anchor>
          <button type="button" className="account" aria-label={words.account}>
            <Avatar src={user.avatar_url} size={32} alt="" />
          </button>
        </ActionMenu.Anchor>
        <ActionMenu.Overlay>
          <ActionList>
            <ActionList.Group>
              <ActionList.GroupHeading>{user.login}</ActionList.GroupHeading>
              <MenuEntry to="/" icon={<RepoIcon />} label={words.repositories} />
              <MenuEntry to="/settings/tokens" icon={<KeyIcon />} label={words.tokens} />
              <MenuEntry to="/settings/security" icon={<ShieldLockIcon />} label={words.security} />
              <MenuEntry to="/settings/apps" icon={<AppsIcon />} label={words.apps} />
              <ActionList.LinkItem href={`${BASE}/docs`}>
                <ActionList.LeadingVisual>
                  <HubotIcon />
                </ActionList.LeadingVisual>
                {words.reference}
              </ActionList.LinkItem>
            </ActionList.Group>
            {user.site_admin && (
              <ActionList.Group>
                <ActionList.GroupHeading>{words.site}</ActionList.GroupHeading>
                <MenuEntry to="/site/users" icon={<PeopleIcon />} label={words.users} />
                <MenuEntry to="/site/organizations" icon={<OrganizationIcon />} label={words.organizations} />
                <MenuEntry to="/site/settings/hooks" icon={<WebhookIcon />} label={words.siteHooks} />
              </ActionList.Group>
            )}
            <ActionList.Divider />
            <ActionList.Item onSelect={() => leaving.mutate()}>
              <ActionList.LeadingVisual>
                <SignOutIcon />
              </ActionList.LeadingVisual>
              {words.signOut}
            </ActionList.Item>
          </ActionList>
        </ActionMenu.Overlay>
      </ActionMenu>
    </>
  )
}

type MenuEntryProps = { readonly to: string; readonly icon: ReactNode; readonly label: string }

function MenuEntry({ to, icon, label }: MenuEntryProps) {
  return (
    <MenuLink to={to}>
      <ActionList.LeadingVisual>{icon}</ActionList.LeadingVisual>
      {label}
    </MenuLink>
  )
}
