// Gives a user a password, by which they can sign in.
import { Dialog } from '@primer/react'
import { useMutation } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { send } from '../api.ts'
import { catalogue, useWords } from '../language.tsx'
import { FaultBanner } from '../parts/faults.tsx'
import { fieldAmong, TextField, useForm } from '../parts/form.tsx'

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

const fieldOf = fieldAmong('password')

export type PasswordDialogProps = { readonly login: string; close(): void }

export function PasswordDialog({ login, close }: PasswordDialogProps) {
  const words = useWords(WORDS)
  const input = useRef<HTMLInputElement>(null)
  const [password, setPassword] = useState('')
  const change = useMutation({
    mutationFn: () => send('PUT', `/admin/users/${login}/password`, { password }),
    onSuccess: close,
  })
  const { faults, props } = useForm(change, fieldOf)
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
      <form {...props} id={FORM} className="frame">
        <FaultBanner faults={faults} />
        <p className="frame-muted">{words.what}</p>
        <TextField
          label={words.password}
          caption={words.hint}
          field="password"
          faults={faults}
          required
          ref={input}
          type="text"
          autoComplete="off"
          spellCheck={false}
          value={password}
          change={setPassword}
        />
      </form>
    </Dialog>
  )
}
