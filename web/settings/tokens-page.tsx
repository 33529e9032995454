// One's access tokens: what each may do, when it was last used; make one, and revoke it.
import { KeyIcon } from '@primer/octicons-react'
import { Button, Heading, Label } from '@primer/react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { catalogue, useFormats, useWords } from '../language.tsx'
import { List } from '../parts/list.tsx'
import { Nothing } from '../parts/nothing.tsx'
import { usePageSearch } from '../parts/pager.tsx'
import { NewToken } from './new-token.tsx'
import { RevokeTokenDialog } from './revoke-token.tsx'
import { SettingsFrame } from './settings-frame.tsx'
import { tokensQuery, type UsedToken } from './token.ts'

const WORDS = catalogue(
  {
    title: 'Access tokens',
    yours: 'Your access tokens',
    none: 'You have no access tokens',
    noneWhy: 'Programs need one to use the API in your name.',
    noScopes: 'public data only',
    created: (day: string) => `Created ${day}`,
    used: (time: string) => `Last used ${time}`,
    unused: 'Never used',
    revoke: 'Revoke',
    revokeIt: (note: string) => `Revoke ${note}`,
    endsWith: (text: string) => `…${text}`,
  },
  {
    title: 'Jetons d’accès',
    yours: 'Vos jetons d’accès',
    none: 'Vous n’avez pas de jeton d’accès',
    noneWhy: 'Un programme en a besoin pour utiliser l’API en votre nom.',
    noScopes: 'données publiques seulement',
    created: (day: string) => `Créé le ${day}`,
    used: (time: string) => `Dernière utilisation le ${time}`,
    unused: 'Jamais utilisé',
    revoke: 'Révoquer',
    revokeIt: (note: string) => `Révoquer ${note}`,
    endsWith: (text: string) => `…${text}`,
  },
)

export function TokensPage() {
  const words = useWords(WORDS)
  return (
    <SettingsFrame title={words.title}>
      {user => (
        <>
          <NewToken user={user} />
          <Tokens />
        </>
      )}
    </SettingsFrame>
  )
}

function Tokens() {
  const words = useWords(WORDS)
  const { page } = usePageSearch()
  const query = useQuery(tokensQuery(page))
  const [revoking, setRevoking] = useState<UsedToken | null>(null)
  return (
    <section className="frame-section" aria-labelledby="tokens">
      <Heading as="h2" variant="small" id="tokens">
        {words.yours}
      </Heading>
      <List
        label={words.yours}
        query={query}
        empty={<Nothing icon={KeyIcon} heading={words.none} why={words.noneWhy} level="h3" />}
        row={token => <TokenRow key={token.id} token={token} revoke={() => setRevoking(token)} />}
      />
      {revoking && <RevokeTokenDialog token={revoking} close={() => setRevoking(null)} />}
    </section>
  )
}

function TokenRow({ token, revoke }: { readonly token: UsedToken; revoke(): void }) {
  const words = useWords(WORDS)
  const { day, time } = useFormats()
  const { note, scopes, token_last_eight: end, created_at: created, last_used_at: used } = token
  return (
    <li className="frame-row">
      <div className="frame-row-text">
        <strong>
          <bdi>{note}</bdi>
        </strong>{' '}
        {end && <code className="frame-muted">{words.endsWith(end)}</code>}
        <p className="token-scopes">
          {scopes.length === 0
            ? words.noScopes
            : scopes.map(scope => (
                <Label key={scope} variant="secondary">
                  {scope}
                </Label>
              ))}
        </p>
        <p className="frame-muted">
          {words.created(day(created))} · {used ? words.used(time(used)) : words.unused}
        </p>
      </div>
      <Button size="small" variant="danger" aria-label={words.revokeIt(note)} onClick={revoke}>
        {words.revoke}
      </Button>
    </li>
  )
}
