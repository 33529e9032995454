// Why a hook did not get an event, and what to do about it, in the reader's language. The API tells the
// same in words for programs.
import { catalogue, type Formats, useFormats, useWords } from '../language.tsx'
import type { Standing } from './undelivered.ts'

type Reason = { readonly why: string; readonly todo: string }

/** A standing with its times and numbers as they are read. */
type Told = {
  readonly event: string
  readonly detail: string
  readonly attempts: string
  readonly isOneAttempt: boolean
  readonly nextAt: string
  readonly settledAt: string
}

type Tell = (told: Told) => Reason

const WORDS = catalogue<{
  readonly reasons: Readonly<Record<string, Tell>>
  readonly unknown: (state: string, reason: string) => Reason
  readonly details: Readonly<Record<string, (value: string) => string>>
}>(
  {
    reasons: {
      'pending/retry': ({ attempts, isOneAttempt, nextAt }) => ({
        why: `${isOneAttempt ? 'Its first attempt' : `Its ${attempts} attempts`} failed. The next goes out on ${nextAt}.`,
        todo: 'Mend the receiver: it is tried again by itself. Or try it now.',
      }),
      'pending/turn': () => ({
        why: 'It waits for its turn: the webhook’s concurrency, rate limit or order lets no more through at once.',
        todo: 'Nothing needs to be done. If it takes too long, raise the limits in the settings.',
      }),
      'under_way/': () => ({ why: 'It is being attempted at this moment.', todo: '' }),
      'held/inactive': () => ({
        why: 'The webhook was inactive when its turn came. It is kept for three days.',
        todo: 'Activate the webhook: all that is held is sent then.',
      }),
      'held/breaker': ({ nextAt }) => ({
        why: `The breaker is open, because too many attempts failed. It is kept for three days. The next probe goes out on ${nextAt}.`,
        todo: 'Mend the receiver: all follows the first probe that is answered with 2xx. Or release it on the Health tab.',
      }),
      'exhausted/no_retry_left': ({ attempts, isOneAttempt }) => ({
        why: `${isOneAttempt ? 'Its only attempt' : `All of its ${attempts} attempts`} failed, and no retry is left.`,
        todo: 'See in Recent Deliveries what was answered, mend the receiver, and send it once more.',
      }),
      'exhausted/gone': () => ({
        why: 'The receiver answered 410 Gone, which is final.',
        todo: 'Correct the payload URL or the receiver, and send it once more.',
      }),
      'exhausted/too_old': () => ({
        why: 'It was held for three days: the webhook was inactive, or its breaker open, for that long.',
        todo: 'Mend the receiver or activate the webhook, and send it once more.',
      }),
      'exhausted/too_many': () => ({
        why: 'More waited for the forwarder, which was not connected, than is kept.',
        todo: 'Start the forwarder, and send it once more.',
      }),
      'exhausted/payload_dropped': () => ({
        why: 'It was given up because its payload is no longer kept.',
        todo: 'It cannot be sent any more. Fetch from the API what it was about.',
      }),
      'skipped/inactive': () => ({
        why: 'The webhook was inactive when it happened.',
        todo: 'Activate the webhook for those to come, and send this one once more.',
      }),
      'skipped/filtered': ({ detail }) => ({
        why: `A filter of this webhook did not let it through: ${detail}.`,
        todo: 'Change the filter in the settings for those to come, or send this one all the same.',
      }),
      'skipped/payload_too_large': () => ({
        why: 'Its payload is above the 25 MB that are delivered.',
        todo: 'It cannot be sent. Fetch from the API what it was about.',
      }),
      'cancelled/redelivered': () => ({
        why: 'It was given up, and has been sent once more since.',
        todo: 'See in Recent Deliveries what came of that.',
      }),
      'cancelled/': () => ({ why: 'The webhook was deleted before it could be delivered.', todo: '' }),
      'delivered/': ({ attempts, isOneAttempt, settledAt }) => ({
        why: `It was delivered on ${settledAt}, ${isOneAttempt ? 'with its first attempt' : `after ${attempts} attempts`}.`,
        todo: 'If it did not arrive all the same, look for this GUID in the receiver’s log.',
      }),
      'not_subscribed/not_subscribed': ({ event }) => ({
        why: `The webhook does not ask for “${event}”. What it asked for in the past is not kept.`,
        todo: 'Choose this event in the settings for those to come, and send this one once more.',
      }),
      'not_subscribed/created_later': () => ({
        why: 'The webhook was created after it had happened.',
        todo: 'Send it once more if it is wanted here.',
      }),
      'not_subscribed/subscribed_later': ({ event }) => ({
        why: `The webhook asks for “${event}” now, and did not when it happened; or it was sent to one webhook alone.`,
        todo: 'Send it once more if it is wanted here.',
      }),
      'not_subscribed/about_another_hook': ({ event }) => ({
        why: `“${event}” is sent to the webhook that it is about, and to no other.`,
        todo: '',
      }),
    },
    unknown: (state, reason) => ({ why: `It is ${state}: ${reason}.`, todo: '' }),
    details: {
      action: value => `the action is ${value}`,
      ref: value => `the branch or tag is ${value}`,
      repository: value => `the repository is ${value}`,
      actor: value => `the sender is ${value}`,
      paths: count => `none of the ${count} changed paths matches`,
      expression: () => 'the expression gives false',
    },
  },
  {
    reasons: {
      'pending/retry': ({ attempts, isOneAttempt, nextAt }) => ({
        why: `${isOneAttempt ? 'Sa première tentative a échoué' : `Ses ${attempts} tentatives ont échoué`}. La prochaine part le ${nextAt}.`,
        todo: 'Réparez le récepteur : un nouvel essai se fera de lui-même. Ou essayez maintenant.',
      }),
      'pending/turn': () => ({
        why: 'Il attend son tour : la concurrence, la limite de débit ou l’ordre du webhook n’en laissent pas passer davantage à la fois.',
        todo: 'Il n’y a rien à faire. Si l’attente est trop longue, relevez les limites dans les paramètres.',
      }),
      'under_way/': () => ({ why: 'Une tentative est en cours en ce moment.', todo: '' }),
      'held/inactive': () => ({
        why: 'Le webhook était inactif quand son tour est venu. L’événement est conservé trois jours.',
        todo: 'Activez le webhook : tout ce qui est retenu sera alors envoyé.',
      }),
      'held/breaker': ({ nextAt }) => ({
        why: `Le disjoncteur est ouvert, car trop de tentatives ont échoué. L’événement est conservé trois jours. La prochaine sonde part le ${nextAt}.`,
        todo: 'Réparez le récepteur : tout suit la première sonde dont la réponse est 2xx. Ou libérez tout ce qui est retenu dans l’onglet Santé.',
      }),
      'exhausted/no_retry_left': ({ attempts, isOneAttempt }) => ({
        why: `${isOneAttempt ? 'Sa seule tentative a échoué' : `Ses ${attempts} tentatives ont toutes échoué`}, et il ne reste aucun nouvel essai.`,
        todo: 'Consultez la réponse dans les livraisons récentes, réparez le récepteur, puis renvoyez-le.',
      }),
      'exhausted/gone': () => ({
        why: 'Le récepteur a répondu 410 Gone, ce qui est définitif.',
        todo: 'Corrigez l’URL ou le récepteur, puis renvoyez-le.',
      }),
      'exhausted/too_old': () => ({
        why: 'Il a été retenu trois jours : le webhook était inactif, ou son disjoncteur ouvert, pendant tout ce temps.',
        todo: 'Réparez le récepteur ou activez le webhook, puis renvoyez-le.',
      }),
      'exhausted/too_many': () => ({
        why: 'Trop de livraisons attendaient le relais, qui n’était pas connecté.',
        todo: 'Démarrez le relais, puis renvoyez-le.',
      }),
      'exhausted/payload_dropped': () => ({
        why: 'Il a été abandonné, car sa charge utile n’est plus conservée.',
        todo: 'Il ne peut plus être envoyé. Consultez l’API pour savoir ce qu’il concernait.',
      }),
      'skipped/inactive': () => ({
        why: 'Le webhook était inactif quand l’événement s’est produit.',
        todo: 'Activez le webhook pour les suivants, et renvoyez celui-ci.',
      }),
      'skipped/filtered': ({ detail }) => ({
        why: `Un filtre de ce webhook ne l’a pas laissé passer : ${detail}.`,
        todo: 'Modifiez le filtre dans les paramètres pour les suivants, ou envoyez celui-ci quand même.',
      }),
      'skipped/payload_too_large': () => ({
        why: 'Sa charge utile dépasse les 25 Mo qui peuvent être livrés.',
        todo: 'Il ne peut pas être envoyé. Consultez l’API pour savoir ce qu’il concernait.',
      }),
      'cancelled/redelivered': () => ({
        why: 'Il a été abandonné, puis renvoyé depuis.',
        todo: 'Les livraisons récentes montrent ce qu’il en est advenu.',
      }),
      'cancelled/': () => ({ why: 'Le webhook a été supprimé avant la livraison.', todo: '' }),
      'delivered/': ({ attempts, isOneAttempt, settledAt }) => ({
        why: `Il a été livré le ${settledAt}, ${isOneAttempt ? 'dès la première tentative' : `après ${attempts} tentatives`}.`,
        todo: 'S’il n’est pas arrivé pour autant, cherchez ce GUID dans le journal du récepteur.',
      }),
      'not_subscribed/not_subscribed': ({ event }) => ({
        why: `Le webhook ne demande pas « ${event} ». Ce qu’il demandait par le passé n’est pas conservé.`,
        todo: 'Choisissez cet événement dans les paramètres pour les suivants, et renvoyez celui-ci.',
      }),
      'not_subscribed/created_later': () => ({
        why: 'Le webhook a été créé après l’événement.',
        todo: 'Envoyez-le s’il est utile ici.',
      }),
      'not_subscribed/subscribed_later': ({ event }) => ({
        why: `Le webhook demande « ${event} » maintenant, mais ne le demandait pas alors ; ou l’événement n’a été envoyé qu’à un seul webhook.`,
        todo: 'Envoyez-le s’il est utile ici.',
      }),
      'not_subscribed/about_another_hook': ({ event }) => ({
        why: `« ${event} » est envoyé au webhook concerné, et à aucun autre.`,
        todo: '',
      }),
    },
    unknown: (state, reason) => ({ why: `État « ${state} » : ${reason}.`, todo: '' }),
    details: {
      action: value => `l’action est ${value}`,
      ref: value => `la branche ou l’étiquette est ${value}`,
      repository: value => `le dépôt est ${value}`,
      actor: value => `l’expéditeur est ${value}`,
      paths: count => `aucun des ${count} chemins modifiés ne correspond`,
      expression: () => 'l’expression donne « false »',
    },
  },
)

type Words = (typeof WORDS)['en']

/** Tells of a standing in sentences. */
export function useReason(): (standing: Standing) => Reason {
  const words = useWords(WORDS)
  const formats = useFormats()
  return standing => reasonOf(standing, words, formats)
}

function reasonOf(standing: Standing, words: Words, { time, number }: Formats): Reason {
  const { state, reason, attempts, detail } = standing
  const tell = words.reasons[`${state}/${reason ?? ''}`]
  if (!tell) return words.unknown(state, reason ?? '–')
  return tell({
    event: standing.event,
    detail: detailOf(detail ?? '–', words),
    attempts: number(attempts),
    isOneAttempt: attempts === 1,
    nextAt: standing.next_attempt_at === null ? '–' : time(standing.next_attempt_at),
    settledAt: standing.settled_at === null ? '–' : time(standing.settled_at),
  })
}

// `actions: the action is "opened"`: the filter, and what it was about the event.
const DETAIL = /^\w+: (?:the (action|ref|repository|actor) is (.*)|none of (\d+) changed .*|it gives false)$/s

/** As it is told, when it is not known here. */
function detailOf(detail: string, { details }: Words): string {
  const found = DETAIL.exec(detail)
  if (!found) return detail
  const [, noun, value = '', count] = found
  if (noun !== undefined) return details[noun]?.(value) ?? detail
  return (count === undefined ? details.expression?.('') : details.paths?.(count)) ?? detail
}
