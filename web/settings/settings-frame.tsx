// The frame of the pages about oneself: what there is, and the way between them. Only for who has signed in.
import { AppsIcon, KeyIcon, ShieldLockIcon } from '@primer/octicons-react'
import type { ReactNode } from 'react'
import { catalogue, useWords } from '../language.tsx'
import { ForUser } from '../parts/for-user.tsx'
import { Frame } from '../parts/frame.tsx'
import { Link } from '../parts/link.tsx'
import { type User, useUser } from '../session.ts'

import '../parts/parts.css'

const WORDS = catalogue(
  { parts: 'Settings', tokens: 'Access tokens', security: 'Password and sessions', apps: 'GitHub Apps' },
  {
    parts: 'Paramètres',
    tokens: 'Jetons d’accès',
    security: 'Mot de passe et sessions',
    apps: 'Apps GitHub',
  },
)

export type SettingsFrameProps = { readonly title: string; children(user: User): ReactNode }

export function SettingsFrame({ title, children }: SettingsFrameProps) {
  const words = useWords(WORDS)
  const user = useUser()
  return (
    <Frame trail={user ? [{ to: `/${user.login}`, label: user.login }] : []} title={title}>
      <ForUser>
        {known => (
          <>
            <nav className="parts" aria-label={words.parts}>
              <Link to="/settings/tokens">
                <KeyIcon /> {words.tokens}
              </Link>
              <Link to="/settings/security">
                <ShieldLockIcon /> {words.security}
              </Link>
              <Link to="/settings/apps">
                <AppsIcon /> {words.apps}
              </Link>
            </nav>
            {children(known)}
          </>
        )}
      </ForUser>
    </Frame>
  )
}
