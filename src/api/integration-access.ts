// What is an App's own to ask: it comes with a JSON web token that it has signed with its private key.
// What its installations may do is in installation-access.ts.
import type { FastifyRequest } from 'fastify'
import type { Account } from '../account.ts'
import { AppError } from '../errors.ts'
import type { Integration } from '../integration.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Null for whoever does not come as an App. */
    integrationCaller: IntegrationCaller | null
  }
}

/** An App by its own key, and the account that it acts as. */
export type IntegrationCaller = { readonly integration: Integration; readonly bot: Account }

export const NOT_DECODED = 'A JSON web token could not be decoded'

/** A hook for what is about the App that asks. */
export async function needsIntegration(request: FastifyRequest): Promise<void> {
  integrationOf(request)
}

export function integrationOf(request: FastifyRequest): IntegrationCaller {
  if (request.integrationCaller) return request.integrationCaller
  // GitHub's words, whatever else came instead of one.
  throw new AppError('bad_credentials', NOT_DECODED)
}

/** Whatever else comes there than a JSON web token is no token at all, as GitHub has it. */
export function isForIntegrations({ routeOptions }: FastifyRequest): boolean {
  return /^\/app(?:\/|$)/.test(routeOptions.url ?? '')
}
