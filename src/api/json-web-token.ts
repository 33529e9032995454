// Who signed this JSON web token: an App proves itself by a signature with its private key, of which we
// have the public half. Refusals are in GitHub's words, by which clients know what to mend: Octokit sets its
// clock by those about `exp` and `iat`.
import { createPublicKey } from 'node:crypto'
import { compactVerify, decodeJwt, decodeProtectedHeader, type JWTPayload } from 'jose'
import { AppError } from '../errors.ts'
import type { Integration } from '../integration.ts'
import { findIntegration, listKeys } from '../store/integrations.ts'
import type { Db } from '../store/store.ts'
import { NOT_DECODED } from './integration-access.ts'

// GitHub's: what lives longer is a password.
const LIFE_SECONDS_MAX = 10 * 60

// How far the App's clock may be from ours. GitHub advises clients to allow for as much.
const SKEW_SECONDS = 60

/** A token of ours has no dots; a header of JSON begins with `{"`, which is `eyJ`. */
export function isJsonWebToken(text: string): boolean {
  return /^eyJ[\w-]+\.[\w-]*\.[\w-]*$/.test(text)
}

/** Throws `bad_credentials` for what proves nothing, `not_found` when there is no such App. */
export async function readJsonWebToken(db: Db, text: string, nowMs: number): Promise<Integration> {
  const claims = decode(text)
  const integration = await findIssuer(db, claims.iss)
  for (const { publicKey } of await listKeys(db, integration.id)) {
    if (await isSignedWith(text, publicKey)) {
      checkTimes(claims, nowMs / 1000)
      return integration
    }
  }
  throw refusal(NOT_DECODED)
}

function decode(text: string): JWTPayload {
  try {
    // Nothing else is ever tried: neither `none`, nor the public key as a shared secret.
    if (decodeProtectedHeader(text).alg !== 'RS256') throw refusal(NOT_DECODED)
    return decodeJwt(text)
  } catch (error) {
    throw error instanceof AppError ? error : refusal(NOT_DECODED)
  }
}

/** By the App's id, as a number or as text, or by its client id. */
async function findIssuer(db: Db, iss: unknown): Promise<Integration> {
  if (iss === undefined) throw refusal("Missing 'issuer' claim ('iss') in assertion")
  if (typeof iss === 'string' && !/^\d{1,15}$/.test(iss)) {
    const integration = await findIntegration(db, { clientId: iss })
    if (integration) return integration
    throw refusal("'Issuer' claim ('iss') must be an Integer")
  }
  const id = typeof iss === 'string' ? Number(iss) : iss
  if (typeof id !== 'number' || !Number.isSafeInteger(id))
    throw refusal("'Issuer' claim ('iss') must be an Integer")
  const integration = await findIntegration(db, { id })
  if (integration) return integration
  throw new AppError('not_found', 'Integration not found')
}

async function isSignedWith(text: string, publicKey: string): Promise<boolean> {
  try {
    await compactVerify(text, createPublicKey(publicKey), { algorithms: ['RS256'] })
    return true
  } catch {
    return false
  }
}

function checkTimes({ exp, iat }: JWTPayload, nowSeconds: number): void {
  if (exp === undefined) throw refusal("Missing 'expiration time' claim ('exp') in assertion")
  if (!Number.isInteger(exp) || exp <= nowSeconds - SKEW_SECONDS) {
    throw refusal(
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    )
  }
  if (exp > nowSeconds + LIFE_SECONDS_MAX + SKEW_SECONDS) {
    throw refusal("'Expiration time' claim ('exp') is too far in the future")
  }
  if (iat === undefined) throw refusal("Missing 'issued at' claim ('iat') in assertion")
  if (!Number.isInteger(iat) || iat > nowSeconds + SKEW_SECONDS) {
    throw refusal(
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    )
  }
}

function refusal(message: string): AppError {
  return new AppError('bad_credentials', message)
}
