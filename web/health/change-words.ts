// Why a breaker opened or closed, in the reader's language: the API tells it in English, in few sentences.
import type { Language } from '../language.tsx'

type Translation = readonly [pattern: RegExp, french: (...parts: string[]) => string]

const TRANSLATIONS: readonly Translation[] = [
  [
    /^(\d+) attempts in a row could not connect\.$/,
    count => `${count} tentatives de suite n’ont pas pu établir de connexion.`,
  ],
  [
    /^(\d+) of (\d+) attempts failed within (\d+) minutes\.$/,
    (failed, all, minutes) => `${failed} tentatives sur ${all} ont échoué en ${minutes} minutes.`,
  ],
  [/^A probe was answered with 2xx\.$/, () => 'Une sonde a reçu une réponse 2xx.'],
  [/^Released by (.+)\.$/, login => `Libéré par ${login}.`],
  [
    /^(\d+) deliveries in a row were answered 410 Gone\.$/,
    count => `${count} livraisons de suite ont reçu la réponse 410 Gone.`,
  ],
]

/** A sentence that is not known stays as it is. */
export function changeReason(reason: string, language: Language): string {
  if (language === 'en') return reason
  for (const [pattern, french] of TRANSLATIONS) {
    const [found, ...parts] = pattern.exec(reason) ?? []
    if (found !== undefined) return french(...parts)
  }
  return reason
}
