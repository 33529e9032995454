// Make an access token. Its text is shown once: nobody can look it up afterwards.
import { Banner, Button, Checkbox, CheckboxGroup, FormControl, Heading } from '@primer/react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { send } from '../api.ts'
import { BASE } from '../base.ts'
import { catalogue, useWords } from '../language.tsx'
import { Code } from '../parts/code.tsx'
import { FaultBanner } from '../parts/faults.tsx'
import { fieldAmong, TextField, useForm } from '../parts/form.tsx'
import type { User } from '../session.ts'
import { SCOPE_WORDS } from './scope-words.ts'
import { isIncluded, SCOPES, type Scope, TOKENS_KEY } from './token.ts'

import './settings.css'

const WORDS = catalogue(
  {
    title: 'New access token',
    note: 'What is it for?',
    noteHint: 'For example: CI server',
    scopes: 'What may it do?',
    create: 'Create token',
    made: 'Your new access token',
    once: 'Copy it now: it is not shown again, and nobody can look it up.',
    try: 'Try it:',
  },
  {
    title: 'Nouveau jeton d’accès',
    note: 'À quoi sert-il ?',
    noteHint: 'Par exemple : serveur d’intégration',
    scopes: 'Que permet-il ?',
    create: 'Créer le jeton',
    made: 'Votre nouveau jeton d’accès',
    once: 'Copiez-le maintenant : il ne sera plus affiché, et personne ne pourra le retrouver.',
    try: 'Pour l’essayer :',
  },
)

const fieldOf = fieldAmong('note', 'scopes')

export function NewToken({ user }: { readonly user: User }) {
  const words = useWords(WORDS)
  const queries = useQueryClient()
  const [note, setNote] = useState('')
  const [chosen, setChosen] = useState<ReadonlySet<Scope>>(new Set())

  const creation = useMutation({
    mutationFn: () => {
      const scopes = [...chosen].filter(scope => !isIncluded(scope, chosen))
      return send<{ readonly token: string }>('POST', '/user/tokens', { note, scopes })
    },
    onSuccess: () => {
      setNote('')
      setChosen(new Set())
      return queries.invalidateQueries({ queryKey: TOKENS_KEY })
    },
  })
  const { faults, props } = useForm(creation, fieldOf)
  const toggle = (scope: Scope) =>
    setChosen(before => {
      const after = new Set(before)
      if (!after.delete(scope)) after.add(scope)
      return after
    })
  return (
    <section className="frame" aria-labelledby="new-token">
      {creation.data && <MadeToken text={creation.data.token} />}
      <Heading as="h2" variant="small" id="new-token">
        {words.title}
      </Heading>
      <form {...props} className="frame-form">
        <FaultBanner faults={faults} />
        <TextField
          label={words.note}
          field="note"
          faults={faults}
          required
          dir="auto"
          autoComplete="off"
          placeholder={words.noteHint}
          value={note}
          change={setNote}
        />
        <CheckboxGroup>
          <CheckboxGroup.Label>{words.scopes}</CheckboxGroup.Label>
          {SCOPES.filter(({ name }) => name !== 'site_admin' || user.site_admin).map(({ name, within }) => (
            <ScopeField
              key={name}
              name={name}
              depth={depthOf(within)}
              isChosen={chosen.has(name)}
              isIncluded={isIncluded(name, chosen)}
              toggle={() => toggle(name)}
            />
          ))}
        </CheckboxGroup>
        <div className="frame-buttons">
          <Button type="submit" variant="primary" loading={creation.isPending}>
            {words.create}
          </Button>
        </div>
      </form>
    </section>
  )
}

function MadeToken({ text }: { readonly text: string }) {
  const words = useWords(WORDS)
  const banner = useRef<HTMLElement>(null)
  useEffect(() => banner.current?.focus(), [text])
  return (
    <Banner variant="success" title={words.made} ref={banner} tabIndex={-1}>
      <Banner.Description>
        <div className="frame">
          <span>{words.once}</span>
          <Code text={text} />
          <span>{words.try}</span>
          <Code text={`curl -H 'Authorization: token ${text}' ${location.origin}${BASE}/user`} />
        </div>
      </Banner.Description>
    </Banner>
  )
}

type ScopeFieldProps = {
  readonly name: Scope
  readonly depth: number
  readonly isChosen: boolean
  readonly isIncluded: boolean
  toggle(): void
}

function ScopeField({ name, depth, isChosen, isIncluded: isPart, toggle }: ScopeFieldProps) {
  const meanings = useWords<Readonly<Record<Scope, string>>>(SCOPE_WORDS)
  return (
    <FormControl disabled={isPart} className={`scope-${depth}`}>
      <Checkbox value={name} checked={isChosen || isPart} onChange={toggle} />
      <FormControl.Label>
        <code>{name}</code>
      </FormControl.Label>
      <FormControl.Caption>{meanings[name]}</FormControl.Caption>
    </FormControl>
  )
}

function depthOf(within: Scope | undefined): number {
  if (within === undefined) return 0
  return 1 + depthOf(SCOPES.find(({ name }) => name === within)?.within)
}
