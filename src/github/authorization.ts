// An access token in GitHub's JSON: what it answers for one that an administrator makes or lists.
import type { AccessToken, Account } from '../account.ts'
import { type Links, timestamp } from './links.ts'
import type { Rest } from './openapi.ts'
import { simpleUserJson } from './user.ts'

/**
 * `text` is the token itself, which is shown once, when it is made; GitHub shows an empty text after that.
 * `place` is where it can be deleted.
 */
export function authorizationJson(
  token: AccessToken,
  user: Account,
  place: string,
  links: Links,
  text = '',
): Rest['authorization'] {
  return {
    id: token.id,
    url: `${links.api}${place}/${token.id}`,
    app: { name: token.note, url: links.html, client_id: '00000000000000000000' },
    token: text,
    hashed_token: token.hash,
    token_last_eight: token.lastEight,
    note: token.note,
    note_url: null,
    created_at: timestamp(token.createdAt),
    // Nothing about a token can change.
    updated_at: timestamp(token.createdAt),
    scopes: [...token.scopes],
    fingerprint: null,
    expires_at: null,
    user: simpleUserJson(user, links),
  }
}
