// Whether certificates are verified. To give that up takes a second word.
import { ConfirmationDialog, FormControl, Radio, RadioGroup } from '@primer/react'
import { useState } from 'react'
import { catalogue, useWords } from '../language.tsx'

const WORDS = catalogue(
  {
    title: 'SSL verification',
    caption: 'By default, we verify SSL certificates when delivering payloads.',
    enable: 'Enable SSL verification',
    disable: 'Disable (not recommended)',
    sure: 'Are you sure?',
    warning:
      'Without SSL verification, anybody between us and your server can read and change what is delivered: this has serious implications, and is not recommended. A self-signed certificate is better replaced by one from a certificate authority.',
    confirm: 'Disable, I understand my webhooks may not be secure',
    cancel: 'Cancel',
  },
  {
    title: 'Vérification SSL',
    caption: 'Par défaut, nous vérifions les certificats SSL lors de la livraison des charges utiles.',
    enable: 'Activer la vérification SSL',
    disable: 'Désactiver (déconseillé)',
    sure: 'Êtes-vous sûr ?',
    warning:
      'Sans vérification SSL, quiconque se trouve entre nous et votre serveur peut lire et modifier ce qui est livré : les conséquences sont graves, et nous vous le déconseillons. Mieux vaut remplacer un certificat autosigné par celui d’une autorité de certification.',
    confirm: 'Désactiver, je comprends que mes webhooks peuvent ne pas être sûrs',
    cancel: 'Annuler',
  },
)

export type SslFieldProps = { readonly isInsecure: boolean; change(isInsecure: boolean): void }

export function SslField({ isInsecure, change }: SslFieldProps) {
  const words = useWords(WORDS)
  const [isAsking, setAsking] = useState(false)
  return (
    <>
      <RadioGroup name="ssl">
        <RadioGroup.Label>{words.title}</RadioGroup.Label>
        <RadioGroup.Caption>{words.caption}</RadioGroup.Caption>
        <FormControl>
          <Radio value="enable" checked={!isInsecure} onChange={() => change(false)} />
          <FormControl.Label>{words.enable}</FormControl.Label>
        </FormControl>
        <FormControl>
          <Radio value="disable" checked={isInsecure} onChange={() => setAsking(true)} />
          <FormControl.Label>{words.disable}</FormControl.Label>
        </FormControl>
      </RadioGroup>
      {isAsking && (
        <ConfirmationDialog
          title={words.sure}
          width="large"
          className="confirm"
          confirmButtonContent={words.confirm}
          confirmButtonType="danger"
          cancelButtonContent={words.cancel}
          onClose={gesture => {
            setAsking(false)
            if (gesture === 'confirm') change(true)
          }}
        >
          {words.warning}
        </ConfirmationDialog>
      )}
    </>
  )
}
