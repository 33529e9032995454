// Open an issue.
import { Button, FormControl, Textarea } from '@primer/react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { type ErrorItem, send } from '../api.ts'
import { catalogue, useWords } from '../language.tsx'
import { FaultBanner, fieldFault, statusOf } from '../parts/faults.tsx'
import { ForUser } from '../parts/for-user.tsx'
import { TextField, useForm } from '../parts/form.tsx'
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
  const { faults, props } = useForm(opening, fieldOf)
  return (
    <form {...props} className="frame-form">
      <FaultBanner faults={faults} />
      <TextField
        label={words.name}
        field="title"
        faults={faults}
        required
        dir="auto"
        autoComplete="off"
        value={title}
        change={setTitle}
      />
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
