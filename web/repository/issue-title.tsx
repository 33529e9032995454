// Edit the title of an issue, in place.
import { Button, FormControl, TextInput } from '@primer/react'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { type ErrorItem, send } from '../api.ts'
import { catalogue, useWords } from '../language.tsx'
import { FaultBanner, fieldFault, statusOf, useFaultFocus, useFaults } from '../parts/faults.tsx'
import type { Issue } from './issue.ts'
import { useIssueChange } from './issue-change.ts'
import type { RepositoryPlace } from './repository.ts'

const WORDS = catalogue(
  { edit: 'Edit title', title: 'Title', save: 'Save', cancel: 'Cancel' },
  { edit: 'Modifier le titre', title: 'Titre', save: 'Enregistrer', cancel: 'Annuler' },
)

export type IssueTitleProps = { readonly place: RepositoryPlace; readonly issue: Issue }

export function IssueTitle({ place, issue }: IssueTitleProps) {
  const words = useWords(WORDS)
  const [isOpen, setOpen] = useState(false)
  const wasOpen = useRef(false)
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (wasOpen.current && !isOpen) button.current?.focus()
    wasOpen.current = isOpen
  }, [isOpen])
  if (isOpen) return <TitleForm place={place} issue={issue} close={() => setOpen(false)} />
  return (
    <div>
      <Button ref={button} size="small" onClick={() => setOpen(true)}>
        {words.edit}
      </Button>
    </div>
  )
}

type TitleFormProps = IssueTitleProps & { close(): void }

function TitleForm({ place, issue, close }: TitleFormProps) {
  const words = useWords(WORDS)
  const form = useRef<HTMLFormElement>(null)
  const [title, setTitle] = useState(issue.title)
  const change = useIssueChange(place, issue, () =>
    send('PATCH', `${place.api}/issues/${issue.number}`, { title }),
  )
  const faults = useFaults(change.error, fieldOf)
  useFaultFocus(form, change.error)
  useEffect(() => form.current?.querySelector('input')?.focus(), [])

  const submit = (event: FormEvent) => {
    event.preventDefault()
    change.mutate(undefined, { onSuccess: close })
  }
  return (
    <form
      ref={form}
      className="frame-form"
      noValidate
      onSubmit={submit}
      onKeyDown={event => event.key === 'Escape' && close()}
    >
      <FaultBanner faults={faults} />
      <FormControl required>
        <FormControl.Label>{words.title}</FormControl.Label>
        <TextInput
          block
          dir="auto"
          value={title}
          validationStatus={statusOf({ faults, field: 'title' })}
          onChange={event => setTitle(event.target.value)}
        />
        {fieldFault({ faults, field: 'title' })}
      </FormControl>
      <div className="frame-buttons">
        <Button type="submit" variant="primary" loading={change.isPending}>
          {words.save}
        </Button>
        <Button onClick={close}>{words.cancel}</Button>
      </div>
    </form>
  )
}

function fieldOf({ field, message = '' }: ErrorItem): string | undefined {
  return field === 'title' || message.startsWith('title ') ? 'title' : undefined
}
