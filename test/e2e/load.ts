// Clients that open issues as fast as they can, and receivers that keep book of what they get: for a server
// to which something bad happens meanwhile.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import { REPOSITORY, type Site } from './site.ts'

// Longer than the first two delays of the retry schedule together, 5 s and 30 s.
const ARRIVAL_DEADLINE_MS = 60_000

/** One after the other, until told that it is enough. Gives the numbers of those that got their 201. */
export async function openIssues(site: Site, enough: AbortSignal): Promise<number[]> {
  const numbers: number[] = []
  while (!enough.aborted) numbers.push(await openIssue(site))
  return numbers
}

async function openIssue(site: Site): Promise<number> {
  for (;;) {
    await site.listening()
    try {
      const body = { title: 'Found a bug' }
      const { status, json } = await site.request('POST', `${REPOSITORY}/issues`, { body })
      assert.equal(status, 201, JSON.stringify(json))
      return json.number
    } catch (error) {
      // This is what fetch throws when the connection is refused or cut: the server was killed.
      if (!(error instanceof TypeError)) throw error
    }
  }
}

/** `life` is the server's between two kills: each has a User-Agent of its own. */
export type Entry = {
  readonly hook: string
  readonly number: number
  readonly guid: string
  readonly life: string
}

/** What each path of a receiver does with what it gets. */
export type Habits = Readonly<Record<string, Habit>>

type Habit = {
  /** How long it thinks. */
  readonly answerMs: number
  /** Of so many events, one is answered with 500 when it first comes. */
  readonly refusesOneIn?: number
}

/** A receiver for several hooks that keeps book of each issue that was opened, and answered with 2xx. */
export async function startBook(t: TestContext, habits: Habits) {
  const entries: Entry[] = []
  const refused = new Set<string>()
  const refuses = ({ hook, number, guid }: Entry) => {
    const { refusesOneIn } = habits[hook] ?? {}
    if (refusesOneIn === undefined || number % refusesOneIn > 0 || refused.has(`${hook} ${guid}`))
      return false
    refused.add(`${hook} ${guid}`)
    return true
  }
  const server = createServer(async (request, response) => {
    const payload = await json(request).catch(() => null)
    // A kill cut it off.
    if (payload === null) return
    if (request.headers['x-github-event'] === 'issues') {
      const entry = entryOf(request, payload)
      if (refuses(entry)) response.statusCode = 500
      else entries.push(entry)
    }
    server.emit('entry')
    setTimeout(() => response.end(), habits[String(request.url)]?.answerMs)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const paths = Object.keys(habits)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    paths,
    entries: entries as readonly Entry[],
    /** What has not come when time is up: nothing as soon as all has. */
    async missing(numbers: readonly number[]): Promise<string[]> {
      const missing = new Set(paths.flatMap(hook => numbers.map(number => `${hook} ${number}`)))
      const timeUp = AbortSignal.timeout(ARRIVAL_DEADLINE_MS)
      for (;;) {
        for (const { hook, number } of entries) missing.delete(`${hook} ${number}`)
        if (missing.size === 0 || timeUp.aborted) return [...missing]
        await once(server, 'entry', { signal: timeUp }).catch(() => {})
      }
    },
  }
}

function entryOf({ headers, url }: IncomingMessage, payload: unknown): Entry {
  const { issue } = payload as { issue: { number: number } }
  const { 'x-github-delivery': guid, 'user-agent': life } = headers
  return { hook: String(url), number: issue.number, guid: String(guid), life: String(life) }
}

// Lehmer's generator: the same instants for the same seed.
export function randomFrom(seed: number): () => number {
  const modulus = 2 ** 31 - 1
  let state = 1 + (seed % (modulus - 1))
  return () => {
    state = (state * 48_271) % modulus
    return state / modulus
  }
}
