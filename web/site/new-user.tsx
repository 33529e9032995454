// Make a user.
import { Button, Heading } from '@primer/react'
import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { send } from '../api.ts'
import { catalogue, useWords } from '../language.tsx'
import { FaultBanner } from '../parts/faults.tsx'
import { fieldAmong, TextField, useForm } from '../parts/form.tsx'

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

const fieldOf = fieldAmong('login', 'email')

export type NewUserProps = { readonly listKey: QueryKey; made(login: string): void }

export function NewUser({ listKey, made }: NewUserProps) {
  const words = useWords(WORDS)
  const queries = useQueryClient()
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
  const { faults, props } = useForm(creation, fieldOf)
  return (
    <section className="frame" aria-labelledby="new-user">
      <Heading as="h2" variant="small" id="new-user">
        {words.title}
      </Heading>
      <form {...props} className="frame-form" autoComplete="off">
        <FaultBanner faults={faults} />
        <TextField
          label={words.login}
          field="login"
          faults={faults}
          required
          autoCapitalize="none"
          value={login}
          change={setLogin}
        />
        <TextField
          label={words.email}
          field="email"
          faults={faults}
          type="email"
          value={email}
          change={setEmail}
        />
        <div className="frame-buttons">
          <Button type="submit" variant="primary" loading={creation.isPending}>
            {words.create}
          </Button>
        </div>
      </form>
    </section>
  )
}
