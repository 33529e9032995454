// The secret by which signatures are checked. It goes to the command, and does not come back.
import { ShieldCheckIcon, ShieldIcon } from '@primer/octicons-react'
import { Button } from '@primer/react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { send } from '../api.ts'
import { useWords } from '../language.tsx'
import { FaultBanner } from '../parts/faults.tsx'
import { TextField, useForm } from '../parts/form.tsx'
import { SETTINGS_QUERY } from './exchange-queries.ts'
import { WORDS } from './words.ts'

export function SecretForm() {
  const words = useWords(WORDS)
  const { data } = useQuery(SETTINGS_QUERY)
  const [isOpen, setOpen] = useState(false)
  const isKnown = data?.isSecretKnown === true
  return (
    <div className="inspector-secret">
      <div className="inspector-bar">
        <Button
          size="small"
          leadingVisual={isKnown ? ShieldCheckIcon : ShieldIcon}
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          {words.secret}
        </Button>
        <span role="status" className="deliveries-note">
          {isKnown && words.secretKnown}
        </span>
      </div>
      {isOpen && <Fields isKnown={isKnown} close={() => setOpen(false)} />}
    </div>
  )
}

function Fields({ isKnown, close }: { readonly isKnown: boolean; close(): void }) {
  const words = useWords(WORDS)
  const queries = useQueryClient()
  const [secret, setSecret] = useState('')
  const sending = useMutation({
    mutationFn: (told: string | null) => send('PUT', '/api/secret', { secret: told }),
    onSuccess: () => {
      close()
      return queries.invalidateQueries()
    },
  })
  const saving = { error: sending.error, mutate: () => sending.mutate(secret) }
  const { faults, props } = useForm(saving, () => undefined)
  return (
    <form {...props} className="inspector-form">
      <FaultBanner faults={faults} />
      <TextField
        label={words.secretLabel}
        caption={words.secretCaption}
        field="secret"
        type="password"
        autoComplete="off"
        autoFocus
        maxLength={1000}
        value={secret}
        faults={faults}
        change={setSecret}
      />
      <div className="frame-buttons">
        <Button type="submit" variant="primary" disabled={secret === ''} loading={sending.isPending}>
          {words.secretSave}
        </Button>
        {isKnown && <Button onClick={() => sending.mutate(null)}>{words.secretForget}</Button>}
        <Button variant="invisible" onClick={close}>
          {words.cancel}
        </Button>
      </div>
    </form>
  )
}
