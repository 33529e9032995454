// Gives a user a password, by which they can sign in.
import { Dialog, FormControl, TextInput } from '@primer/react'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import { type ErrorItem, send } from '../api.ts'
import { catalogue, useWords } from '../language.tsx'
import { FaultBanner, fieldFault, statusOf, useFaultFocus, useFaults } from '../parts/faults.tsx'

const WORDS = catalogue(
  {
    title: (login: string) => `Set a password for ${login}`,
    what: 'Tell it to them: they can change it once they have signed in. Their sessions end now.',
    password: 'New password',
    hint: 'At least 10 characters.',
    save: 'Set password',
    cancel: 'Not now',
  },
  {
    title: (login: string) => `Définir le mot de passe de ${login}`,
    what: 'Communiquez-le-lui : il pourra le changer une fois connecté. Ses sessions sont fermées dès maintenant.',
    password: 'Nouveau mot de passe',
    hint: 'Au moins 10 caractères.',
    save: 'Définir le mot de passe',
    cancel: 'Pas maintenant',
  },
)

const FORM = 'password-form'

export type PasswordDialogProps = { readonly login: string; close(): void }

export function PasswordDialog({ login, close }: PasswordDialogProps) {
  const words = useWords(WORDS)
  const form = useRef<HTMLFormElement>(null)
  const input = useRef<HTMLInputElement>(null)
  const [password, setPassword] = useState('')
  const change = useMutation({
    mutationFn: () => send('PUT', `/admin/users/${login}/password`, { password }),
    onSuccess: close,
  })
  const faults = useFaults(change.error, fieldOf)
  useFaultFocus(form, change.error)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    change.mutate()
  }
  return (
    <Dialog
      title={words.title(login)}
      onClose={close}
      initialFocusRef={input}
      footerButtons={[
        { content: words.cancel, onClick: close },
        { content: words.save, buttonType: 'primary', type: 'submit', form: FORM, loading: change.isPending },
      ]}
    >
      <form ref={form} id={FORM} className="frame" noValidate onSubmit={submit}>
        <FaultBanner faults={faults} />
        <p className="frame-muted">{words.what}</p>
        <FormControl required>
          <FormControl.Label>{words.password}</FormControl.Label>
          <TextInput
            block
            ref={input}
            type="text"
            autoComplete="off"
            spellCheck={false}
            value={password}
            validationStatus={statusOf({ faults, field: 'password' })}
            onChange={event => setPassword(event.target.value)}
          />
          {fieldFault({ faults, field: 'password' })}
          <FormControl.Caption>{words.hint}</FormControl.Caption>
        </FormControl>
      </form>
    </Dialog>
  )
}

function fieldOf({ field }: ErrorItem): string | undefined {
  return field === 'password' ? field : undefined
}
