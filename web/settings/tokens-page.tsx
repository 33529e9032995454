// One's access tokens: what each may do, when it was last used; make one, and revoke it.
import { KeyIcon } from '@primer/octicons-react'
import { Button, Heading, Label } from '@primer/react'
import { Blankslate } from '@primer/react/experimental'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { catalogue, useFormats, useWords } from '../language.tsx'
import { Failure } from '../parts/failure.tsx'
import { Loading } from '../parts/loading.tsx'
import { Pager, usePageSearch } from '../parts/pager.tsx'
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
  const { data, error, refetch } = useQuery(tokensQuery(page))
  const [revoking, setRevoking] = useState<UsedToken | null>(null)
  return (
    <section className="frame-section" aria-labelledby="tokens">
      <Heading as="h2" variant="small" id="tokens">
        {words.yours}
      </Heading>
      {!data ? (
        error ? (
          <Failure error={error} retry={refetch} />
        ) : (
          <Loading />
        )
      ) : data.items.length === 0 ? (
        <Blankslate border>
          <Blankslate.Visual>
            <KeyIcon size="medium" />
          </Blankslate.Visual>
          <Blankslate.Heading as="h3">{words.none}</Blankslate.Heading>
          <Blankslate.Description>{words.noneWhy}</Blankslate.Description>
        </Blankslate>
      ) : (
        <>
          <ul className="frame-rows" aria-label={words.yours}>
            {data.items.map(token => (
              <TokenRow key={token.id} token={token} revoke={() => setRevoking(token)} />
            ))}
          </ul>
          <Pager list={data} />
        </>
      )}
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
      <Button size="small" variant="danger" aria-label={`${words.revoke} ${note}`} onClick={revoke}>
        {words.revoke}
      </Button>
    </li>
  )
}
