// How the last delivery of a hook went: an icon that leads to its deliveries, and says so in words.
import { AlertFillIcon, CheckIcon, DotFillIcon } from '@primer/octicons-react'
import { Tooltip } from '@primer/react'
import { useQuery } from '@tanstack/react-query'
import { catalogue, useWords } from '../language.tsx'
import { Link } from '../parts/link.tsx'
import { type Hook, type LastResponse, lastResponseQuery } from './hook.ts'
import { hookPage, type Place } from './place.ts'

const WORDS = catalogue(
  {
    good: 'Last delivery was successful.',
    bad: 'Last delivery was not successful.',
    never: 'This hook has never been triggered',
    timedOut: 'timed out',
    unknown: 'Recent deliveries',
  },
  {
    good: 'La dernière livraison a réussi.',
    bad: 'La dernière livraison a échoué.',
    never: 'Ce webhook n’a jamais été déclenché',
    timedOut: 'délai dépassé',
    unknown: 'Livraisons récentes',
  },
)

type Words = (typeof WORDS)['en']

const GOOD = ['active', 'ok']

type HookStatusProps = { readonly place: Place; readonly hook: Hook }

export function HookStatus({ place, hook }: HookStatusProps) {
  const words = useWords(WORDS)
  const asked = useQuery({ ...lastResponseQuery(place, hook), enabled: hook.last_response === undefined })
  const { icon: Icon, state, text } = lookOf(hook.last_response ?? asked.data, words)
  return (
    <Tooltip text={text} type="label" direction="e">
      <Link
        to={hookPage(place, hook.id)}
        search={{ tab: 'deliveries' }}
        className="hooks-status"
        data-state={state}
      >
        <Icon />
      </Link>
    </Tooltip>
  )
}

function lookOf(last: LastResponse | undefined, words: Words) {
  if (!last) return { icon: DotFillIcon, state: 'unknown', text: words.unknown }
  if (last.status === 'unused') return { icon: DotFillIcon, state: 'never', text: words.never }
  if (last.status !== null && GOOD.includes(last.status)) {
    return { icon: CheckIcon, state: 'good', text: words.good }
  }
  return { icon: AlertFillIcon, state: 'bad', text: `${words.bad} ${reasonOf(last, words)}` }
}

function reasonOf({ status, message }: LastResponse, words: Words): string {
  const reason = message || (status === 'timeout' ? words.timedOut : (status ?? ''))
  return reason.endsWith('.') ? reason : `${reason}.`
}
