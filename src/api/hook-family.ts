// Hooks of repositories and of organizations are one set of routes under two paths. What differs
// is here: the path, the scopes, GitHub's pages about them, and whose they are.
import type { FastifyRequest } from 'fastify'
import { type Account, grants, SCOPES, type Scope } from '../account.ts'
import { notFound } from '../errors.ts'
import type { EventDraft } from '../event.ts'
import type { HookPlace } from '../github/hook.ts'
import type { Links } from '../github/links.ts'
import type { HookOwner } from '../github/payload/ping.ts'
import { organizationOf as organizationOwning } from '../github/repository.ts'
import type { Hook, HookTarget, TargetKind } from '../hook.ts'
import { fullName } from '../repository.ts'
import { findHook } from '../store/hooks.ts'
import type { Db, Store } from '../store/store.ts'
import { needsOrganization, needsRepository, organizationOf, repositoryOf, requireCaller } from './auth.ts'
import type { ApiContext } from './context.ts'
import { NUMBER } from './fields.ts'
import { linksOf, ownLinks } from './links.ts'
import type { OnRequest } from './route.ts'

export type HookAccess = 'read' | 'write' | 'delete'

export type HookFamily = {
  readonly kind: TargetKind
  readonly path: string
  readonly scopes: Readonly<Record<HookAccess, Scope>>
  /** What the anchors of GitHub's page are made of: `${docs}#create-${one}-webhook`. */
  readonly docs: string
  readonly noun: string
  readonly one: string
}

export const HOOK_FAMILIES: readonly HookFamily[] = [
  {
    kind: 'repository',
    path: '/repos/:owner/:repo/hooks',
    scopes: { read: 'read:repo_hook', write: 'write:repo_hook', delete: 'admin:repo_hook' },
    docs: 'repos/webhooks',
    noun: 'repository',
    one: 'a-repository',
  },
  {
    kind: 'organization',
    path: '/orgs/:org/hooks',
    scopes: { read: 'admin:org_hook', write: 'admin:org_hook', delete: 'admin:org_hook' },
    docs: 'orgs/webhooks',
    noun: 'organization',
    one: 'an-organization',
  },
]

/** The `params` of routes below one hook. */
export const HOOK_PARAMS = {
  type: 'object',
  properties: { hook_id: NUMBER, delivery_id: NUMBER },
} as const

export type HookParams = { readonly hook_id: number; readonly delivery_id: number }

/** For `onRequest`: only administrators of the repository or organization learn of its hooks. */
export function needsHooks(
  context: ApiContext,
  { kind, scopes }: HookFamily,
  access: HookAccess,
): OnRequest[] {
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
    kind === 'repository'
      ? needsRepository(context, 'admin', scope)
      : needsOrganization(context, 'admin', scope),
  ]
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

export function sceneOf(request: FastifyRequest, kind: TargetKind): HookScene {
  const owner: HookOwner =
    kind === 'repository'
      ? { kind, repository: repositoryOf(request).repository }
      : { kind, organization: organizationOf(request).organization }
  const sender = requireCaller(request).user
  return { owner, sender, links: linksOf(request), eventLinks: ownLinks(request) }
}

export function targetOf(owner: HookOwner): HookTarget {
  return owner.kind === 'repository'
    ? { kind: owner.kind, id: owner.repository.id }
    : { kind: owner.kind, id: owner.organization.id }
}

export function placeOf(owner: HookOwner): HookPlace {
  return owner.kind === 'repository'
    ? { kind: owner.kind, fullName: fullName(owner.repository) }
    : { kind: owner.kind, login: owner.organization.login }
}

/** Where an event happened. Hooks of the organization that owns a repository hear of it, too. */
export function originOf(
  owner: HookOwner,
): Pick<EventDraft, 'accountId' | 'repositoryId' | 'organizationId'> {
  if (owner.kind === 'organization') {
    const { id } = owner.organization
    return { accountId: id, repositoryId: null, organizationId: id }
  }
  const { repository } = owner
  return {
    accountId: repository.owner.id,
    repositoryId: repository.id,
    organizationId: organizationOwning(repository)?.id ?? null,
  }
}

/** Throws `not_found` when there is no such hook on this repository or organization. */
export async function getHook(db: Db, { vault }: Store, owner: HookOwner, id: number): Promise<Hook> {
  const hook = await findHook(db, vault, targetOf(owner), id)
  if (!hook) throw notFound()
  return hook
}
