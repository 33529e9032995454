// What to do about a delivery that failed, by its status. The status itself is the server's, in English, and is
// shown beside it.
import { catalogue } from '../language.tsx'

export const ADVICE = catalogue(
  {
    redirect:
      'The receiver redirects, and redirects are not followed. Change the payload URL to the address that its Location header names.',
    credentials:
      'The receiver refuses it. Check that it has the same secret as this webhook, and that nothing in front of it asks for a sign-in.',
    missing: 'There is nothing at this address. Check the path of the payload URL.',
    method: 'The receiver does not take POST at this address. Check the path of the payload URL.',
    gone: 'The receiver says that it is gone for good, so it is not tried again. Delete the webhook, or change its payload URL.',
    large: 'The receiver, or a proxy in front of it, does not take a body of this size. Raise its limit.',
    media: 'The receiver does not read this content type. Change the content type in the settings.',
    many: 'The receiver asks to be sent less. It is tried again later; a rate limit in the settings spares it.',
    client: 'The receiver does not accept the request. Its answer, under Response, may say why.',
    server: 'The receiver failed. Look into its log at this time; once it is mended, redeliver.',
    connect:
      'Nothing answers there. Check that the host’s name resolves, that the receiver is running, and that its port is open to this server.',
    slow: 'The receiver took too long. Let it answer 202 at once and do the work afterwards, or raise the time limit in the settings.',
    tls: 'The receiver’s certificate was not accepted. Renew it, and serve it with its whole chain and for this host name.',
    network:
      'This address is not open to deliveries. Use a public address, or ask the operator of this server to open its network.',
    broken:
      'The receiver ended the connection before its response was whole. Look into its log, or into that of a proxy in front of it.',
    stopping: 'This server was being stopped. It is tried again by itself.',
  },
  {
    redirect:
      'Le récepteur redirige la requête, et les redirections ne sont pas suivies. Remplacez l’URL de la charge utile par l’adresse indiquée dans l’en-tête Location.',
    credentials:
      'Le récepteur refuse la requête. Vérifiez qu’il utilise le même secret que ce webhook et que rien, devant lui, n’exige de connexion.',
    missing: 'Il n’y a rien à cette adresse. Vérifiez le chemin de l’URL de la charge utile.',
    method:
      'Le récepteur n’accepte pas POST à cette adresse. Vérifiez le chemin de l’URL de la charge utile.',
    gone: 'Le récepteur indique avoir définitivement disparu ; il n’y aura pas d’autre tentative. Supprimez le webhook ou changez son URL.',
    large:
      'Le récepteur, ou un proxy devant lui, n’accepte pas un corps de cette taille. Augmentez sa limite.',
    media: 'Le récepteur ne lit pas ce type de contenu. Changez le type de contenu dans les paramètres.',
    many: 'Le récepteur demande à recevoir moins. Une nouvelle tentative aura lieu plus tard ; une limite de débit, dans les paramètres, le ménage.',
    client: 'Le récepteur n’accepte pas la requête. Sa réponse, sous Réponse, en donne peut-être la raison.',
    server:
      'Le récepteur a échoué. Consultez son journal à cette heure ; une fois la panne réparée, renvoyez la charge utile.',
    connect:
      'Rien ne répond à cette adresse. Vérifiez que le nom d’hôte est résolu, que le récepteur fonctionne et que son port est accessible depuis ce serveur.',
    slow: 'Le récepteur a mis trop de temps. Faites-le répondre 202 immédiatement et traiter ensuite, ou augmentez le délai dans les paramètres.',
    tls: 'Le certificat du récepteur n’a pas été accepté. Renouvelez-le et servez-le avec toute sa chaîne, pour ce nom d’hôte.',
    network:
      'Cette adresse n’est pas ouverte aux livraisons. Utilisez une adresse publique ou demandez à l’opérateur de ce serveur d’ouvrir son réseau.',
    broken:
      'Le récepteur a coupé la connexion avant la fin de sa réponse. Consultez son journal, ou celui d’un proxy devant lui.',
    stopping: 'Ce serveur était en cours d’arrêt. Une nouvelle tentative aura lieu automatiquement.',
  },
)

export type Advice = keyof (typeof ADVICE)['en']

const OF_CODE: Readonly<Record<number, Advice>> = {
  401: 'credentials',
  403: 'credentials',
  404: 'missing',
  405: 'method',
  410: 'gone',
  413: 'large',
  415: 'media',
  429: 'many',
}

const ANSWERED = /^Invalid HTTP Response: (\d+)$/

/** The first whose pattern is in the status. */
const OF_TEXT: readonly (readonly [RegExp, Advice])[] = [
  [/^failed to connect/, 'connect'],
  [/^timed out|deadline exceeded/, 'slow'],
  [/^tls:|x509:/, 'tls'],
  [/--allow-network|^The URL /, 'network'],
  [/^cut short/, 'stopping'],
]

export function adviceFor(status: string): Advice {
  const code = Number(ANSWERED.exec(status)?.[1])
  if (Number.isNaN(code)) return OF_TEXT.find(([pattern]) => pattern.test(status))?.[1] ?? 'broken'
  if (code < 400) return 'redirect'
  return OF_CODE[code] ?? (code < 500 ? 'client' : 'server')
}
