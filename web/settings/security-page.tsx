// One's password, and the browsers on which one is signed in.

import { Banner, Button, Heading } from '@primer/react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { get, send } from '../api.ts'
import { BASE } from '../base.ts'
import { catalogue, useFormats, useWords } from '../language.tsx'
import { Failure } from '../parts/failure.tsx'
import { FaultLine } from '../parts/fault-line.tsx'
import { FaultBanner } from '../parts/faults.tsx'
import { fieldAmong, TextField, useForm } from '../parts/form.tsx'
import { Loading } from '../parts/loading.tsx'
import type { User } from '../session.ts'
import { SettingsFrame } from './settings-frame.tsx'

const WORDS = catalogue(
  {
    title: 'Password and sessions',
    password: 'Password',
    none: 'You have no password: you sign in with a link or an access token.',
    since: (time: string) => `Last changed ${time}.`,
    current: 'Current password',
    fresh: 'Sign in again to set one without the current password.',
    next: 'New password',
    hint: 'At least 10 characters. A few words that do not belong together are good, and easy to type.',
    set: 'Set password',
    change: 'Change password',
    done: 'Your password has been changed',
    doneWhat: 'Everywhere else you have been signed out.',
    sessions: 'Sessions',
    sessionsWhat:
      'Ends every session of yours, this one too, and the sign-in links that nobody has used yet. Access tokens stay.',
    everywhere: 'Sign out everywhere',
  },
  {
    title: 'Mot de passe et sessions',
    password: 'Mot de passe',
    none: 'Vous n’avez pas de mot de passe : vous vous connectez par un lien ou un jeton d’accès.',
    since: (time: string) => `Dernière modification le ${time}.`,
    current: 'Mot de passe actuel',
    fresh: 'Reconnectez-vous pour en choisir un sans le mot de passe actuel.',
    next: 'Nouveau mot de passe',
    hint: 'Au moins 10 caractères. Quelques mots sans rapport entre eux conviennent bien et se tapent facilement.',
    set: 'Définir le mot de passe',
    change: 'Changer le mot de passe',
    done: 'Votre mot de passe a été changé',
    doneWhat: 'Partout ailleurs, vous avez été déconnecté.',
    sessions: 'Sessions',
    sessionsWhat:
      'Ferme toutes vos sessions, y compris celle-ci, et annule les liens de connexion encore inutilisés. Les jetons d’accès restent valables.',
    everywhere: 'Se déconnecter partout',
  },
)

export function SecurityPage() {
  const words = useWords(WORDS)
  return (
    <SettingsFrame title={words.title}>
      {user => (
        <>
          <Password user={user} />
          <Sessions />
        </>
      )}
    </SettingsFrame>
  )
}

type PasswordState = {
  readonly is_set: boolean
  readonly changed_at: string | null
  readonly needs_current: boolean
}

const KEY = ['password']

function Password({ user }: { readonly user: User }) {
  const words = useWords(WORDS)
  const { time } = useFormats()
  const { data, error, refetch } = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => get<PasswordState>('/user/password', signal),
  })
  return (
    <section className="frame" aria-labelledby="password">
      <Heading as="h2" variant="small" id="password">
        {words.password}
      </Heading>
      {data ? (
        <>
          <p className="frame-muted">{data.changed_at ? words.since(time(data.changed_at)) : words.none}</p>
          <PasswordForm user={user} state={data} />
        </>
      ) : error ? (
        <Failure error={error} retry={refetch} />
      ) : (
        <Loading rows={2} />
      )}
    </section>
  )
}

const fieldOf = fieldAmong('password', 'current_password')

function PasswordForm({ user, state }: { readonly user: User; readonly state: PasswordState }) {
  const words = useWords(WORDS)
  const queries = useQueryClient()
  const [current, setCurrent] = useState('')
  const [password, setPassword] = useState('')
  const change = useMutation({
    mutationFn: () =>
      send('PUT', '/user/password', { password, ...(current !== '' && { current_password: current }) }),
    onSuccess: () => {
      setCurrent('')
      setPassword('')
      return queries.invalidateQueries({ queryKey: KEY })
    },
    // Meanwhile the session may have become too old for it.
    onError: () => queries.invalidateQueries({ queryKey: KEY }),
  })
  const { faults, props } = useForm(change, fieldOf)
  return (
    <form {...props} className="frame-form">
      {change.isSuccess && <Done />}
      <FaultBanner faults={faults} />
      {/* Password managers look for it. */}
      <input type="text" name="username" autoComplete="username" value={user.login} readOnly hidden />
      {(state.needs_current || faults.fields.has('current_password')) && (
        <TextField
          label={words.current}
          caption={words.fresh}
          field="current_password"
          faults={faults}
          required={state.is_set}
          type="password"
          autoComplete="current-password"
          value={current}
          change={setCurrent}
        />
      )}
      <TextField
        label={words.next}
        caption={words.hint}
        field="password"
        faults={faults}
        required
        type="password"
        autoComplete="new-password"
        value={password}
        change={setPassword}
      />
      <div className="frame-buttons">
        <Button type="submit" variant="primary" loading={change.isPending}>
          {state.is_set ? words.change : words.set}
        </Button>
      </div>
    </form>
  )
}

function Done() {
  const words = useWords(WORDS)
  const banner = useRef<HTMLElement>(null)
  useEffect(() => banner.current?.focus(), [])
  return (
    <Banner variant="success" title={words.done} description={words.doneWhat} ref={banner} tabIndex={-1} />
  )
}

function Sessions() {
  const words = useWords(WORDS)
  const leaving = useMutation({
    mutationFn: () => send('DELETE', '/user/sessions'),
    onSuccess: () => location.assign(`${BASE}/login`),
  })
  return (
    <section className="frame-section" aria-labelledby="sessions">
      <Heading as="h2" variant="small" id="sessions">
        {words.sessions}
      </Heading>
      <p className="frame-muted">{words.sessionsWhat}</p>
      <FaultLine error={leaving.error} />
      <div className="frame-buttons">
        <Button variant="danger" loading={leaving.isPending} onClick={() => leaving.mutate()}>
          {words.everywhere}
        </Button>
      </div>
    </section>
  )
}
