// One unit of work: what a request changes in a repository, and the events that tell of it, in a single
// transaction.
import type { FastifyRequest } from 'fastify'
import type { Account } from '../account.ts'
import type { Tell } from '../engine/engine.ts'
import type { Links } from '../github/links.ts'
import type { Repository } from '../repository.ts'
import type { Tx } from '../store/store.ts'
import { repositoryOf, requireCaller } from './auth.ts'
import type { ApiContext } from './context.ts'
import { ownLinks } from './links.ts'

export type Work = {
  readonly tx: Tx
  readonly tell: Tell
  readonly repository: Repository
  readonly sender: Account
  /** Of the events that are told. */
  readonly links: Links
  readonly nowMs: number
}

/** Inside of `work`, wait for the database alone: the transaction is open. */
export function commit<T>(
  { engine, clock }: ApiContext,
  request: FastifyRequest,
  work: (work: Work) => Promise<T>,
): Promise<T> {
  const { repository } = repositoryOf(request)
  const sender = requireCaller(request).user
  const links = ownLinks(request)
  return engine.commit((tx, tell) => work({ tx, tell, repository, sender, links, nowMs: clock.nowMs() }))
}
