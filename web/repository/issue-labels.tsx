// Give an issue labels and take them away, one at a time.
import { ActionList, ActionMenu } from '@primer/react'
import { useQuery } from '@tanstack/react-query'
import { send } from '../api.ts'
import { catalogue, useWords } from '../language.tsx'
import type { Issue, Label } from './issue.ts'
import { labelsQuery } from './issue.ts'
import { useIssueChange } from './issue-change.ts'
import type { RepositoryPlace } from './repository.ts'

const WORDS = catalogue(
  {
    edit: 'Edit labels',
    none: 'This repository has no labels.',
    loading: 'Loading',
    failed: 'That did not work:',
  },
  {
    edit: 'Modifier les étiquettes',
    none: 'Ce dépôt n’a pas d’étiquettes.',
    loading: 'Chargement',
    failed: 'L’opération a échoué :',
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
      {fault && (
        <p role="alert" className="frame-fault">
          {words.failed} {fault.message}
        </p>
      )}
    </>
  )
}
