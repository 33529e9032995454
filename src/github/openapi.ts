// GitHub's own description of its shapes, as types. It costs nothing at run time and makes the
// compiler object to a wrong shape: `Rest` is for answers of the API, `Webhook` for payloads.
import type { components as rest } from '@octokit/openapi-types'
import type { components as webhook } from '@octokit/openapi-webhooks-types'

export type Rest = rest['schemas']
export type Webhook = webhook['schemas']

/**
 * A payload about an issue, its issue held against the one description of it that the generated
 * types give whole. Elsewhere they join it with a second half whose "any object", say of an
 * assignee, became `Record<string, never>`, which no object satisfies. The tests hold each
 * payload against the unmodified description.
 */
export type OfIssue<Payload> = Omit<Payload, 'issue'> & { issue: Webhook['webhooks_issue'] }
