// Who may publish in an organization, and say what can be published there.
import type { FastifyRequest } from 'fastify'
import { grants } from '../account.ts'
import { getOrganizationFor } from './auth.ts'
import type { ApiContext } from './context.ts'
import type { OnRequest } from './route.ts'

/** Its owner, with a token for the organization or for its hooks. */
export function needsOwnedOrganization(context: ApiContext): OnRequest {
  return async (request: FastifyRequest): Promise<void> => {
    const scope = grants(request.caller?.scopes ?? [], 'admin:org_hook') ? 'admin:org_hook' : 'admin:org'
    request.organizationPlace = await getOrganizationFor(context, request, 'admin', scope)
  }
}
