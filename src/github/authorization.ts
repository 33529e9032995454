// An access token in GitHub's JSON: what `POST /admin/users/{username}/authorizations` answers.
import { createHash } from 'node:crypto'
import type { AccessToken } from '../account.ts'
import { type Links, timestamp } from './links.ts'
import type { Rest } from './openapi.ts'

/** `text` is the token itself, which is shown this once. */
export function authorizationJson(token: AccessToken, text: string, links: Links): Rest['authorization'] {
  const createdAt = timestamp(token.createdAt)
  return {
    id: token.id,
    url: `${links.api}/authorizations/${token.id}`,
    app: { name: token.note, url: links.html, client_id: '00000000000000000000' },
    token: text,
    hashed_token: createHash('sha256').update(text).digest('hex'),
    token_last_eight: text.slice(-8),
    note: token.note,
    note_url: null,
    created_at: createdAt,
    updated_at: createdAt,
    scopes: [...token.scopes],
    fingerprint: null,
    expires_at: null,
  }
}
