// What can be asked of a repository, what can change about it, and which events tell of that.
import { AppError, customItem, type ErrorItem, refuse } from '../errors.ts'
import { type RepositoryEvent, repositoryPayload } from '../github/payload/repository.ts'
import { sceneJson } from '../github/payload/scene.ts'
import { organizationOf } from '../github/repository.ts'
import { isRepositoryName, type Repository } from '../repository.ts'
import {
  deleteRepository,
  type NewRepository,
  type RepositoryChanges,
  reloadRepository,
  updateRepository,
} from '../store/repositories.ts'
import { repositoryDraft } from './draft.ts'
import { controlFaults, tooLong } from './fields.ts'
import type { Work } from './work.ts'

const DESCRIPTION_LENGTH_MAX = 350
const HOMEPAGE_LENGTH_MAX = 255
const BRANCH_LENGTH_MAX = 244

export type RepositoryBody = {
  readonly name?: string
  readonly description?: string | null
  readonly homepage?: string | null
  readonly private?: boolean
  readonly visibility?: 'public' | 'private'
  readonly has_issues?: boolean
  readonly default_branch?: string
  readonly archived?: boolean
}

export const REPOSITORY_FIELDS = {
  name: { type: 'string' },
  description: { type: ['string', 'null'] },
  homepage: { type: ['string', 'null'] },
  private: { type: 'boolean' },
  visibility: { type: 'string', enum: ['public', 'private'] },
  has_issues: { type: 'boolean' },
} as const

export async function changeRepository(work: Work, wanted: RepositoryChanges): Promise<Repository> {
  const { tx, tell, sender, links, nowMs } = work
  const before = await reloadRepository(tx, work.repository)
  const changes = difference(before, wanted)
  if (Object.keys(changes).length === 0) return before
  if (before.archived && changes.archived !== false) {
    throw new AppError('forbidden', 'Repository was archived so is read-only.')
  }
  const after = await updateRepository(tx, before, changes, nowMs)
  const scene = { repository: after, sender }
  if (changes.private === false) tell(repositoryDraft('public', sceneJson(scene, links), scene))
  for (const event of eventsOf(before, changes)) {
    tell(repositoryDraft('repository', repositoryPayload(event, scene, links), scene))
  }
  return after
}

// Its own hooks are deleted with it, so only its organization's hear of it.
export async function removeRepository({ tx, tell, repository, sender, links, nowMs }: Work): Promise<void> {
  const scene = { repository: await reloadRepository(tx, repository), sender }
  await deleteRepository(tx, repository.id, nowMs)
  const payload = repositoryPayload({ action: 'deleted' }, scene, links)
  if (organizationOf(repository)) {
    tell({ ...repositoryDraft('repository', payload, scene), repositoryId: null })
  }
}

function eventsOf(before: Repository, changes: RepositoryChanges): RepositoryEvent[] {
  const { name, description, homepage, defaultBranch, private: isPrivate, archived } = changes
  const was = {
    ...(description !== undefined && { description: before.description }),
    ...(homepage !== undefined && { homepage: before.homepage }),
    ...(defaultBranch !== undefined && { defaultBranch: before.defaultBranch }),
  }
  return [
    ...(name !== undefined ? [{ action: 'renamed', was: before.name } as const] : []),
    ...(Object.keys(was).length > 0 ? [{ action: 'edited', changes: was } as const] : []),
    ...(isPrivate !== undefined ? [{ action: isPrivate ? 'privatized' : 'publicized' } as const] : []),
    ...(archived !== undefined ? [{ action: archived ? 'archived' : 'unarchived' } as const] : []),
  ]
}

/** Those of the wanted values that differ from the present ones. */
function difference(before: Repository, wanted: RepositoryChanges): RepositoryChanges {
  const names = Object.keys(wanted) as (keyof RepositoryChanges)[]
  return Object.fromEntries(
    names.filter(name => wanted[name] !== before[name]).map(name => [name, wanted[name]]),
  )
}

export function readNewRepository(body: RepositoryBody): NewRepository {
  const {
    name = '',
    description = null,
    homepage = null,
    hasIssues = true,
    ...rest
  } = readRepositoryChanges(body)
  return { name, description, homepage, hasIssues, private: rest.private ?? false }
}

export function readRepositoryChanges(body: RepositoryBody): RepositoryChanges {
  const { name, description, homepage, default_branch: branch } = body
  const faults: ErrorItem[] = [
    ...(name === undefined || isRepositoryName(name) ? [] : [NAME_FAULT]),
    ...(branch === undefined || branch.trim() !== '' ? [] : [BRANCH_FAULT]),
    ...tooLong('Repository', 'description', description, DESCRIPTION_LENGTH_MAX),
    ...controlFaults('Repository', 'description', description),
    ...tooLong('Repository', 'homepage', homepage, HOMEPAGE_LENGTH_MAX),
    ...(!homepage || isWebAddress(homepage) ? [] : [HOMEPAGE_FAULT]),
    ...tooLong('Repository', 'default_branch', branch, BRANCH_LENGTH_MAX),
  ]
  refuse(faults)
  const isPrivate = body.visibility === undefined ? body.private : body.visibility === 'private'
  return {
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description: description || null }),
    ...(homepage !== undefined && { homepage: homepage || null }),
    ...(isPrivate !== undefined && { private: isPrivate }),
    ...(body.has_issues !== undefined && { hasIssues: body.has_issues }),
    ...(branch !== undefined && { defaultBranch: branch.trim() }),
    ...(body.archived !== undefined && { archived: body.archived }),
  }
}

const NAME_FAULT = customItem(
  'Repository',
  'name can only contain ASCII letters, digits, and the characters ., -, and _, and at most 100 of them',
  'name',
)

// Pages show it as a link: it must not be a `javascript:` one.
function isWebAddress(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text)
}

const HOMEPAGE_FAULT = customItem(
  'Repository',
  'homepage must be an address that begins with http:// or https://',
  'homepage',
)

const BRANCH_FAULT = { resource: 'Repository', code: 'invalid', field: 'default_branch' } as const
