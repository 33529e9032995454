// What would have become of recent events: which would have passed, and which filter would have refused
// the others.
import { CheckIcon, QuestionIcon, XIcon } from '@primer/octicons-react'
import { catalogue, useFormats, useWords } from '../language.tsx'

const WORDS = catalogue(
  {
    none: 'There is nothing to try on: no event that this webhook asks for is remembered.',
    summary: (passed: number, refused: number) => `${passed} would pass, ${refused} would not.`,
    tries: 'Recent events',
    passes: 'Passes',
    refused: 'Does not pass',
    unknown: 'Cannot be told',
    refusedBy: 'Refused by',
    filters: {
      actions: 'actions',
      refs: 'branches and tags',
      paths: 'changed paths',
      repositories: 'repositories',
      actors: 'senders',
      expression: 'the expression',
    },
  },
  {
    none: 'Rien à essayer : aucun des événements demandés par ce webhook n’est en mémoire.',
    summary: (passed: number, refused: number) =>
      `${passed} ${passed < 2 ? 'passerait' : 'passeraient'}, ${refused} non.`,
    tries: 'Événements récents',
    passes: 'Passe',
    refused: 'Ne passe pas',
    unknown: 'Indéterminé',
    refusedBy: 'Refusé par',
    filters: {
      actions: 'les actions',
      refs: 'les branches et étiquettes Git',
      paths: 'les chemins modifiés',
      repositories: 'les dépôts',
      actors: 'les expéditeurs',
      expression: 'l’expression',
    },
  },
)

export type FilterTries = {
  readonly passed: number
  readonly refused: number
  readonly events: readonly FilterTry[]
}

type FilterTry = {
  readonly id: number
  readonly guid: string
  readonly event: string
  readonly action: string | null
  readonly created_at: string
  readonly passes: boolean | null
  readonly refused_by: keyof (typeof WORDS)['en']['filters'] | null
  readonly detail: string | null
}

/** Nothing was tried yet while there is no `tries`. */
export function Tries({ tries }: { readonly tries: FilterTries | undefined }) {
  const words = useWords(WORDS)
  const { events = [], passed = 0, refused = 0 } = tries ?? {}
  return (
    <>
      <p role="status" className="hooks-said hooks-flash">
        {tries && (events.length === 0 ? words.none : words.summary(passed, refused))}
      </p>
      {events.length > 0 && (
        <ul className="hooks-tries" aria-label={words.tries}>
          {events.map(event => (
            <Try key={event.id} event={event} />
          ))}
        </ul>
      )}
    </>
  )
}

function Try({ event }: { readonly event: FilterTry }) {
  const words = useWords(WORDS)
  const formats = useFormats()
  const { passes, refused_by: refusedBy, detail } = event
  const name = event.action === null ? event.event : `${event.event}.${event.action}`
  return (
    <li>
      <span data-passes={`${passes}`}>
        {passes === null ? (
          <QuestionIcon aria-label={words.unknown} />
        ) : passes ? (
          <CheckIcon aria-label={words.passes} />
        ) : (
          <XIcon aria-label={words.refused} />
        )}
      </span>
      <div>
        <strong>{name}</strong> <span className="hooks-events">{formats.time(event.created_at)}</span>
        {refusedBy && (
          <div>
            {words.refusedBy} {words.filters[refusedBy]}
          </div>
        )}
        {detail && <div className="hooks-events">{detail}</div>}
      </div>
    </li>
  )
}
