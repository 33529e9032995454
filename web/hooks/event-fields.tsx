// Which events a webhook is told of: pushes, everything, or those that are ticked.
import { Checkbox, CheckboxGroup, FormControl, Radio, RadioGroup } from '@primer/react'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { get, getPage, type Page } from '../api.ts'
import { catalogue, type Language, useLanguage, useWords } from '../language.tsx'
import { Failure } from '../parts/failure.tsx'
import type { Faults } from '../parts/faults.tsx'
import { Loading } from '../parts/loading.tsx'
import { EVENT_WORDS, UNASKED } from './event-words.ts'
import type { EventChoice, HookDraft, HookEdits } from './hook-draft.ts'
import type { Place } from './place.ts'

const WORDS = catalogue(
  {
    which: 'Which events would you like to trigger this webhook?',
    push: (
      <>
        Just the <code>push</code> event.
      </>
    ),
    everything: (
      <>
        Send me <strong>everything</strong>.
      </>
    ),
    individual: 'Let me select individual events.',
    events: 'Events',
    own: 'Of your own',
    selected: (count: number) => (count === 1 ? '1 event selected' : `${count} events selected`),
  },
  {
    which: 'Quels événements doivent déclencher ce webhook ?',
    push: (
      <>
        Uniquement l’événement <code>push</code>.
      </>
    ),
    everything: (
      <>
        M’envoyer <strong>tout</strong>.
      </>
    ),
    individual: 'Me permettre de sélectionner des événements individuels.',
    events: 'Événements',
    own: 'Les vôtres',
    selected: (count: number) =>
      count < 2 ? `${count} événement sélectionné` : `${count} événements sélectionnés`,
  },
)

const CHOICES: readonly EventChoice[] = ['push', 'everything', 'individual']

export type EventFieldsProps = {
  readonly place: Place
  readonly draft: HookDraft
  readonly faults: Faults
  edit(edits: HookEdits): void
}

export function EventFields({ place, draft, faults, edit }: EventFieldsProps) {
  const words = useWords(WORDS)
  const fault = faults.fields.get('events')
  return (
    <>
      <div data-fault={fault === undefined ? undefined : ''}>
        <RadioGroup name="events">
          <RadioGroup.Label>{words.which}</RadioGroup.Label>
          {CHOICES.map(choice => (
            <FormControl key={choice}>
              <Radio value={choice} checked={draft.choice === choice} onChange={() => edit({ choice })} />
              <FormControl.Label>{words[choice]}</FormControl.Label>
            </FormControl>
          ))}
          {fault !== undefined && <RadioGroup.Validation variant="error">{fault}</RadioGroup.Validation>}
        </RadioGroup>
      </div>
      {draft.choice === 'individual' && (
        <IndividualEvents
          place={place}
          chosen={draft.individual}
          change={individual => edit({ individual })}
        />
      )}
    </>
  )
}

type Choosable = { readonly name: string; readonly label: string; readonly description: string | null }

type CataloguedEvent = {
  readonly name: string
  readonly targets: readonly string[]
  readonly description: string
}

type EventType = { readonly name: string; readonly description: string | null }

type IndividualEventsProps = {
  readonly place: Place
  readonly chosen: readonly string[]
  change(chosen: readonly string[]): void
}

function IndividualEvents({ place, chosen, change }: IndividualEventsProps) {
  const words = useWords(WORDS)
  const { language } = useLanguage()
  const github = useQuery({
    queryKey: ['webhook-events'],
    queryFn: ({ signal }) => get<readonly CataloguedEvent[]>('/webhook-events', signal),
    staleTime: Number.POSITIVE_INFINITY,
  })
  const own = useQuery({
    queryKey: ['event-types', place.api],
    queryFn: ({ signal }) => readEventTypes(place, signal),
  })
  const githubs = useMemo(() => choosable(github.data ?? [], place, language), [github.data, place, language])
  if (github.error) return <Failure error={github.error} retry={github.refetch} />
  if (!github.data || own.isPending) return <Loading />

  const owns = (own.data ?? []).map(({ name, description }) => ({ name, label: name, description }))
  const known = new Set([...githubs, ...owns].map(({ name }) => name))
  // What it asks for stays to be seen, although nobody could ask for it today.
  const strangers = chosen
    .filter(name => !known.has(name))
    .map(name => ({ name, label: name, description: null }))
  const others = [...owns, ...strangers]
  const list = { chosen, change }
  return (
    <>
      <p className="hooks-note" role="status">
        {words.selected(chosen.length)}
      </p>
      <EventList label={words.events} events={githubs} {...list} />
      {others.length > 0 && <EventList label={words.own} isLabelled events={others} {...list} />}
    </>
  )
}

/** At most 200 of them, by the API's limit. */
async function readEventTypes(place: Place, signal: AbortSignal): Promise<readonly EventType[]> {
  if (place.kind === 'site' || place.kind === 'app') return []
  const types: EventType[] = []
  let next: string | null = `${place.api}/event-types?per_page=100`
  while (next !== null) {
    const page: Page<EventType> = await getPage(next, signal)
    types.push(...page.items)
    next = page.next
  }
  return types
}

function choosable(
  events: readonly CataloguedEvent[],
  { kind }: Place,
  language: Language,
): readonly Choosable[] {
  const offered = events.filter(({ name, targets }) => !UNASKED.includes(name) && targets.includes(kind))
  const order = [...EVENT_WORDS.keys()]
  const placeOf = ({ name }: CataloguedEvent) => (EVENT_WORDS.has(name) ? order.indexOf(name) : order.length)
  const choices = [...offered]
    .sort((a, b) => placeOf(a) - placeOf(b))
    .map(({ name, description }) => {
      const words = EVENT_WORDS.get(name)
      const told = language === 'fr' ? (words?.frDescription ?? description) : description
      return { name, label: words?.[language] ?? name, description: told }
    })
  return language === 'fr' ? choices.sort((a, b) => a.label.localeCompare(b.label, 'fr')) : choices
}

type EventListProps = {
  readonly label: string
  readonly isLabelled?: boolean
  readonly events: readonly Choosable[]
  readonly chosen: readonly string[]
  change(chosen: readonly string[]): void
}

function EventList({ label, isLabelled = false, events, chosen, change }: EventListProps) {
  return (
    <CheckboxGroup>
      <CheckboxGroup.Label visuallyHidden={!isLabelled}>{label}</CheckboxGroup.Label>
      <div className="hooks-choices">
        {events.map(({ name, label, description }) => (
          <FormControl key={name}>
            <Checkbox
              value={name}
              checked={chosen.includes(name)}
              onChange={event =>
                change(event.target.checked ? [...chosen, name] : chosen.filter(other => other !== name))
              }
            />
            <FormControl.Label>{label}</FormControl.Label>
            {description && <FormControl.Caption>{withCode(description)}</FormControl.Caption>}
          </FormControl>
        ))}
      </div>
    </CheckboxGroup>
  )
}

/** What stands between backticks is code. */
function withCode(text: string) {
  return text.split('`').map((part, index) => (index % 2 === 1 ? <code key={part}>{part}</code> : part))
}
