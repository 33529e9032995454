// What GitHub does not have: how a webhook is delivered to, and which of the events that it asked for it
// wants to hear of.
import { FiltersForm } from './filters-form.tsx'
import type { Place } from './place.ts'
import { PolicyForm } from './policy-form.tsx'

export type OwnSettingsProps = { readonly place: Place; readonly hookId: string }

export function OwnSettings({ place, hookId }: OwnSettingsProps) {
  return (
    <>
      <PolicyForm place={place} hookId={hookId} />
      <FiltersForm place={place} hookId={hookId} />
    </>
  )
}
