// How a webhook is delivered to: how long, how often again, how fast, in which order.

import { Button, Checkbox, FormControl, Heading, Radio, RadioGroup, Select, TextInput } from '@primer/react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import { ApiError, get, send } from '../api.ts'
import { catalogue, useWords } from '../language.tsx'
import { Failure } from '../parts/failure.tsx'
import { FaultBanner, fieldFault, statusOf, useFaultFocus, useFaults } from '../parts/faults.tsx'
import { Loading } from '../parts/loading.tsx'
import { hookKey } from './hook.ts'
import type { OwnSettingsProps } from './own-settings.tsx'
import { hookAddress } from './place.ts'
import { changeOf, draftOf, type Policy, type PolicyDraft, type WHOLE_NUMBER_FIELD } from './policy-draft.ts'

const WORDS = catalogue(
  {
    title: 'Delivery policy',
    timeout: 'Timeout in seconds',
    timeoutCaption: '1 to 30, from dialling to the end of the response. Empty: 10.',
    retries: 'Retries',
    usual: 'As usual: ten, over about 75 hours',
    off: 'None, as GitHub does it',
    list: 'After waits of my own',
    waits: 'Waits in seconds',
    waitsCaption: 'One for each further attempt, with commas between them: 5, 30, 300. At most 20.',
    concurrency: 'Attempts at once',
    concurrencyCaption: '1 to 100. Empty: 10.',
    deliveries: 'Deliveries at most',
    deliveriesCaption: '1 to 10,000. What is above waits, and nothing is dropped. Empty: as many as come.',
    perSeconds: 'In so many seconds',
    perSecondsCaption: '1 to 3,600.',
    order: 'Order',
    orderCaption: 'What waits for its retry holds back what is behind it.',
    orders: {
      none: 'None: each as soon as it can',
      hook: 'First in, first out',
      repository: 'First in, first out in each repository',
      issue: 'First in, first out for each issue and pull request',
    },
    standard: 'Send the headers of Standard Webhooks, too',
    standardCaption: 'webhook-id, webhook-timestamp and webhook-signature, beside GitHub’s.',
    save: 'Save policy',
    saved: 'The policy was saved.',
    whole: 'Enter a whole number.',
    wholes: 'Enter whole numbers with commas between them.',
  },
  {
    title: 'Règles de livraison',
    timeout: 'Délai maximal en secondes',
    timeoutCaption: 'De 1 à 30, de l’appel à la fin de la réponse. Vide : 10.',
    retries: 'Nouvelles tentatives',
    usual: 'Comme d’habitude : dix, sur environ 75 heures',
    off: 'Aucune, comme GitHub',
    list: 'Après des attentes de mon choix',
    waits: 'Attentes en secondes',
    waitsCaption: 'Une pour chaque nouvelle tentative, séparées par des virgules : 5, 30, 300. Au plus 20.',
    concurrency: 'Tentatives simultanées',
    concurrencyCaption: 'De 1 à 100. Vide : 10.',
    deliveries: 'Livraisons au plus',
    deliveriesCaption: 'De 1 à 10 000. Au-delà, elles attendent, et rien n’est perdu. Vide : sans limite.',
    perSeconds: 'En tant de secondes',
    perSecondsCaption: 'De 1 à 3 600.',
    order: 'Ordre',
    orderCaption: 'Une livraison qui attend une nouvelle tentative retient celles qui la suivent.',
    orders: {
      none: 'Aucun : chacune dès que possible',
      hook: 'Premier entré, premier sorti',
      repository: 'Premier entré, premier sorti dans chaque dépôt',
      issue: 'Premier entré, premier sorti pour chaque problème et demande de tirage',
    },
    standard: 'Envoyer aussi les en-têtes de Standard Webhooks',
    standardCaption: 'webhook-id, webhook-timestamp et webhook-signature, en plus de ceux de GitHub.',
    save: 'Enregistrer les règles',
    saved: 'Les règles ont été enregistrées.',
    whole: 'Saisissez un nombre entier.',
    wholes: 'Saisissez des nombres entiers séparés par des virgules.',
  },
)

const FIELDS: readonly string[] = ['timeout_seconds', 'retry', 'concurrency', 'rate_limit', 'order']

const ORDERS = ['none', 'hook', 'repository', 'issue'] as const

export function PolicyForm({ place, hookId }: OwnSettingsProps) {
  const words = useWords(WORDS)
  const address = `${hookAddress(place, hookId)}/policy`
  const { data, error, refetch } = useQuery({
    queryKey: [...hookKey(place), hookId, 'policy'],
    queryFn: ({ signal }) => get<Policy>(address, signal),
    refetchOnWindowFocus: 'always',
  })
  return (
    <section className="hooks-form" aria-labelledby="policy-title">
      <Heading as="h2" variant="small" id="policy-title">
        {words.title}
      </Heading>
      {data ? (
        <PolicyFields policy={data} address={address} queryKey={[...hookKey(place), hookId, 'policy']} />
      ) : error ? (
        <Failure error={error} retry={refetch} />
      ) : (
        <Loading />
      )}
    </section>
  )
}

type PolicyFieldsProps = {
  readonly policy: Policy
  readonly address: string
  readonly queryKey: readonly string[]
}

function PolicyFields({ policy, address, queryKey }: PolicyFieldsProps) {
  const words = useWords(WORDS)
  const queries = useQueryClient()
  const form = useRef<HTMLFormElement>(null)
  const [edits, setEdits] = useState<Partial<PolicyDraft>>({})
  const draft = { ...draftOf(policy), ...edits }
  const edit = (more: Partial<PolicyDraft>) => setEdits(before => ({ ...before, ...more }))

  const saving = useMutation({
    mutationFn: async () => {
      const change = changeOf(draft, edits)
      if (change.kind === 'no_number') {
        const message = change.field === 'retry' ? words.wholes : words.whole
        throw new ApiError(422, message, [{ code: 'custom', field: change.field, message }])
      }
      return send<Policy>('PATCH', address, change.body)
    },
    onSuccess: saved => {
      queries.setQueryData(queryKey, saved)
      setEdits({})
    },
  })
  const faults = useFaults(saving.error, ({ field }) =>
    field !== undefined && FIELDS.includes(field) ? field : undefined,
  )
  useFaultFocus(form, saving.error)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    saving.mutate()
  }
  const number = (field: keyof typeof WHOLE_NUMBER_FIELD, name: string) => ({
    inputMode: 'numeric' as const,
    autoComplete: 'off',
    value: draft[field],
    validationStatus: statusOf({ faults, field: name }),
    onChange: (event: { target: { value: string } }) => edit({ [field]: event.target.value }),
  })
  return (
    <form ref={form} className="hooks-form" noValidate onSubmit={submit}>
      <FaultBanner faults={faults} />
      <FormControl>
        <FormControl.Label>{words.timeout}</FormControl.Label>
        <FormControl.Caption>{words.timeoutCaption}</FormControl.Caption>
        <TextInput {...number('timeout', 'timeout_seconds')} />
        {fieldFault({ faults, field: 'timeout_seconds' })}
      </FormControl>
      <RadioGroup name="retries">
        <RadioGroup.Label>{words.retries}</RadioGroup.Label>
        {(['usual', 'off', 'list'] as const).map(retries => (
          <FormControl key={retries}>
            <Radio value={retries} checked={draft.retries === retries} onChange={() => edit({ retries })} />
            <FormControl.Label>{words[retries]}</FormControl.Label>
          </FormControl>
        ))}
      </RadioGroup>
      {draft.retries === 'list' && (
        <FormControl>
          <FormControl.Label>{words.waits}</FormControl.Label>
          <FormControl.Caption>{words.waitsCaption}</FormControl.Caption>
          <TextInput
            block
            autoComplete="off"
            value={draft.waits}
            validationStatus={statusOf({ faults, field: 'retry' })}
            onChange={event => edit({ waits: event.target.value })}
          />
          {fieldFault({ faults, field: 'retry' })}
        </FormControl>
      )}
      <FormControl>
        <FormControl.Label>{words.concurrency}</FormControl.Label>
        <FormControl.Caption>{words.concurrencyCaption}</FormControl.Caption>
        <TextInput {...number('concurrency', 'concurrency')} />
        {fieldFault({ faults, field: 'concurrency' })}
      </FormControl>
      <FormControl>
        <FormControl.Label>{words.deliveries}</FormControl.Label>
        <FormControl.Caption>{words.deliveriesCaption}</FormControl.Caption>
        <TextInput {...number('deliveries', 'rate_limit')} />
        {fieldFault({ faults, field: 'rate_limit' })}
      </FormControl>
      {draft.deliveries.trim() !== '' && (
        <FormControl>
          <FormControl.Label>{words.perSeconds}</FormControl.Label>
          <FormControl.Caption>{words.perSecondsCaption}</FormControl.Caption>
          <TextInput {...number('perSeconds', 'rate_limit')} />
        </FormControl>
      )}
      <FormControl>
        <FormControl.Label>{words.order}</FormControl.Label>
        <FormControl.Caption>{words.orderCaption}</FormControl.Caption>
        <Select value={draft.order} onChange={event => edit({ order: event.target.value })}>
          {ORDERS.map(order => (
            <Select.Option key={order} value={order}>
              {words.orders[order]}
            </Select.Option>
          ))}
        </Select>
      </FormControl>
      <FormControl>
        <Checkbox checked={draft.standard} onChange={event => edit({ standard: event.target.checked })} />
        <FormControl.Label>{words.standard}</FormControl.Label>
        <FormControl.Caption>{words.standardCaption}</FormControl.Caption>
      </FormControl>
      <div className="hooks-buttons">
        <Button type="submit" loading={saving.isPending}>
          {words.save}
        </Button>
        <span role="status" className="hooks-said">
          {saving.isSuccess && Object.keys(edits).length === 0 && words.saved}
        </span>
      </div>
    </form>
  )
}
