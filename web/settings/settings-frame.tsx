// The frame of the pages about oneself: what there is, and the way between them. Only for who has signed in.
import { KeyIcon, ShieldLockIcon } from '@primer/octicons-react'
import type { ReactNode } from 'react'
import { ApiError } from '../api.ts'
import { catalogue, useWords } from '../language.tsx'
import { Failure } from '../parts/failure.tsx'
import { Frame } from '../parts/frame.tsx'
import { Link } from '../parts/link.tsx'
import { Loading } from '../parts/loading.tsx'
import { type User, useUser } from '../session.ts'

import '../parts/parts.css'

const WORDS = catalogue(
  { parts: 'Settings', tokens: 'Access tokens', security: 'Password and sessions' },
  { parts: 'Paramètres', tokens: 'Jetons d’accès', security: 'Mot de passe et sessions' },
)

export type SettingsFrameProps = { readonly title: string; children(user: User): ReactNode }

export function SettingsFrame({ title, children }: SettingsFrameProps) {
  const words = useWords(WORDS)
  const user = useUser()
  return (
    <Frame trail={user ? [{ to: `/${user.login}`, label: user.login }] : []} title={title}>
      {user === undefined ? (
        <Loading />
      ) : user === null ? (
        <Failure error={new ApiError(401, '')} />
      ) : (
        <>
          <nav className="parts" aria-label={words.parts}>
            <Link to="/settings/tokens">
              <KeyIcon /> {words.tokens}
            </Link>
            <Link to="/settings/security">
              <ShieldLockIcon /> {words.security}
            </Link>
          </nav>
          {children(user)}
        </>
      )}
    </Frame>
  )
}
