// One unit of work: what a request changes, mostly in a repository, and the events that tell of it, in a
// single transaction.
import type { FastifyRequest } from 'fastify'
import type { Account } from '../account.ts'
import type { Tell } from '../engine/engine.ts'
import type { Links } from '../github/links.ts'
import type { Repository } from '../repository.ts'
import type { Tx } from '../store/store.ts'
import { organizationOf, repositoryOf, requireCaller } from './auth.ts'
import type { ApiContext } from './context.ts'
import { ownLinks } from './links.ts'

export type SiteWork = {
  readonly tx: Tx
  readonly tell: Tell
  readonly sender: Account
  /** Of the events that are told. */
  readonly links: Links
  readonly nowMs: number
}

export type OrganizationWork = SiteWork & { readonly organization: Account }

export type Work = SiteWork & { readonly repository: Repository }

/** In a repository. Inside of `work`, wait for the database alone: the transaction is open. */
export function commit<T>(
  context: ApiContext,
  request: FastifyRequest,
  work: (work: Work) => Promise<T>,
): Promise<T> {
  const { repository } = repositoryOf(request)
  return commitOnSite(context, request, unit => work({ ...unit, repository }))
}

export function commitInOrganization<T>(
  context: ApiContext,
  request: FastifyRequest,
  work: (work: OrganizationWork) => Promise<T>,
): Promise<T> {
  const { organization } = organizationOf(request)
  return commitOnSite(context, request, unit => work({ ...unit, organization }))
}

/** What belongs to no repository and to no organization. */
export function commitOnSite<T>(
  { engine, clock }: ApiContext,
  request: FastifyRequest,
  work: (work: SiteWork) => Promise<T>,
): Promise<T> {
  const sender = requireCaller(request).user
  const links = ownLinks(request)
  return engine.commit((tx, tell) => work({ tx, tell, sender, links, nowMs: clock.nowMs() }))
}
