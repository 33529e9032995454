// The fields of a webhook, in GitHub's order and under GitHub's labels: for one that is to be, and for one
// that is there.
import { Checkbox, FormControl, Select } from '@primer/react'
import type { ReactNode } from 'react'
import { catalogue, useWords } from '../language.tsx'
import { type Faults, fieldFault, statusOf } from '../parts/faults.tsx'
import { TextField } from '../parts/form.tsx'
import { EventFields } from './event-fields.tsx'
import { type HookDraft, type HookEdits, isHttps } from './hook-draft.ts'
import type { Place } from './place.ts'
import { SslField } from './ssl-field.tsx'

const GUIDE = 'https://docs.github.com/webhooks/using-webhooks/creating-webhooks'

const WORDS = catalogue(
  {
    intro:
      'We’ll send a POST request to the URL below with details of any subscribed events. You can also specify which data format you’d like to receive (JSON, x-www-form-urlencoded, etc). More information can be found in ',
    guide: 'our developer documentation',
    url: 'Payload URL',
    contentType: 'Content type',
    secret: 'Secret',
    active: 'Active',
    activeCaption: 'We will deliver event details when this hook is triggered.',
  },
  {
    intro:
      'Nous enverrons une requête POST à l’URL ci-dessous, avec les détails des événements choisis. Vous pouvez aussi indiquer le format souhaité (JSON, x-www-form-urlencoded, etc.). Pour en savoir plus, consultez ',
    guide: 'notre documentation pour les développeurs',
    url: 'URL de la charge utile',
    contentType: 'Type de contenu',
    secret: 'Secret',
    active: 'Actif',
    activeCaption: 'Nous livrerons les détails des événements quand ce webhook sera déclenché.',
  },
)

export type HookFieldsProps = {
  readonly place: Place
  readonly draft: HookDraft
  readonly faults: Faults
  /** Instead of the field, where a secret is set already. */
  readonly secret?: ReactNode
  edit(edits: HookEdits): void
}

export function HookFields({ place, draft, faults, secret, edit }: HookFieldsProps) {
  const words = useWords(WORDS)
  return (
    <>
      <p className="hooks-intro">
        {words.intro}
        <a href={GUIDE}>{words.guide}</a>.
      </p>
      <TextField
        label={words.url}
        field="url"
        faults={faults}
        required={place.kind !== 'app'}
        inputMode="url"
        autoComplete="off"
        spellCheck={false}
        placeholder="https://example.com/postreceive"
        value={draft.url}
        change={url => edit({ url })}
      />
      <FormControl required>
        <FormControl.Label>{words.contentType}</FormControl.Label>
        <Select
          value={draft.contentType}
          validationStatus={statusOf({ faults, field: 'content_type' })}
          onChange={event => edit({ contentType: event.target.value })}
        >
          <Select.Option value="form">application/x-www-form-urlencoded</Select.Option>
          <Select.Option value="json">application/json</Select.Option>
        </Select>
        {fieldFault({ faults, field: 'content_type' })}
      </FormControl>
      {secret || (
        <TextField
          label={words.secret}
          field="secret"
          faults={faults}
          autoComplete="off"
          spellCheck={false}
          value={draft.secret ?? ''}
          change={typed => edit({ secret: typed === '' ? null : typed })}
        />
      )}
      {isHttps(draft.url) && (
        <SslField isInsecure={draft.insecureSsl} change={insecureSsl => edit({ insecureSsl })} />
      )}
      <EventFields place={place} draft={draft} faults={faults} edit={edit} />
      <FormControl>
        <Checkbox checked={draft.active} onChange={event => edit({ active: event.target.checked })} />
        <FormControl.Label>{words.active}</FormControl.Label>
        <FormControl.Caption>{words.activeCaption}</FormControl.Caption>
      </FormControl>
    </>
  )
}
