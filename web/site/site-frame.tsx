// The frame of the site administrator's pages: what there is, and the way between them.
import { OrganizationIcon, PeopleIcon, WebhookIcon } from '@primer/octicons-react'
import type { ReactNode } from 'react'
import { ApiError } from '../api.ts'
import { catalogue, useWords } from '../language.tsx'
import { Failure } from '../parts/failure.tsx'
import { ForUser } from '../parts/for-user.tsx'
import { Frame } from '../parts/frame.tsx'
import { Link } from '../parts/link.tsx'
import type { User } from '../session.ts'

import '../parts/parts.css'

const WORDS = catalogue(
  { site: 'Site', users: 'Users', organizations: 'Organizations', webhooks: 'Global webhooks' },
  { site: 'Site', users: 'Utilisateurs', organizations: 'Organisations', webhooks: 'Webhooks globaux' },
)

export type SiteFrameProps = { readonly title: string; children(user: User): ReactNode }

export function SiteFrame({ title, children }: SiteFrameProps) {
  const words = useWords(WORDS)
  return (
    <Frame trail={[{ to: '/site/users', label: words.site }]} title={title}>
      <ForUser>
        {user =>
          user.site_admin ? (
            <>
              <nav className="parts" aria-label={words.site}>
                <Link to="/site/users">
                  <PeopleIcon /> {words.users}
                </Link>
                <Link to="/site/organizations">
                  <OrganizationIcon /> {words.organizations}
                </Link>
                <Link to="/site/settings/hooks">
                  <WebhookIcon /> {words.webhooks}
                </Link>
              </nav>
              {children(user)}
            </>
          ) : (
            <Failure error={new ApiError(404, '')} />
          )
        }
      </ForUser>
    </Frame>
  )
}
