// What the API found wrong with a form: beside the field that it names, or above the form when it names
// none. The first of them gets the focus.
import { Banner, FormControl } from '@primer/react'
import { type RefObject, useEffect } from 'react'
import { ApiError, type ErrorItem } from '../api.ts'
import { catalogue, useWords } from '../language.tsx'

const WORDS = catalogue(
  {
    refused: 'That did not work',
    away: 'The server did not answer. Nothing that you entered is lost: try again.',
    missing: 'This does not exist.',
    missing_field: 'This is required.',
    invalid: 'This is not valid.',
    already_exists: 'This exists already.',
  },
  {
    refused: 'L’opération a échoué',
    away: 'Le serveur n’a pas répondu. Rien de ce que vous avez saisi n’est perdu : réessayez.',
    missing: 'Cela n’existe pas.',
    missing_field: 'Ce champ est obligatoire.',
    invalid: 'Cette valeur n’est pas valide.',
    already_exists: 'Cette valeur existe déjà.',
  },
)

export type Faults = {
  /** The words for each field that has been refused. */
  readonly fields: ReadonlyMap<string, string>
  /** What belongs to no field of the form. */
  readonly others: readonly string[]
}

const NONE: Faults = { fields: new Map(), others: [] }

/**
 * `fieldOf` tells to which field of the form an item belongs: those that belong to none are shown above.
 * Nothing is wrong while there is no error.
 */
export function useFaults(error: unknown, fieldOf: (item: ErrorItem) => string | undefined): Faults {
  const words = useWords(WORDS)
  if (error === null || error === undefined) return NONE
  if (!(error instanceof ApiError)) return { ...NONE, others: [String(error)] }
  if (error.status === 0) return { ...NONE, others: [words.away] }

  const sayingOf = ({ code, message }: ErrorItem) =>
    message ?? (code in words ? words[code as keyof typeof words] : code)
  const fields = new Map<string, string>()
  const others: string[] = []
  for (const item of error.items) {
    const field = fieldOf(item)
    if (field === undefined) others.push(sayingOf(item))
    else if (!fields.has(field)) fields.set(field, sayingOf(item))
  }
  return fields.size + others.length > 0 ? { fields, others } : { ...NONE, others: [error.message] }
}

/** Above a form. */
export function FaultBanner({ faults }: { readonly faults: Faults }) {
  const { refused } = useWords(WORDS)
  if (faults.others.length === 0) return null
  return (
    <Banner variant="critical" title={refused} tabIndex={-1} data-fault>
      <Banner.Description>
        {faults.others.map(text => (
          <div key={text}>{text}</div>
        ))}
      </Banner.Description>
    </Banner>
  )
}

type FieldFaultProps = { readonly faults: Faults; readonly field: string }

/** Within a `FormControl`, whose input has `validationStatus="error"`: see `statusOf`. */
export function statusOf({ faults, field }: FieldFaultProps): 'error' | undefined {
  return faults.fields.has(field) ? 'error' : undefined
}

/** A function and no component: Primer finds the parts of a control by their type. */
export function fieldFault({ faults, field }: FieldFaultProps) {
  const text = faults.fields.get(field)
  return text === undefined ? null : <FormControl.Validation variant="error">{text}</FormControl.Validation>
}

// A field, the banner, or the choice that is made in a group of them.
const FIRST_FAULT = '[aria-invalid="true"], [data-fault][tabindex="-1"], [data-fault] :checked'

/** Moves the focus to the first fault within `form`, each time that there is another error. */
export function useFaultFocus(form: RefObject<HTMLElement | null>, error: unknown): void {
  useEffect(() => {
    if (error === null || error === undefined) return
    form.current?.querySelector<HTMLElement>(FIRST_FAULT)?.focus()
  }, [form, error])
}
