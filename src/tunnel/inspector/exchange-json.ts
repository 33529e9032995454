// How the inspector's API shows an exchange. Bodies have addresses of their own: they are bytes.
import type { RawHeaders } from '../observer.ts'
import { bodyKept, bodySize, type Exchange, headerOf, isCut, type Message } from './exchange.ts'
import type { ExchangeStore } from './exchange-store.ts'
import type { Verdict } from './verdict.ts'

/** As in the list. */
export function summaryJson(exchange: Exchange, signature: Verdict | null, store: ExchangeStore) {
  const { id, status, replay, how: end, waitMs, tookMs } = exchange
  const { method, target, headers } = store.requestHead(exchange)
  return {
    ...{ id, url: addressOf(exchange), startedAt: new Date(exchange.startedAtMs).toISOString() },
    ...{ method, target, status, end, waitMs, tookMs, replay },
    webhook: webhookJson(headers),
    signature,
  }
}

export function exchangeJson(exchange: Exchange, signature: Verdict | null, store: ExchangeStore) {
  const { requestMessage, responseMessage } = exchange
  const address = addressOf(exchange)
  const response = store.responseHead(exchange)
  return {
    ...summaryJson(exchange, signature, store),
    request: {
      headers: store.requestHead(exchange).headers,
      body: bodyJson(requestMessage, `${address}/request-body`),
    },
    response: response && { ...response, body: bodyJson(responseMessage, `${address}/response-body`) },
  }
}

export function addressOf({ id }: Exchange): string {
  return `/api/requests/${id}`
}

/** `size` is what passed, `kept` how much of its beginning is here. */
function bodyJson(message: Message, url: string) {
  return { url, size: bodySize(message), kept: bodyKept(message), isCut: isCut(message) }
}

/** GitHub's headers, on whatever else there is; null for a request that is no webhook. */
function webhookJson(headers: RawHeaders) {
  const event = headerOf(headers, 'x-github-event')
  const delivery = headerOf(headers, 'x-github-delivery')
  if (event === undefined && delivery === undefined) return null
  return {
    event: event ?? null,
    delivery: delivery ?? null,
    hook: headerOf(headers, 'x-github-hook-id') ?? null,
  }
}
