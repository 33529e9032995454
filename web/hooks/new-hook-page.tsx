// Add webhook.
import { Button } from '@primer/react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import { catalogue, useWords } from '../language.tsx'
import { FaultBanner } from '../parts/faults.tsx'
import { useForm } from '../parts/form.tsx'
import { hookKey } from './hook.ts'
import { createHook, NEW_DRAFT } from './hook-draft.ts'
import { hookFieldOf } from './hook-faults.ts'
import { HookFields } from './hook-fields.tsx'
import { HooksFrame } from './hooks-frame.tsx'
import { usePlace } from './place.ts'

const WORDS = catalogue(
  {
    add: 'Add webhook',
    later: 'How it retries, how fast it sends, and filters can be set once it is there.',
  },
  {
    add: 'Ajouter un webhook',
    later: 'Les nouvelles tentatives, le débit et les filtres se règlent une fois le webhook créé.',
  },
)

export function NewHookPage() {
  const words = useWords(WORDS)
  const place = usePlace()
  const queries = useQueryClient()
  const { navigate } = useRouter()
  const [draft, setDraft] = useState(NEW_DRAFT)

  const creation = useMutation({
    mutationFn: () => createHook(place, draft),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: hookKey(place) })
      await navigate({ to: place.page, state: { flash: 'created' } })
    },
  })
  const { faults, props } = useForm(creation, hookFieldOf)
  return (
    <HooksFrame place={place} title={words.add} isBelow>
      <form {...props} className="hooks-form">
        <FaultBanner faults={faults} />
        <HookFields
          place={place}
          draft={draft}
          faults={faults}
          edit={edits => setDraft(before => ({ ...before, ...edits }))}
        />
        <div className="hooks-buttons">
          <Button type="submit" variant="primary" loading={creation.isPending}>
            {words.add}
          </Button>
        </div>
        <p className="hooks-note">{words.later}</p>
      </form>
    </HooksFrame>
  )
}
