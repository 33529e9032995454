// Which of the events that it asked for a webhook wants to hear of. What a filter does is tried on what
// happened lately before it is saved.
import { Button, FormControl, Heading, Textarea } from '@primer/react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import { send } from '../api.ts'
import { catalogue, useWords } from '../language.tsx'
import { Failure } from '../parts/failure.tsx'
import { FaultBanner, fieldFault, statusOf, useFaultFocus, useFaults } from '../parts/faults.tsx'
import { Loading } from '../parts/loading.tsx'
import { type FilterTries, Tries } from './filter-tries.tsx'
import { FILTER_LISTS, type FilterListName, type Filters, filtersAddress, filtersQuery } from './filters.ts'
import type { OwnSettingsProps } from './own-settings.tsx'

const GUIDE =
  'https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#filter-pattern-cheat-sheet'

const WORDS = catalogue(
  {
    title: 'Filters',
    intro:
      'An event must pass every filter that is set. What is left empty does not filter, and what cannot be told lets an event through. Patterns, one a line, are those of ',
    guide: 'GitHub’s workflows',
    filters: {
      actions: ['Actions', 'Such as opened. One a line.'],
      refs: ['Branches and tags', 'Such as main, release/** or !**-alpha.'],
      paths: ['Changed paths', 'Of pushes: one that matches is enough.'],
      repositories: ['Repositories', 'By full name, such as octo-org/*.'],
      actors: ['Senders', 'By login. * and !*[bot] leave out apps.'],
    },
    expression: 'Expression',
    expressionCaption: 'In CEL over event, action and payload. The event passes when it gives true.',
    try: 'Try on recent events',
    save: 'Save filters',
    saved: 'The filters were saved.',
  },
  {
    title: 'Filtres',
    intro:
      'Un événement doit passer tous les filtres définis. Un champ vide ne filtre pas, et ce qui ne peut être déterminé laisse passer l’événement. Les motifs, un par ligne, sont ceux des ',
    guide: 'workflows de GitHub',
    filters: {
      actions: ['Actions', 'Par exemple opened. Une par ligne.'],
      refs: ['Branches et étiquettes Git', 'Par exemple main, release/** ou !**-alpha.'],
      paths: ['Chemins modifiés', 'Pour les push : un seul qui correspond suffit.'],
      repositories: ['Dépôts', 'Par nom complet, par exemple octo-org/*.'],
      actors: ['Expéditeurs', 'Par identifiant. * et !*[bot] excluent les applications.'],
    },
    expression: 'Expression',
    expressionCaption: 'En CEL, sur event, action et payload. L’événement passe quand elle donne true.',
    try: 'Essayer sur des événements récents',
    save: 'Enregistrer les filtres',
    saved: 'Les filtres ont été enregistrés.',
  },
)

/** As it is typed: a pattern a line. */
type FiltersDraft = Readonly<Record<FilterListName | 'expression', string>>

export function FiltersForm({ place, hookId }: OwnSettingsProps) {
  const words = useWords(WORDS)
  const { data, error, refetch } = useQuery(filtersQuery(place, hookId))
  return (
    <section className="hooks-form" aria-labelledby="filters-title">
      <Heading as="h2" variant="small" id="filters-title">
        {words.title}
      </Heading>
      <p className="hooks-note">
        {words.intro}
        <a href={GUIDE}>{words.guide}</a>.
      </p>
      {data ? (
        <FilterFields place={place} hookId={hookId} filters={data} />
      ) : error ? (
        <Failure error={error} retry={refetch} />
      ) : (
        <Loading />
      )}
    </section>
  )
}

type FilterFieldsProps = OwnSettingsProps & { readonly filters: Filters }

function FilterFields({ place, hookId, filters }: FilterFieldsProps) {
  const address = filtersAddress(place, hookId)
  const words = useWords(WORDS)
  const queries = useQueryClient()
  const form = useRef<HTMLFormElement>(null)
  const [edits, setEdits] = useState<Partial<FiltersDraft>>({})
  const draft = { ...draftOf(filters), ...edits }

  const saving = useMutation({
    mutationFn: () => send<Filters>('PUT', address, bodyOf(draft)),
    onSuccess: saved => {
      queries.setQueryData(filtersQuery(place, hookId).queryKey, saved)
      setEdits({})
    },
  })
  const trying = useMutation({
    mutationFn: () => send<FilterTries>('POST', `${address}/tries`, { filters: bodyOf(draft) }),
  })
  const edit = (more: Partial<FiltersDraft>) => {
    setEdits(before => ({ ...before, ...more }))
    trying.reset()
    saving.reset()
  }
  const error = trying.error ?? saving.error
  const faults = useFaults(error, ({ field }) => (field !== undefined && field in draft ? field : undefined))
  useFaultFocus(form, error)

  const lists = FILTER_LISTS.filter(name => name !== 'repositories' || place.kind !== 'repository')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    trying.reset()
    saving.mutate()
  }
  const tryOut = () => {
    saving.reset()
    trying.mutate()
  }
  return (
    <form ref={form} className="hooks-form" noValidate onSubmit={submit}>
      <FaultBanner faults={faults} />
      {lists.map(name => (
        <FormControl key={name}>
          <FormControl.Label>{words.filters[name][0]}</FormControl.Label>
          <FormControl.Caption>{words.filters[name][1]}</FormControl.Caption>
          <Textarea
            block
            rows={2}
            resize="vertical"
            spellCheck={false}
            className="hooks-code"
            value={draft[name]}
            validationStatus={statusOf({ faults, field: name })}
            onChange={event => edit({ [name]: event.target.value })}
          />
          {fieldFault({ faults, field: name })}
        </FormControl>
      ))}
      <FormControl>
        <FormControl.Label>{words.expression}</FormControl.Label>
        <FormControl.Caption>{words.expressionCaption}</FormControl.Caption>
        <Textarea
          block
          rows={2}
          resize="vertical"
          spellCheck={false}
          className="hooks-code"
          placeholder="has(payload.issue) && payload.issue.number > 10"
          value={draft.expression}
          validationStatus={statusOf({ faults, field: 'expression' })}
          onChange={event => edit({ expression: event.target.value })}
        />
        {fieldFault({ faults, field: 'expression' })}
      </FormControl>
      <div className="hooks-buttons">
        <Button onClick={tryOut} loading={trying.isPending}>
          {words.try}
        </Button>
        <Button type="submit" loading={saving.isPending}>
          {words.save}
        </Button>
        <span role="status" className="hooks-said">
          {saving.isSuccess && words.saved}
        </span>
      </div>
      <Tries tries={trying.data} />
    </form>
  )
}

function draftOf(filters: Filters): FiltersDraft {
  const lists = FILTER_LISTS.map(name => [name, (filters[name] ?? []).join('\n')] as const)
  return {
    ...(Object.fromEntries(lists) as Record<FilterListName, string>),
    expression: filters.expression ?? '',
  }
}

/** What was empty is null: it does not filter. */
function bodyOf(draft: FiltersDraft) {
  const lists = FILTER_LISTS.map(name => [name, linesIn(draft[name])] as const)
  return { ...Object.fromEntries(lists), expression: draft.expression.trim() || null }
}

function linesIn(text: string): readonly string[] | null {
  const lines = text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
  return lines.length > 0 ? lines : null
}
