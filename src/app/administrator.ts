// The site administrator, whom the first start makes: the one account that is not made through
// the API, since somebody must be there to ask for the others.
import { type Account, SCOPES } from '../account.ts'
import type { Clock } from '../base/clock.ts'
import type { Secret } from '../secret.ts'
import { createAccount, findAccount, findSiteAdministrator } from '../store/accounts.ts'
import { createSignInLink } from '../store/sessions.ts'
import type { Store, Tx } from '../store/store.ts'
import { countTokens, createToken, deleteTokensNoted, ensureToken } from '../store/tokens.ts'

const LOGIN = 'admin'

// By it the token that the environment set is known again.
const NOTE = 'HOOKLINE_ADMIN_TOKEN'

/** How to get in for the first time. Neither can be had again. */
export type Keys = { readonly login: string; readonly token: string; readonly signInCode: string }

/**
 * With a token given, that one and no earlier one of the environment opens the administrator's
 * account, and nothing is returned. Without, what the environment set before opens nothing any more;
 * keys are returned when the account is new, and when that token was the last that it had.
 */
export function ensureAdministrator(store: Store, clock: Clock, token: Secret | null): Promise<Keys | null> {
  return store.write(async tx => {
    const nowMs = clock.nowMs()
    // By what they are: the account that was made here may have been renamed since.
    const known = (await findSiteAdministrator(tx)) ?? (await findAccount(tx, LOGIN))
    const user = known ?? (await createAdministrator(tx, nowMs))
    if (token) {
      await ensureToken(tx, token.reveal(), { userId: user.id, note: NOTE, scopes: SCOPES }, nowMs)
      return null
    }
    if (!known) return cutKeys(tx, user, nowMs)
    const isRevoked = await deleteTokensNoted(tx, user.id, NOTE)
    return isRevoked && (await countTokens(tx, user.id)) === 0 ? cutKeys(tx, user, nowMs) : null
  })
}

function createAdministrator(tx: Tx, nowMs: number): Promise<Account> {
  return createAccount(tx, { type: 'User', login: LOGIN, siteAdmin: true }, nowMs)
}

async function cutKeys(tx: Tx, { id, login }: Account, nowMs: number): Promise<Keys> {
  const { text } = await createToken(tx, { userId: id, note: 'shown at a start', scopes: SCOPES }, nowMs)
  return { login, token: text, signInCode: await createSignInLink(tx, id, nowMs) }
}
