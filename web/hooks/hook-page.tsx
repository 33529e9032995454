// Manage webhook: its settings, its deliveries, its health and what it did not get, in tabs. Which one is
// open is in the address, so that going back works; each is loaded when it is first opened.
import { useParams, useSearch } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { catalogue, useWords } from '../language.tsx'
import { Link } from '../parts/link.tsx'
import { Loading } from '../parts/loading.tsx'
import { HooksFrame } from './hooks-frame.tsx'
import { hookPage, usePlace } from './place.ts'

import '../parts/parts.css'

const WORDS = catalogue(
  {
    manage: 'Manage webhook',
    tabs: 'Webhook',
    settings: 'Settings',
    deliveries: 'Recent Deliveries',
    health: 'Health',
    undelivered: 'Undelivered',
    recoveries: 'Recoveries',
  },
  {
    manage: 'Gérer le webhook',
    tabs: 'Webhook',
    settings: 'Paramètres',
    deliveries: 'Livraisons récentes',
    health: 'Santé',
    undelivered: 'Non livrés',
    recoveries: 'Rattrapages',
  },
)

const TABS = {
  settings: lazy(() => import('./settings-tab.tsx').then(({ SettingsTab }) => ({ default: SettingsTab }))),
  deliveries: lazy(() =>
    import('../deliveries/deliveries-tab.tsx').then(({ DeliveriesTab }) => ({ default: DeliveriesTab })),
  ),
  health: lazy(() => import('../health/health-tab.tsx').then(({ HealthTab }) => ({ default: HealthTab }))),
  undelivered: lazy(() =>
    import('../undelivered/undelivered-tab.tsx').then(({ UndeliveredTab }) => ({ default: UndeliveredTab })),
  ),
  recoveries: lazy(() =>
    import('../recoveries/recoveries-tab.tsx').then(({ RecoveriesTab }) => ({ default: RecoveriesTab })),
  ),
} as const

type TabName = keyof typeof TABS

const TAB_NAMES = Object.keys(TABS) as readonly TabName[]

export function HookPage() {
  const words = useWords(WORDS)
  const place = usePlace()
  const { hookId = '' } = useParams({ strict: false }) as { hookId?: string }
  const { tab } = useSearch({ strict: false }) as { tab?: unknown }
  const open = TAB_NAMES.find(name => name === tab) ?? 'settings'
  const Tab = TABS[open]
  return (
    <HooksFrame place={place} title={words.manage} isBelow>
      <nav className="parts" aria-label={words.tabs}>
        {TAB_NAMES.map(name => (
          <Link
            key={name}
            to={hookPage(place, hookId)}
            search={name === 'settings' ? {} : { tab: name }}
            // The router would take every tab for the one that has no name.
            activeOptions={{ exact: true, includeSearch: true }}
            aria-current={name === open ? 'page' : undefined}
          >
            {words[name]}
          </Link>
        ))}
      </nav>
      <Suspense fallback={<Loading />}>
        <Tab key={hookId} place={place} hookId={hookId} />
      </Suspense>
    </HooksFrame>
  )
}
