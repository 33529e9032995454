// Give an issue labels and take them away, one at a time.

import { ActionList, ActionMenu, Button, FormControl, TextInput } from '@primer/react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import { send } from '../api.ts'
import { catalogue, useWords } from '../language.tsx'
import { FaultLine } from '../parts/fault-line.tsx'
import { FaultBanner, fieldFault, statusOf, useFaultFocus, useFaults } from '../parts/faults.tsx'
import type { Issue, Label } from './issue.ts'
import { labelsQuery } from './issue.ts'
import { useIssueChange } from './issue-change.ts'
import type { RepositoryPlace } from './repository.ts'

const WORDS = catalogue(
  {
    edit: 'Edit labels',
    none: 'This repository has no labels.',
    add: 'New label',
    give: 'Add',
    loading: 'Loading',
  },
  {
    edit: 'Modifier les étiquettes',
    none: 'Ce dépôt n’a pas d’étiquettes.',
    add: 'Nouvelle étiquette',
    give: 'Ajouter',
    loading: 'Chargement',
  },
)

export type IssueLabelsProps = { readonly place: RepositoryPlace; readonly issue: Issue }

export function IssueLabels({ place, issue }: IssueLabelsProps) {
  const words = useWords(WORDS)
  const { data, error } = useQuery(labelsQuery(place))
  const held = new Set(issue.labels.map(({ id }) => id))
  const path = `${place.api}/issues/${issue.number}/labels`
  const change = useIssueChange(place, issue, ({ id, name }: Label) =>
    held.has(id)
      ? send('DELETE', `${path}/${encodeURIComponent(name)}`)
      : send('POST', path, { labels: [name] }),
  )
  const fault = change.error ?? error
  return (
    <>
      <ActionMenu>
        <ActionMenu.Button size="small">{words.edit}</ActionMenu.Button>
        <ActionMenu.Overlay width="medium" maxHeight="medium" overflow="auto">
          <ActionList selectionVariant="multiple">
            {data?.items.map(label => (
              <ActionList.Item
                key={label.id}
                selected={held.has(label.id)}
                disabled={change.isPending}
                onSelect={event => {
                  // The menu stays: there may be more to choose.
                  event.preventDefault()
                  change.mutate(label)
                }}
              >
                <bdi>{label.name}</bdi>
                {label.description && (
                  <ActionList.Description variant="block">{label.description}</ActionList.Description>
                )}
              </ActionList.Item>
            )) ?? <ActionList.Item disabled>{words.loading}</ActionList.Item>}
            {data?.items.length === 0 && <ActionList.Item disabled>{words.none}</ActionList.Item>}
          </ActionList>
        </ActionMenu.Overlay>
      </ActionMenu>
      <NewLabel place={place} issue={issue} />
      <FaultLine error={fault} />
    </>
  )
}

/** One that the repository may not have yet: it is made when it is given. */
function NewLabel({ place, issue }: IssueLabelsProps) {
  const words = useWords(WORDS)
  const queries = useQueryClient()
  const form = useRef<HTMLFormElement>(null)
  const [name, setName] = useState('')
  const adding = useIssueChange(place, issue, () =>
    send('POST', `${place.api}/issues/${issue.number}/labels`, { labels: [name] }),
  )
  const faults = useFaults(adding.error, () => 'name')
  useFaultFocus(form, adding.error)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    adding.mutate(undefined, {
      onSuccess: () => {
        setName('')
        return queries.invalidateQueries({ queryKey: labelsQuery(place).queryKey })
      },
    })
  }
  return (
    <form ref={form} className="frame-search" noValidate onSubmit={submit}>
      <FormControl>
        <FormControl.Label visuallyHidden>{words.add}</FormControl.Label>
        <TextInput
          size="small"
          dir="auto"
          placeholder={words.add}
          value={name}
          validationStatus={statusOf({ faults, field: 'name' })}
          onChange={event => setName(event.target.value)}
        />
        {fieldFault({ faults, field: 'name' })}
      </FormControl>
      <Button type="submit" size="small" loading={adding.isPending}>
        {words.give}
      </Button>
      <FaultBanner faults={faults} />
    </form>
  )
}
