// The frame of every page: where one is, who one is, language and theme.
import { HubotIcon, MoonIcon, SignOutIcon, SunIcon } from '@primer/octicons-react'
import { ActionList, ActionMenu, Avatar, BaseStyles, Button, IconButton } from '@primer/react'
import { Outlet, useRouter } from '@tanstack/react-router'
import { BASE } from './base.ts'
import { catalogue, useLanguage, useWords } from './language.tsx'
import { Link } from './parts/link.tsx'
import { signInAddress, useUser } from './session.ts'
import { useMode } from './theme.tsx'

const WORDS = catalogue(
  {
    skip: 'Skip to content',
    home: 'Hookline, home',
    language: 'Français',
    signIn: 'Sign in',
    account: 'Your account',
    tokens: 'Access tokens',
    siteHooks: 'Global webhooks',
    reference: 'API reference',
    signOut: 'Sign out',
    dark: 'Dark theme',
    light: 'Light theme',
  },
  {
    skip: 'Aller au contenu',
    home: 'Hookline, accueil',
    language: 'English',
    signIn: 'Se connecter',
    account: 'Votre compte',
    tokens: 'Jetons d’accès',
    siteHooks: 'Webhooks globaux',
    reference: 'Référence de l’API',
    signOut: 'Se déconnecter',
    dark: 'Thème sombre',
    light: 'Thème clair',
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
        <LanguageSwitch label={words.language} />
        <ThemeSwitch dark={words.dark} light={words.light} />
        <AccountMenu />
      </header>
      <main id="main" tabIndex={-1}>
        <Outlet />
      </main>
    </BaseStyles>
  )
}

function LanguageSwitch({ label }: { readonly label: string }) {
  const { language, choose } = useLanguage()
  const other = language === 'en' ? 'fr' : 'en'
  return (
    <Button variant="invisible" lang={other} onClick={() => choose(other)}>
      {label}
    </Button>
  )
}

function ThemeSwitch({ dark, light }: { readonly dark: string; readonly light: string }) {
  const { mode, choose } = useMode()
  const isDark = mode === 'dark' || (mode === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches)
  return (
    <IconButton
      variant="invisible"
      icon={isDark ? SunIcon : MoonIcon}
      aria-label={isDark ? light : dark}
      onClick={() => choose(isDark ? 'light' : 'dark')}
    />
  )
}

function AccountMenu() {
  const words = useWords(WORDS)
  const user = useUser()
  const { navigate } = useRouter()
  if (user === undefined) return null
  if (user === null) return <a href={signInAddress()}>{words.signIn}</a>
  return (
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
            <ActionList.LinkItem href={`${BASE}/welcome`}>{words.tokens}</ActionList.LinkItem>
            {user.site_admin && (
              <ActionList.Item onSelect={() => navigate({ href: `${BASE}/site/settings/hooks` })}>
                {words.siteHooks}
              </ActionList.Item>
            )}
            <ActionList.LinkItem href={`${BASE}/docs`}>
              <ActionList.LeadingVisual>
                <HubotIcon />
              </ActionList.LeadingVisual>
              {words.reference}
            </ActionList.LinkItem>
          </ActionList.Group>
          <ActionList.Divider />
          <ActionList.LinkItem href={`${BASE}/welcome#sign-out`}>
            <ActionList.LeadingVisual>
              <SignOutIcon />
            </ActionList.LeadingVisual>
            {words.signOut}
          </ActionList.LinkItem>
        </ActionList>
      </ActionMenu.Overlay>
    </ActionMenu>
  )
}
