// Make a user.
import { Button, FormControl, Heading, TextInput } from '@primer/react'
import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import { type ErrorItem, send } from '../api.ts'
import { catalogue, useWords } from '../language.tsx'
import { FaultBanner, fieldFault, statusOf, useFaultFocus, useFaults } from '../parts/faults.tsx'

const WORDS = catalogue(
  {
    title: 'New user',
    login: 'User name',
    email: 'Email address (optional)',
    create: 'Create user',
  },
  {
    title: 'Nouvel utilisateur',
    login: 'Nom d’utilisateur',
    email: 'Adresse électronique (facultative)',
    create: 'Créer l’utilisateur',
  },
)

const FIELDS: readonly string[] = ['login', 'email']

export type NewUserProps = { readonly listKey: QueryKey; made(login: string): void }

export function NewUser({ listKey, made }: NewUserProps) {
  const words = useWords(WORDS)
  const queries = useQueryClient()
  const form = useRef<HTMLFormElement>(null)
  const [login, setLogin] = useState('')
  const [email, setEmail] = useState('')
  const creation = useMutation({
    mutationFn: () =>
      send<{ readonly login: string }>('POST', '/admin/users', { login, ...(email !== '' && { email }) }),
    onSuccess: user => {
      setLogin('')
      setEmail('')
      made(user.login)
      return queries.invalidateQueries({ queryKey: listKey })
    },
  })
  const faults = useFaults(creation.error, fieldOf)
  useFaultFocus(form, creation.error)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    creation.mutate()
  }
  return (
    <section className="frame" aria-labelledby="new-user">
      <Heading as="h2" variant="small" id="new-user">
        {words.title}
      </Heading>
      <form ref={form} className="frame-form" noValidate autoComplete="off" onSubmit={submit}>
        <FaultBanner faults={faults} />
        <FormControl required>
          <FormControl.Label>{words.login}</FormControl.Label>
          <TextInput
            block
            autoCapitalize="none"
            value={login}
            validationStatus={statusOf({ faults, field: 'login' })}
            onChange={event => setLogin(event.target.value)}
          />
          {fieldFault({ faults, field: 'login' })}
        </FormControl>
        <FormControl>
          <FormControl.Label>{words.email}</FormControl.Label>
          <TextInput
            block
            type="email"
            value={email}
            validationStatus={statusOf({ faults, field: 'email' })}
            onChange={event => setEmail(event.target.value)}
          />
          {fieldFault({ faults, field: 'email' })}
        </FormControl>
        <div className="frame-buttons">
          <Button type="submit" variant="primary" loading={creation.isPending}>
            {words.create}
          </Button>
        </div>
      </form>
    </section>
  )
}

function fieldOf({ field }: ErrorItem): string | undefined {
  return field !== undefined && FIELDS.includes(field) ? field : undefined
}
