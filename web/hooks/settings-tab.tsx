// The settings of a webhook that is there: the form of the page that adds one, without what nobody changed.
import { Button, Label } from '@primer/react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, lazy, Suspense, useRef, useState } from 'react'
import { catalogue, useWords } from '../language.tsx'
import { Failure } from '../parts/failure.tsx'
import { FaultBanner, useFaultFocus, useFaults } from '../parts/faults.tsx'
import { Loading } from '../parts/loading.tsx'
import { DeleteHookDialog } from './delete-hook.tsx'
import { filtersQuery } from './filters.ts'
import { FlashBanner } from './flash.tsx'
import { type Hook, hookKey, hookQuery } from './hook.ts'
import { draftOf, type HookEdits, saveHook } from './hook-draft.ts'
import { hookFieldOf } from './hook-faults.ts'
import { HookFields } from './hook-fields.tsx'
import type { Place } from './place.ts'
import { OVERLAP_SECONDS, SecretChange } from './secret-change.tsx'

const WORDS = catalogue(
  {
    update: 'Update webhook',
    remove: 'Delete webhook',
    more: 'Delivery policy and filters',
    filtering: 'Filters some events',
  },
  {
    update: 'Mettre à jour le webhook',
    remove: 'Supprimer le webhook',
    more: 'Règles de livraison et filtres',
    filtering: 'Filtre des événements',
  },
)

const OwnSettings = lazy(() => import('./own-settings.tsx').then(module => ({ default: module.OwnSettings })))

export type SettingsTabProps = { readonly place: Place; readonly hookId: string }

export function SettingsTab({ place, hookId }: SettingsTabProps) {
  const { data, error, refetch } = useQuery(hookQuery(place, hookId))
  if (data) {
    return (
      <>
        <HookSettings place={place} hook={data} />
        <MoreSettings place={place} hookId={hookId} />
      </>
    )
  }
  return error ? <Failure error={error} retry={refetch} /> : <Loading rows={6} />
}

function HookSettings({ place, hook }: { readonly place: Place; readonly hook: Hook }) {
  const words = useWords(WORDS)
  const queries = useQueryClient()
  const form = useRef<HTMLFormElement>(null)
  const [edits, setEdits] = useState<HookEdits>({})
  const [overlapSeconds, setOverlapSeconds] = useState(OVERLAP_SECONDS)
  const [saves, setSaves] = useState(0)
  const [isDeleting, setDeleting] = useState(false)

  const refresh = () => queries.invalidateQueries({ queryKey: hookKey(place) })
  const saving = useMutation({
    mutationFn: (sent: HookEdits) => saveHook(place, hook, sent, overlapSeconds),
    // The edits are let go of when what they have become is there, so that nothing flickers; what was typed
    // meanwhile stays.
    onSuccess: async (_, sent) => {
      await refresh()
      setEdits(now => without(now, sent))
      setSaves(count => count + 1)
    },
    // One of the steps may have been taken.
    onError: refresh,
  })
  const faults = useFaults(saving.error, hookFieldOf)
  useFaultFocus(form, saving.error)

  const draft = { ...draftOf(hook), ...edits }
  const edit = (more: HookEdits) => setEdits(before => ({ ...before, ...more }))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    saving.mutate(edits)
  }
  return (
    <form ref={form} className="hooks-form" noValidate onSubmit={submit}>
      <FlashBanner kind={saving.isSuccess ? 'updated' : null} takesFocus close={saving.reset} />
      <FaultBanner faults={faults} />
      <HookFields
        place={place}
        draft={draft}
        faults={faults}
        edit={edit}
        secret={
          hook.config.secret !== undefined && (
            <SecretChange
              key={saves}
              place={place}
              hookId={hook.id}
              secret={draft.secret}
              overlapSeconds={overlapSeconds}
              faults={faults}
              change={secret => edit({ secret })}
              changeOverlap={setOverlapSeconds}
            />
          )
        }
      />
      <div className="hooks-buttons">
        <Button type="submit" variant="primary" loading={saving.isPending}>
          {words.update}
        </Button>
        {/* An App's goes with the App. */}
        {place.kind !== 'app' && (
          <Button variant="danger" onClick={() => setDeleting(true)}>
            {words.remove}
          </Button>
        )}
      </div>
      {isDeleting && <DeleteHookDialog place={place} hook={hook} close={() => setDeleting(false)} />}
    </form>
  )
}

function without(edits: HookEdits, sent: HookEdits): HookEdits {
  const keys = Object.keys(edits) as (keyof HookEdits)[]
  return Object.fromEntries(keys.filter(key => edits[key] !== sent[key]).map(key => [key, edits[key]]))
}

/** Closed until it is wanted; but that something is left out is told at once. */
function MoreSettings({ place, hookId }: SettingsTabProps) {
  const words = useWords(WORDS)
  const [isOpen, setOpen] = useState(false)
  const { data: filters } = useQuery(filtersQuery(place, hookId))
  const filtering = Object.values(filters ?? {}).some(filter => filter !== null)
  return (
    <details className="hooks-more" onToggle={event => setOpen(event.currentTarget.open)}>
      <summary>
        {words.more} {filtering && <Label variant="attention">{words.filtering}</Label>}
      </summary>
      {isOpen && (
        <div>
          <Suspense fallback={<Loading />}>
            <OwnSettings place={place} hookId={hookId} />
          </Suspense>
        </div>
      )}
    </details>
  )
}
