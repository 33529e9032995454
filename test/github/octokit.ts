// GitHub's own client with the plugins that its documentation tells one to take, and with a note of the
// methods that have succeeded.
import { retry } from '@octokit/plugin-retry'
import { Octokit } from '@octokit/rest'

const RetryingOctokit = Octokit.plugin(retry)

const QUIET = { debug() {}, info() {}, warn() {}, error() {} }

// It waits for as long before its first retry, four times as long before the second, and so on: with its own
// second a test would wait, too.
const RETRY_AFTER_MS = 100

const succeeded = new Set<string>()

export type Client = InstanceType<typeof RetryingOctokit>

/** With the options of Octokit. `url` is the server's. */
export function clientOf(url: string, options: object): Client {
  const client = new RetryingOctokit({
    baseUrl: `${url}/api/v3`,
    log: QUIET,
    retry: { retryAfterBaseValue: RETRY_AFTER_MS },
    ...options,
  })
  client.hook.after('request', (_answer, { method, url }) => {
    succeeded.add(`${method} ${url}`)
  })
  return client
}

/** The names of the methods for webhooks that the client has and that have not succeeded in this process. */
export function untriedWebhookMethods(client: Client, scope: 'repos' | 'orgs' | 'apps'): string[] {
  const methods = Object.entries(client.rest[scope]).filter(([name]) => /webhook/i.test(name))
  if (methods.length === 0)
    throw new Error(`${scope} has no method for webhooks: are they named otherwise now?`)
  return methods
    .filter(([, { endpoint }]) => !succeeded.has(`${endpoint.DEFAULTS.method} ${endpoint.DEFAULTS.url}`))
    .map(([name]) => `${scope}.${name}`)
}
