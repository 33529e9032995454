// The secret of a webhook that has one: nobody can read it, so it can be changed, with a time in which the
// former one signs, too, or taken away.
import { Button, FormControl, Select } from '@primer/react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { get } from '../api.ts'
import { catalogue, useFormats, useWords } from '../language.tsx'
import { type Faults, fieldFault, statusOf } from '../parts/faults.tsx'
import { TextField } from '../parts/form.tsx'
import { hookKey } from './hook.ts'
import { hookAddress, type Place } from './place.ts'

const WORDS = catalogue(
  {
    secret: 'Secret',
    note: 'If you’ve lost or forgotten this secret, you can change it, but be aware that any integrations using this secret will need to be updated.',
    change: 'Change secret',
    remove: 'Remove secret',
    fresh: 'New secret',
    keep: 'Keep the secret as it is',
    removed: 'The secret is removed when you update the webhook: deliveries are then not signed.',
    overlap: 'The former secret goes on signing, too, for',
    overlapCaption:
      'Receivers that look into X-Hookline-Previous-Signature-256 as well miss nothing while they are updated. If the secret has leaked, choose none.',
    until: (time: string) => `The secret before this one signs, too, until ${time}.`,
    waits: { 0: 'no time at all', 3600: 'an hour', 86400: 'a day', 604800: 'a week' },
  },
  {
    secret: 'Secret',
    note: 'Si vous avez perdu ou oublié ce secret, vous pouvez le changer. Toutes les intégrations qui l’utilisent devront alors être mises à jour.',
    change: 'Changer le secret',
    remove: 'Supprimer le secret',
    fresh: 'Nouveau secret',
    keep: 'Garder le secret tel quel',
    removed:
      'Le secret sera supprimé quand vous mettrez à jour le webhook : les livraisons ne seront plus signées.',
    overlap: 'L’ancien secret continue aussi de signer pendant',
    overlapCaption:
      'Les récepteurs qui lisent aussi X-Hookline-Previous-Signature-256 ne manquent rien pendant leur mise à jour. Si le secret a fuité, choisissez l’arrêt immédiat.',
    until: (time: string) => `Le secret précédent signe encore, lui aussi, jusqu’au ${time}.`,
    waits: { 0: 'aucun temps (arrêt immédiat)', 3600: 'une heure', 86400: 'un jour', 604800: 'une semaine' },
  },
)

/** The API's own, too: a day. */
export const OVERLAP_SECONDS = 86_400

const OVERLAPS = [0, 3600, OVERLAP_SECONDS, 604_800] as const

export type SecretChangeProps = {
  readonly place: Place
  readonly hookId: number
  /** Null stays as it is, empty is taken away. */
  readonly secret: string | null
  readonly overlapSeconds: number
  readonly faults: Faults
  change(secret: string | null): void
  changeOverlap(seconds: number): void
}

export function SecretChange(props: SecretChangeProps) {
  const words = useWords(WORDS)
  const { secret, change } = props
  const [isChanging, setChanging] = useState(secret !== null && secret !== '')
  // Of the two sides, the one that is gone may have had the focus.
  const [isBack, setBack] = useState(false)
  const keep = () => {
    setBack(true)
    setChanging(false)
    change(null)
  }
  const isRemoved = secret === ''
  const note = isRemoved ? words.removed : words.note
  return (
    <fieldset className="hooks-secret">
      <legend>{words.secret}</legend>
      {isChanging ? (
        <NewSecret {...props} />
      ) : (
        <p className="hooks-note" role={isRemoved ? 'status' : undefined}>
          {note} <FormerSecret {...props} />
        </p>
      )}
      <div className="hooks-buttons">
        {isChanging || isRemoved ? (
          <Button autoFocus={isRemoved} onClick={keep}>
            {words.keep}
          </Button>
        ) : (
          <>
            <Button autoFocus={isBack} onClick={() => setChanging(true)}>
              {words.change}
            </Button>
            <Button variant="danger" onClick={() => change('')}>
              {words.remove}
            </Button>
          </>
        )}
      </div>
    </fieldset>
  )
}

function NewSecret({ secret, overlapSeconds, faults, change, changeOverlap }: SecretChangeProps) {
  const words = useWords(WORDS)
  return (
    <>
      <TextField
        label={words.fresh}
        field="secret"
        faults={faults}
        // One came here to type it.
        autoFocus
        autoComplete="off"
        spellCheck={false}
        value={secret ?? ''}
        change={typed => change(typed === '' ? null : typed)}
      />
      <FormControl>
        <FormControl.Label>{words.overlap}</FormControl.Label>
        <FormControl.Caption>{words.overlapCaption}</FormControl.Caption>
        <Select
          value={`${overlapSeconds}`}
          validationStatus={statusOf({ faults, field: 'overlap_seconds' })}
          onChange={event => changeOverlap(Number(event.target.value))}
        >
          {OVERLAPS.map(seconds => (
            <Select.Option key={seconds} value={`${seconds}`}>
              {words.waits[seconds]}
            </Select.Option>
          ))}
        </Select>
        {fieldFault({ faults, field: 'overlap_seconds' })}
      </FormControl>
    </>
  )
}

type SecretState = { readonly previous_secret_until: string | null }

/** Until when the one before signs, if it does. */
function FormerSecret({ place, hookId }: SecretChangeProps) {
  const words = useWords(WORDS)
  const formats = useFormats()
  const { data } = useQuery({
    queryKey: [...hookKey(place), `${hookId}`, 'secret'],
    queryFn: ({ signal }) => get<SecretState>(`${hookAddress(place, hookId)}/secret`, signal),
  })
  const until = data?.previous_secret_until
  return until ? words.until(formats.time(until)) : null
}
