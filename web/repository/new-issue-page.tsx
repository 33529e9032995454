// Open an issue.
import { Button, FormControl, Textarea, TextInput } from '@primer/react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useRef, useState } from 'react'
import { type ErrorItem, send } from '../api.ts'
import { catalogue, useWords } from '../language.tsx'
import { FaultBanner, fieldFault, statusOf, useFaultFocus, useFaults } from '../parts/faults.tsx'
import { ForUser } from '../parts/for-user.tsx'
import { type Issue, issuesKey } from './issue.ts'
import type { RepositoryPlace } from './repository.ts'
import { RepositoryFrame } from './repository-frame.tsx'

const WORDS = catalogue(
  {
    title: 'New issue',
    name: 'Title',
    text: 'Description (optional)',
    open: 'Open issue',
  },
  {
    title: 'Nouveau problème',
    name: 'Titre',
    text: 'Description (facultative)',
    open: 'Ouvrir le problème',
  },
)

export function NewIssuePage() {
  const words = useWords(WORDS)
  return (
    <RepositoryFrame title={words.title}>
      {(_, place) => <ForUser>{() => <NewIssueForm place={place} />}</ForUser>}
    </RepositoryFrame>
  )
}

function NewIssueForm({ place }: { readonly place: RepositoryPlace }) {
  const words = useWords(WORDS)
  const navigate = useNavigate()
  const queries = useQueryClient()
  const form = useRef<HTMLFormElement>(null)
  const [title, setTitle] = useState('')
  const [body, setBody] = useState('')

  const opening = useMutation({
    mutationFn: () => send<Issue>('POST', `${place.api}/issues`, { title, body }),
    onSuccess: async ({ number }) => {
      await Promise.all([
        queries.invalidateQueries({ queryKey: issuesKey(place) }),
        queries.invalidateQueries({ queryKey: ['repository', place.owner, place.repo] }),
      ])
      await navigate({ to: `${place.page}/issues/${number}` })
    },
  })
  const faults = useFaults(opening.error, fieldOf)
  useFaultFocus(form, opening.error)

  const submit = (event: FormEvent) => {
    event.preventDefault()
    opening.mutate()
  }
  return (
    <form ref={form} className="frame-form" noValidate onSubmit={submit}>
      <FaultBanner faults={faults} />
      <FormControl required>
        <FormControl.Label>{words.name}</FormControl.Label>
        <TextInput
          block
          dir="auto"
          autoComplete="off"
          value={title}
          validationStatus={statusOf({ faults, field: 'title' })}
          onChange={event => setTitle(event.target.value)}
        />
        {fieldFault({ faults, field: 'title' })}
      </FormControl>
      <FormControl>
        <FormControl.Label>{words.text}</FormControl.Label>
        <Textarea
          block
          dir="auto"
          rows={10}
          value={body}
          validationStatus={statusOf({ faults, field: 'body' })}
          onChange={event => setBody(event.target.value)}
        />
        {fieldFault({ faults, field: 'body' })}
      </FormControl>
      <div className="frame-buttons">
        <Button type="submit" variant="primary" loading={opening.isPending}>
          {words.open}
        </Button>
      </div>
    </form>
  )
}

function fieldOf({ field, message = '' }: ErrorItem): string | undefined {
  if (field === 'title' || field === 'body') return field
  return message.startsWith('title ') ? 'title' : undefined
}
