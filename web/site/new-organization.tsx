// Make an organization, and say who owns it.
import { Button, FormControl, Heading, TextInput } from '@primer/react'
import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import { type ErrorItem, send } from '../api.ts'
import { catalogue, useWords } from '../language.tsx'
import { FaultBanner, fieldFault, statusOf, useFaultFocus, useFaults } from '../parts/faults.tsx'

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

const FIELDS: readonly string[] = ['login', 'admin', 'profile_name']

export type NewOrganizationProps = {
  readonly listKey: QueryKey
  /** Whom the form suggests. */
  readonly admin: string
}

export function NewOrganization({ listKey, admin }: NewOrganizationProps) {
  const words = useWords(WORDS)
  const queries = useQueryClient()
  const form = useRef<HTMLFormElement>(null)
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
  const faults = useFaults(creation.error, fieldOf)
  useFaultFocus(form, creation.error)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    creation.mutate()
  }
  const field = (key: keyof typeof draft) => ({
    block: true,
    autoComplete: 'off',
    value: draft[key],
    validationStatus: statusOf({ faults, field: key }),
    onChange: (event: { target: { value: string } }) =>
      setDraft(before => ({ ...before, [key]: event.target.value })),
  })
  return (
    <section className="frame" aria-labelledby="new-organization">
      <Heading as="h2" variant="small" id="new-organization">
        {words.title}
      </Heading>
      <form ref={form} className="frame-form" noValidate onSubmit={submit}>
        <FaultBanner faults={faults} />
        <FormControl required>
          <FormControl.Label>{words.login}</FormControl.Label>
          <TextInput {...field('login')} autoCapitalize="none" />
          {fieldFault({ faults, field: 'login' })}
        </FormControl>
        <FormControl>
          <FormControl.Label>{words.name}</FormControl.Label>
          <TextInput {...field('profile_name')} dir="auto" />
          {fieldFault({ faults, field: 'profile_name' })}
        </FormControl>
        <FormControl required>
          <FormControl.Label>{words.admin}</FormControl.Label>
          <TextInput {...field('admin')} autoCapitalize="none" />
          {fieldFault({ faults, field: 'admin' })}
          <FormControl.Caption>{words.adminHint}</FormControl.Caption>
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
