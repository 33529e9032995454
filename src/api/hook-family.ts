// Hooks of repositories, of organizations, of the site and of Apps are one set of routes under six paths: an
// App's hook has one for the App by its own key, and two for its owner. What differs is here: the path, who may,
// GitHub's pages about them, and whose they are.
import type { FastifyRequest, FastifySchema } from 'fastify'
import { type Account, grants, SCOPES, type Scope } from '../account.ts'
import { notFound } from '../errors.ts'
import type { EventDraft } from '../event.ts'
import type { HookPlace } from '../github/hook.ts'
import type { Links } from '../github/links.ts'
import { type HookOwner, placeOf } from '../github/payload/ping.ts'
import { organizationOf as organizationOwning } from '../github/repository.ts'
import { type Hook, type HookTarget, SITE, SITE_ACCOUNT_ID, type TargetKind } from '../hook.ts'
import { findHook, findHookOf } from '../store/hooks.ts'
import type { Db, Store } from '../store/store.ts'
import {
  needsOrganization,
  needsRepository,
  needsSiteAdmin,
  organizationOf,
  repositoryOf,
  requireCaller,
} from './auth.ts'
import type { ApiContext } from './context.ts'
import { NUMBER } from './fields.ts'
import { integrationOf, needsIntegration } from './integration-access.ts'
import { linksOf, ownLinks } from './links.ts'
import { needsOwnIntegration, ownIntegrationPath } from './own-integration.ts'
import { type OnRequest, route } from './route.ts'

export type HookAccess = 'read' | 'write' | 'delete'

/** What GitHub has a page about. Whatever else is done to hooks is our own. */
export type HookOperation =
  | 'list'
  | 'create'
  | 'get'
  | 'update'
  | 'delete'
  | 'ping'
  | 'test'
  | 'get-config'
  | 'update-config'
  | 'list-deliveries'
  | 'get-delivery'
  | 'redeliver'

export type HookFamily = {
  readonly kind: TargetKind
  readonly path: string
  /** Of one hook. An App has one only: it needs no number. */
  readonly hookPath: string
  /** Null for an App's, which is opened by its key, or to its owner. */
  readonly scopes: Readonly<Record<HookAccess, Scope>> | null
  readonly pages: Partial<Readonly<Record<HookOperation, string>>>
}

export const HOOK_FAMILIES: readonly HookFamily[] = [
  {
    kind: 'repository',
    path: '/repos/:owner/:repo/hooks',
    hookPath: '/repos/:owner/:repo/hooks/:hook_id',
    scopes: { read: 'read:repo_hook', write: 'write:repo_hook', delete: 'admin:repo_hook' },
    pages: {
      list: 'repos/webhooks#list-repository-webhooks',
      create: 'repos/webhooks#create-a-repository-webhook',
      get: 'repos/webhooks#get-a-repository-webhook',
      update: 'repos/webhooks#update-a-repository-webhook',
      delete: 'repos/webhooks#delete-a-repository-webhook',
      ping: 'repos/webhooks#ping-a-repository-webhook',
      test: 'repos/webhooks#test-the-push-repository-webhook',
      'get-config': 'repos/webhooks#get-a-webhook-configuration-for-a-repository',
      'update-config': 'repos/webhooks#update-a-webhook-configuration-for-a-repository',
      'list-deliveries': 'repos/webhooks#list-deliveries-for-a-repository-webhook',
      'get-delivery': 'repos/webhooks#get-a-delivery-for-a-repository-webhook',
      redeliver: 'repos/webhooks#redeliver-a-delivery-for-a-repository-webhook',
    },
  },
  {
    kind: 'organization',
    path: '/orgs/:org/hooks',
    hookPath: '/orgs/:org/hooks/:hook_id',
    scopes: { read: 'admin:org_hook', write: 'admin:org_hook', delete: 'admin:org_hook' },
    pages: {
      list: 'orgs/webhooks#list-organization-webhooks',
      create: 'orgs/webhooks#create-an-organization-webhook',
      get: 'orgs/webhooks#get-an-organization-webhook',
      update: 'orgs/webhooks#update-an-organization-webhook',
      delete: 'orgs/webhooks#delete-an-organization-webhook',
      ping: 'orgs/webhooks#ping-an-organization-webhook',
      'get-config': 'orgs/webhooks#get-a-webhook-configuration-for-an-organization',
      'update-config': 'orgs/webhooks#update-a-webhook-configuration-for-an-organization',
      'list-deliveries': 'orgs/webhooks#list-deliveries-for-an-organization-webhook',
      'get-delivery': 'orgs/webhooks#get-a-webhook-delivery-for-an-organization-webhook',
      redeliver: 'orgs/webhooks#redeliver-a-delivery-for-an-organization-webhook',
    },
  },
  {
    kind: 'site',
    path: '/admin/hooks',
    hookPath: '/admin/hooks/:hook_id',
    scopes: { read: 'site_admin', write: 'site_admin', delete: 'site_admin' },
    pages: {
      list: '/enterprise-server@3.19/rest/enterprise-admin/global-webhooks#list-global-webhooks',
      create: '/enterprise-server@3.19/rest/enterprise-admin/global-webhooks#create-a-global-webhook',
      get: '/enterprise-server@3.19/rest/enterprise-admin/global-webhooks#get-a-global-webhook',
      update: '/enterprise-server@3.19/rest/enterprise-admin/global-webhooks#update-a-global-webhook',
      delete: '/enterprise-server@3.19/rest/enterprise-admin/global-webhooks#delete-a-global-webhook',
      ping: '/enterprise-server@3.19/rest/enterprise-admin/global-webhooks#ping-a-global-webhook',
    },
  },
  {
    kind: 'app',
    path: '/app/hook',
    hookPath: '/app/hook',
    scopes: null,
    pages: {
      'get-config': 'apps/webhooks#get-a-webhook-configuration-for-an-app',
      'update-config': 'apps/webhooks#update-a-webhook-configuration-for-an-app',
      'list-deliveries': 'apps/webhooks#list-deliveries-for-an-app-webhook',
      'get-delivery': 'apps/webhooks#get-a-delivery-for-an-app-webhook',
      redeliver: 'apps/webhooks#redeliver-a-delivery-for-an-app-webhook',
    },
  },
  ...['/user/apps/:app_slug/hook', '/orgs/:org/apps/:app_slug/hook'].map(
    path => ({ kind: 'app', path, hookPath: path, scopes: null, pages: {} }) as const,
  ),
]

/** The `params` of routes below one hook. */
export const HOOK_PARAMS = {
  type: 'object',
  properties: { hook_id: NUMBER, delivery_id: NUMBER },
} as const

/** An App's hook has no number in its address. */
export type HookParams = { readonly hook_id?: number; readonly delivery_id: number }

/** What a route says of itself; GitHub's page about it, if there is one. */
export function operation(
  context: ApiContext,
  family: HookFamily,
  name: HookOperation,
  access: HookAccess,
  schema: FastifySchema = {},
) {
  const page = family.pages[name]
  const needs = needsHooks(context, family, access)
  return page === undefined ? { onRequest: needs, schema } : route(page, needs, schema)
}

/** For `onRequest`: only administrators of the repository, the organization or the site learn of its hooks. */
export function needsHooks(
  context: ApiContext,
  { kind, path, scopes }: HookFamily,
  access: HookAccess,
): OnRequest[] {
  if (scopes === null) {
    return path.startsWith('/app/') ? [needsIntegration] : needsOwnIntegration(context, path)
  }
  const scope = scopes[access]
  // `gh` reads this when it is refused, and tells its user which scope to ask for.
  const accepted = SCOPES.filter(
    held => grants([held], scope) || (kind === 'repository' && held === 'public_repo'),
  )
    .sort()
    .join(', ')
  return [
    async (_request, reply) => {
      reply.header('x-accepted-oauth-scopes', accepted)
    },
    needsOwner(context, kind, scope),
  ]
}

function needsOwner(context: ApiContext, kind: TargetKind, scope: Scope): OnRequest {
  switch (kind) {
    case 'repository':
      return needsRepository(context, 'admin', scope)
    case 'organization':
      return needsOrganization(context, 'admin', scope)
    case 'site':
      return needsSiteAdmin
    case 'app':
      return needsIntegration
  }
}

/** By whom, on whose hooks, and under which addresses something is done. */
export type HookScene = {
  readonly owner: HookOwner
  readonly sender: Account
  /** Of the answer. */
  readonly links: Links
  /** Of the events that are told. */
  readonly eventLinks: Links
}

/** The same, and where the answer says that the hooks are: below the path by which the client came. */
export type HookRequestScene = HookScene & { readonly place: HookPlace }

export function sceneOf(request: FastifyRequest, kind: TargetKind): HookRequestScene {
  const { ownIntegration } = request
  const owner = ownerOf(request, kind)
  const sender = kind === 'app' && !ownIntegration ? integrationOf(request).bot : requireCaller(request).user
  return {
    owner,
    sender,
    links: linksOf(request),
    eventLinks: ownLinks(request),
    place: ownIntegration
      ? { kind: 'app', integrationId: ownIntegration.id, path: ownIntegrationPath(ownIntegration) }
      : placeOf(owner),
  }
}

function ownerOf(request: FastifyRequest, kind: TargetKind): HookOwner {
  switch (kind) {
    case 'repository':
      return { kind, repository: repositoryOf(request).repository }
    case 'organization':
      return { kind, organization: organizationOf(request).organization }
    case 'site':
      return { kind }
    case 'app':
      return { kind, integration: request.ownIntegration ?? integrationOf(request).integration }
  }
}

export function targetOf(owner: HookOwner): HookTarget {
  switch (owner.kind) {
    case 'repository':
      return { kind: owner.kind, id: owner.repository.id }
    case 'organization':
      return { kind: owner.kind, id: owner.organization.id }
    case 'site':
      return SITE
    case 'app':
      return { kind: owner.kind, id: owner.integration.id }
  }
}

/** Where an event happened. Hooks of the organization that owns a repository hear of it, too. */
export function originOf(
  owner: HookOwner,
): Pick<EventDraft, 'accountId' | 'repositoryId' | 'organizationId'> {
  switch (owner.kind) {
    case 'repository': {
      const { repository } = owner
      return {
        accountId: repository.owner.id,
        repositoryId: repository.id,
        organizationId: organizationOwning(repository)?.id ?? null,
      }
    }
    case 'organization': {
      const { id } = owner.organization
      return { accountId: id, repositoryId: null, organizationId: id }
    }
    case 'site':
      return { accountId: SITE_ACCOUNT_ID, repositoryId: null, organizationId: null }
    case 'app':
      return { accountId: owner.integration.owner.id, repositoryId: null, organizationId: null }
  }
}

/** Throws `not_found` when it has no such hook. Without a number, an App's one hook. */
export async function getHook(db: Db, { vault }: Store, owner: HookOwner, id?: number): Promise<Hook> {
  const target = targetOf(owner)
  const hook =
    owner.kind === 'app' ? await findHookOf(db, vault, target) : await findHook(db, vault, target, id ?? 0)
  if (!hook) throw notFound()
  return hook
}
