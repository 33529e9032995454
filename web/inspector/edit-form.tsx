// A request with parts of it changed, to be sent again. Nothing that was typed is lost when that fails.
import { Button, FormControl, Heading, Textarea } from '@primer/react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { send } from '../api.ts'
import { useWords } from '../language.tsx'
import { FaultBanner, fieldFault, statusOf } from '../parts/faults.tsx'
import { TextField, useForm } from '../parts/form.tsx'
import { Loading } from '../parts/loading.tsx'
import { Away } from './away.tsx'
import { decode } from './body-text.ts'
import { type Exchange, headerOf } from './exchange.ts'
import { bodyQuery, exchangeQuery, SETTINGS_QUERY } from './exchange-queries.ts'
import { linesOf, pairsOf } from './header-lines.ts'
import { WORDS } from './words.ts'

export type EditFormProps = { readonly exchange: Exchange; open(id: number): void; close(): void }

export function EditForm(props: EditFormProps) {
  const { body, headers } = props.exchange.request
  const { data, error, refetch } = useQuery(bodyQuery(body))
  if (!data) return error ? <Away error={error} retry={refetch} /> : <Loading rows={6} />
  const isPacked = headerOf(headers, 'content-encoding') !== undefined
  return <Fields {...props} text={isPacked ? null : decode(data)} />
}

/** A text field has lines that end by LF alone. */
function asTyped(text: string): string {
  return text.replace(/\r\n?/g, '\n')
}

function Fields({ exchange, text, open, close }: EditFormProps & { readonly text: string | null }) {
  const words = useWords(WORDS)
  const queries = useQueryClient()
  const { data: settings } = useQuery(SETTINGS_QUERY)
  const { id, request } = exchange
  const [method, setMethod] = useState(exchange.method)
  const [target, setTarget] = useState(exchange.target)
  const [lines, setLines] = useState(() => linesOf(request.headers))
  const [typed, setTyped] = useState(() => asTyped(text ?? ''))
  const [badLine, setBadLine] = useState<string>()
  const sending = useMutation({
    mutationFn: () => {
      const body = typed === asTyped(text ?? '') && !request.body.isCut ? undefined : typed
      // Its lines end as they did.
      const hasReturns = text?.includes('\r\n') === true
      return send<Exchange>('POST', `/api/requests/${id}/replays`, {
        ...{ method, target, headers: pairsOf(lines).pairs },
        ...(body !== undefined &&
          text !== null && { body: hasReturns ? body.replaceAll('\n', '\r\n') : body }),
      })
    },
    onSuccess: made => {
      queries.setQueryData(exchangeQuery(made.id).queryKey, made)
      open(made.id)
    },
  })
  const { faults, props } = useForm(
    sending,
    () => undefined,
    () => {
      const { bad } = pairsOf(lines)
      setBadLine(bad)
      if (bad === undefined) sending.mutate()
    },
  )
  const lineFaults = {
    fields: new Map(badLine === undefined ? [] : [['headers', words.headerFault(badLine)]]),
    others: [],
  }
  const isSigned = headerOf(request.headers, 'x-hub-signature-256') !== undefined
  const lineFault = { faults: lineFaults, field: 'headers' }
  return (
    <form {...props} className="inspector-form">
      <Heading as="h3" variant="small">
        {words.editTitle(String(id))}
      </Heading>
      <FaultBanner faults={faults} />
      <div className="inspector-first">
        <TextField
          label={words.method}
          field="method"
          value={method}
          faults={faults}
          autoFocus
          change={setMethod}
        />
        <TextField label={words.target} field="target" value={target} faults={faults} change={setTarget} />
      </div>
      <FormControl>
        <FormControl.Label>{words.headerLines}</FormControl.Label>
        <Textarea
          block
          rows={8}
          spellCheck={false}
          className="inspector-code"
          value={lines}
          validationStatus={statusOf(lineFault)}
          onChange={event => setLines(event.target.value)}
        />
        {fieldFault(lineFault)}
        <FormControl.Caption>{words.lengthNote}</FormControl.Caption>
      </FormControl>
      <FormControl disabled={text === null}>
        <FormControl.Label>{words.body}</FormControl.Label>
        <Textarea
          block
          rows={12}
          spellCheck={false}
          className="inspector-code"
          value={typed}
          onChange={event => setTyped(event.target.value)}
        />
        <FormControl.Caption>
          {text === null
            ? words.binaryBody
            : request.body.isCut
              ? words.cutEdit
              : isSigned && (settings?.isSecretKnown ? words.resign : words.noResign)}
        </FormControl.Caption>
      </FormControl>
      <div className="frame-buttons">
        <Button type="submit" variant="primary" loading={sending.isPending}>
          {words.send}
        </Button>
        <Button onClick={close}>{words.cancel}</Button>
      </div>
    </form>
  )
}
