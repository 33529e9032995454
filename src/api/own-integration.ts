// An App as the person comes to it who owns it, or an owner of the organization that does. To everybody else
// it is not there.
import type { FastifyRequest } from 'fastify'
import type { Account } from '../account.ts'
import { notFound } from '../errors.ts'
import type { Integration } from '../integration.ts'
import { findIntegration } from '../store/integrations.ts'
import { needsOrganization, needsScope, requireCaller } from './auth.ts'
import type { ApiContext } from './context.ts'
import type { OnRequest } from './route.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Null where the route names no App of the caller's own. */
    ownIntegration: Integration | null
  }
}

type OfIntegration = { Params: { readonly app_slug: string } }

/**
 * Hooks for routes below `/user/apps/:app_slug/hook` and `/orgs/:org/apps/:app_slug/hook`. An App's webhook is
 * told of repositories and of organizations, whosever they are: it takes the scopes for both.
 */
export function needsOwnIntegration(context: ApiContext, path: string): OnRequest[] {
  const isOrganizations = path.startsWith('/orgs/')
  return [
    ...(isOrganizations ? [needsOrganization(context, 'admin', 'admin:org')] : []),
    needsScope('repo'),
    needsScope('admin:org_hook'),
    async request => {
      request.ownIntegration = await getOwnIntegration(context, request as FastifyRequest<OfIntegration>)
    },
  ]
}

/** Throws `not_found` for an App of somebody else's. */
export async function getOwnIntegration(
  { store }: ApiContext,
  request: FastifyRequest<OfIntegration>,
): Promise<Integration> {
  const integration = await findIntegration(store.read, { slug: request.params.app_slug })
  if (integration?.owner.id !== ownerOf(request).id) throw notFound()
  return integration
}

export function ownerOf(request: FastifyRequest): Account {
  return request.organizationPlace?.organization ?? requireCaller(request).user
}

/** In the API, for its owner. */
export function ownIntegrationPath({ owner, slug }: Integration): string {
  return owner.type === 'Organization' ? `/orgs/${owner.login}/apps/${slug}` : `/user/apps/${slug}`
}
