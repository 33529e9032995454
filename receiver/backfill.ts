// Counts the issues that a repository had before its first delivery came, from GitHub's REST API or
// a server that speaks it. Each page is counted as it comes, and each issue once, so this may be
// stopped and started again at any time.
import { setTimeout as pause } from 'node:timers/promises'
import type { Memory } from './memory.ts'
import { isPullRequest, parseObject, readIssue, readRepository, readText } from './payload.ts'

export type Backfill = {
  /** `owner/name`. */
  readonly repository: string
  /** The API's root, such as `https://api.github.com`. */
  readonly server: string
  readonly token?: string | undefined
  readonly memory: Memory
  /** After each page. `pages` is what the server announced, `issues` what was found so far. */
  readonly onProgress?: (progress: Progress) => void
  /** Before each pause, because the server asked for one or because of a failure that may pass. */
  readonly onWait?: (wait: { readonly until: Date; readonly reason: string }) => void
  readonly signal?: AbortSignal
}

export type Progress = { readonly page: number; readonly pages: number; readonly issues: number }

type Answer =
  | { readonly kind: 'page'; readonly body: unknown; readonly links: Readonly<Record<string, string>> }
  | { readonly kind: 'wait'; readonly waitMs: number; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string }

const REQUEST_TIMEOUT_MS = 30_000
const TRIES_MAX = 6
// GitHub counts requests by the hour, and asks for a minute where it does not say how long.
const WAIT_MAX_MS = 61 * 60 * 1000
const WAIT_UNTOLD_MS = 60_000
const WAIT_AFTER_FAILURE_MS = 2000

export async function backfill(options: Backfill): Promise<Progress> {
  const [owner = '', name = '', ...rest] = options.repository.split('/').map(encodeURIComponent)
  if (!owner || !name || rest.length > 0)
    throw new Error(`${options.repository} is no repository: give owner/name`)
  const root = `${options.server.replace(/\/+$/, '')}/repos/${owner}/${name}`
  const repository = readRepository((await get(root, options)).body)
  if (repository === null) throw new Error(`${root} did not answer with a repository`)

  let progress: Progress = { page: 0, pages: 1, issues: 0 }
  // The oldest first: issues that are opened meanwhile come at the end and shift no page.
  let url = `${root}/issues?state=all&sort=created&direction=asc&per_page=100&page=1`
  while (url !== '') {
    const { body, links } = await get(url, options)
    if (!Array.isArray(body)) throw new Error(`${url} did not answer with a list of issues`)
    const issues = body.flatMap(item => (isPullRequest(item) ? [] : (readIssue(item) ?? [])))
    options.memory.count(repository, issues)
    const page = progress.page + 1
    const last = Number(new URL(links.last ?? url).searchParams.get('page'))
    progress = { page, pages: Math.max(page, last), issues: progress.issues + issues.length }
    options.onProgress?.(progress)
    url = links.next ?? ''
  }
  return progress
}

async function get(url: string, options: Backfill): Promise<Answer & { kind: 'page' }> {
  // The token goes to nobody else, whatever a Link header says.
  if (new URL(url).origin !== new URL(options.server).origin) throw new Error(`${url} is on another server`)
  for (let tries = 1; ; tries++) {
    const answer = await ask(url, options)
    if (answer.kind === 'page') return answer
    if (answer.kind === 'refused' || tries === TRIES_MAX) throw new Error(answer.reason)
    options.onWait?.({ until: new Date(Date.now() + answer.waitMs), reason: answer.reason })
    await pause(answer.waitMs, undefined, { signal: options.signal })
  }
}

async function ask(url: string, { token, signal }: Backfill): Promise<Answer> {
  const headers = new Headers({ accept: 'application/vnd.github+json', 'user-agent': 'hookline-receiver' })
  if (token) headers.set('authorization', `Bearer ${token}`)
  const deadline = AbortSignal.timeout(REQUEST_TIMEOUT_MS)
  try {
    const response = await fetch(url, {
      headers,
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
    })
    const text = await response.text()
    if (response.ok) return { kind: 'page', body: JSON.parse(text), links: readLinks(response, url) }
    const message = readText(parseObject(text)?.message)?.replace(/\.$/, '') ?? response.statusText
    return judge(response, `${url} answered ${response.status}: ${message}`)
  } catch (error) {
    signal?.throwIfAborted()
    const { cause = error } = error as Error
    return { kind: 'wait', waitMs: WAIT_AFTER_FAILURE_MS, reason: `${url} could not be read: ${cause}` }
  }
}

function judge({ status, headers }: Response, reason: string): Answer {
  if (status >= 500) return { kind: 'wait', waitMs: WAIT_AFTER_FAILURE_MS, reason }
  if (status !== 403 && status !== 429) return { kind: 'refused', reason }

  const askedMs = askedPause(headers) ?? (status === 429 ? WAIT_UNTOLD_MS : null)
  if (askedMs === null) return { kind: 'refused', reason }
  const waitMs = Number.isFinite(askedMs) ? Math.max(0, askedMs) : WAIT_UNTOLD_MS
  if (waitMs > WAIT_MAX_MS) return { kind: 'refused', reason: `${reason}; it asks to wait for too long` }
  return { kind: 'wait', waitMs, reason: `${reason}; its rate limit is reached` }
}

function askedPause(headers: Headers): number | null {
  const seconds = headers.get('retry-after')
  if (seconds !== null) return Number(seconds) * 1000
  if (headers.get('x-ratelimit-remaining') !== '0') return null
  return Number(headers.get('x-ratelimit-reset')) * 1000 - Date.now()
}

/** `<https://…&page=2>; rel="next", <https://…&page=7>; rel="last"` */
function readLinks(response: Response, url: string): Record<string, string> {
  const links = (response.headers.get('link') ?? '').matchAll(/<([^>]*)>;\s*rel="(\w+)"/g)
  return Object.fromEntries([...links].map(([, target = '', rel = '']) => [rel, new URL(target, url).href]))
}
