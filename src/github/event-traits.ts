// Where GitHub's payloads say what filters ask for: the branch or tag of an event, the paths that it
// changed, its repository, and who did it. A payload may come from anywhere, so nothing of it is taken
// for granted; what is not there, or is of another kind, is not there.
import { isObject } from '../base/is-object.ts'

/** `full` is a ref as Git has it; a `branch` or a `tag` is named without what stands before it. */
type Kind = 'full' | 'branch' | 'tag'

type Place = { readonly kind: Kind; readonly path: readonly string[] }

// For a pull request that is the branch that it is to go to, as in the filters of workflows. What is
// called a `head_branch` is taken for a branch, though it can name a tag.
const BASE_BRANCH: Place = { kind: 'branch', path: ['pull_request', 'base', 'ref'] }
const DEPLOYED: Place = { kind: 'branch', path: ['deployment', 'ref'] }
const REF: Place = { kind: 'full', path: ['ref'] }

const REF_OF: Readonly<Record<string, Place>> = {
  check_run: { kind: 'branch', path: ['check_run', 'check_suite', 'head_branch'] },
  check_suite: { kind: 'branch', path: ['check_suite', 'head_branch'] },
  code_scanning_alert: REF,
  deployment: DEPLOYED,
  deployment_status: DEPLOYED,
  merge_group: { kind: 'full', path: ['merge_group', 'base_ref'] },
  pull_request: BASE_BRANCH,
  pull_request_review: BASE_BRANCH,
  pull_request_review_comment: BASE_BRANCH,
  pull_request_review_thread: BASE_BRANCH,
  push: REF,
  release: { kind: 'tag', path: ['release', 'tag_name'] },
  repository_dispatch: { kind: 'branch', path: ['branch'] },
  workflow_dispatch: REF,
  workflow_job: { kind: 'branch', path: ['workflow_job', 'head_branch'] },
  workflow_run: { kind: 'branch', path: ['workflow_run', 'head_branch'] },
}

/** The events that have a branch or tag at all. */
export const EVENTS_WITH_REFS: readonly string[] = [
  ...Object.keys(REF_OF),
  'create',
  'delete',
  'status',
].sort()

// A deployment may be of a commit, which is no branch.
const COMMIT = /^[0-9a-f]{40}([0-9a-f]{24})?$/

/** Full refs: `refs/heads/main`. Nearly always one, or none; the status of a commit has its branches. */
export function refsOf(event: string, payload: unknown): string[] {
  switch (event) {
    case 'create':
    case 'delete':
      return wholeRefs(textAt(payload, ['ref_type']) === 'tag' ? 'tag' : 'branch', textAt(payload, ['ref']))
    case 'status':
      return listAt(payload, ['branches']).flatMap(branch => wholeRefs('branch', textAt(branch, ['name'])))
    default: {
      const place = Object.hasOwn(REF_OF, event) ? REF_OF[event] : undefined
      return place ? wholeRefs(place.kind, textAt(payload, place.path)) : []
    }
  }
}

/** As people write them: `main`, `v1.0`. */
export function shortRef(ref: string): string {
  return ref.replace(/^refs\/(heads\/|tags\/)?/, '')
}

function wholeRefs(kind: Kind, name: string | undefined): string[] {
  if (name === undefined || COMMIT.test(name)) return []
  if (name.startsWith('refs/')) return [name]
  return [`refs/${kind === 'tag' ? 'tags' : 'heads'}/${name}`]
}

// GitHub lists no more of a push's commits than that: behind them any path may have changed.
const COMMITS_MAX = 2048

/** Of a push; undefined when not all of them are told, or none. */
export function changedPathsOf(event: string, payload: unknown): Iterable<string> | undefined {
  if (event !== 'push') return undefined
  const commits = listAt(payload, ['commits'])
  return commits.length === 0 || commits.length >= COMMITS_MAX ? undefined : pathsIn(commits)
}

function* pathsIn(commits: readonly unknown[]): Iterable<string> {
  for (const commit of commits) {
    for (const change of ['added', 'removed', 'modified']) {
      for (const path of listAt(commit, [change])) if (typeof path === 'string') yield path
    }
  }
}

/** `owner/name`. */
export function repositoryOf(payload: unknown): string | undefined {
  return textAt(payload, ['repository', 'full_name'])
}

/** The login of who did it. */
export function actorOf(payload: unknown): string | undefined {
  return textAt(payload, ['sender', 'login'])
}

/** Empty text is no text: an alert that was found outside of any branch has such a `ref`. */
function textAt(value: unknown, path: readonly string[]): string | undefined {
  const found = at(value, path)
  return typeof found === 'string' && found !== '' ? found : undefined
}

function listAt(value: unknown, path: readonly string[]): readonly unknown[] {
  const found = at(value, path)
  return Array.isArray(found) ? found : []
}

function at(value: unknown, path: readonly string[]): unknown {
  let found = value
  for (const key of path) {
    if (!isObject(found) || !Object.hasOwn(found, key)) return undefined
    found = found[key]
  }
  return found
}
