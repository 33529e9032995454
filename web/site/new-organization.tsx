// Make an organization, and say who owns it.
import { Button, Heading } from '@primer/react'
import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { send } from '../api.ts'
import { catalogue, useWords } from '../language.tsx'
import { FaultBanner } from '../parts/faults.tsx'
import { fieldAmong, TextField, useForm } from '../parts/form.tsx'

const WORDS = catalogue(
  {
    title: 'New organization',
    login: 'Organization name',
    name: 'Display name (optional)',
    admin: 'Owner',
    adminHint: 'The user name of whoever administers it.',
    create: 'Create organization',
  },
  {
    title: 'Nouvelle organisation',
    login: 'Nom de l’organisation',
    name: 'Nom affiché (facultatif)',
    admin: 'Propriétaire',
    adminHint: 'Le nom d’utilisateur de la personne qui l’administre.',
    create: 'Créer l’organisation',
  },
)

const fieldOf = fieldAmong('login', 'admin', 'profile_name')

export type NewOrganizationProps = {
  readonly listKey: QueryKey
  /** Whom the form suggests. */
  readonly admin: string
}

export function NewOrganization({ listKey, admin }: NewOrganizationProps) {
  const words = useWords(WORDS)
  const queries = useQueryClient()
  const [draft, setDraft] = useState({ login: '', profile_name: '', admin })
  const creation = useMutation({
    mutationFn: () => {
      const { profile_name: name, ...rest } = draft
      return send('POST', '/admin/organizations', { ...rest, ...(name !== '' && { profile_name: name }) })
    },
    onSuccess: async () => {
      setDraft({ login: '', profile_name: '', admin })
      await queries.invalidateQueries({ queryKey: listKey })
      await queries.invalidateQueries({ queryKey: ['organizations'] })
    },
  })
  const { faults, props } = useForm(creation, fieldOf)
  const field = (key: keyof typeof draft) => ({
    field: key,
    faults,
    autoComplete: 'off',
    value: draft[key],
    change: (typed: string) => setDraft(before => ({ ...before, [key]: typed })),
  })
  return (
    <section className="frame" aria-labelledby="new-organization">
      <Heading as="h2" variant="small" id="new-organization">
        {words.title}
      </Heading>
      <form {...props} className="frame-form">
        <FaultBanner faults={faults} />
        <TextField {...field('login')} label={words.login} required autoCapitalize="none" />
        <TextField {...field('profile_name')} label={words.name} dir="auto" />
        <TextField
          {...field('admin')}
          label={words.admin}
          caption={words.adminHint}
          required
          autoCapitalize="none"
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
