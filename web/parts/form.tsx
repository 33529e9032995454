// What every form does: it sends, shows what was refused, and moves the focus there. Nothing that was typed is
// lost by it.
import { FormControl, TextInput } from '@primer/react'
import { type ComponentProps, type FormEvent, type ReactNode, useRef } from 'react'
import type { ErrorItem } from '../api.ts'
import { type Faults, fieldFault, statusOf, useFaultFocus, useFaults } from './faults.tsx'

type FieldOf = (item: ErrorItem) => string | undefined

export type Form = {
  readonly faults: Faults
  /** Of the `<form>`. */
  readonly props: Pick<ComponentProps<'form'>, 'ref' | 'noValidate' | 'onSubmit'>
}

/** `sending` as TanStack Query gives it; `submit` when more is done than that. */
export function useForm(
  sending: { readonly error: unknown; mutate(): void },
  fieldOf: FieldOf,
  submit = () => sending.mutate(),
): Form {
  const ref = useRef<HTMLFormElement>(null)
  const faults = useFaults(sending.error, fieldOf)
  useFaultFocus(ref, sending.error)
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    submit()
  }
  return { faults, props: { ref, noValidate: true, onSubmit } }
}

/** For a form whose fields have the API's names. */
export function fieldAmong(...names: readonly string[]): FieldOf {
  return ({ field }) => (field !== undefined && names.includes(field) ? field : undefined)
}

export type TextFieldProps = Omit<
  ComponentProps<typeof TextInput>,
  'value' | 'onChange' | 'validationStatus'
> & {
  readonly label: string
  readonly caption?: ReactNode
  /** In the API's words. */
  readonly field: string
  readonly value: string
  readonly faults: Faults
  change(value: string): void
}

export function TextField(props: TextFieldProps) {
  const { label, caption, field, value, faults, change, required = false, ...input } = props
  return (
    <FormControl required={required}>
      <FormControl.Label>{label}</FormControl.Label>
      <TextInput
        block
        {...input}
        value={value}
        validationStatus={statusOf({ faults, field })}
        onChange={event => change(event.target.value)}
      />
      {fieldFault({ faults, field })}
      {caption && <FormControl.Caption>{caption}</FormControl.Caption>}
    </FormControl>
  )
}
