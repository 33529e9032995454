// Our payloads beside recorded ones of GitHub: the same keys in the same order, and the same
// addresses. Where we differ, the difference is named here, and a name that is no longer needed
// fails too.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { issuesPayload } from '../../src/github/payload/issues.ts'
import { type Built, organizationHookPayloads, payloadsOf } from './payloads.ts'
import { firstRecording, type Recorded, recordings } from './recorded.ts'
import { issue, links, octocat, organizationsScene, repositoryOf, usersScene } from './sample.ts'

type Difference = {
  /** Keys of recordings that ours lack. */
  readonly absent: readonly string[]
  /** Keys of ours that recordings lack. */
  readonly added: readonly string[]
  /** Keys that stand elsewhere in some recordings. */
  readonly moved: readonly string[]
}

const DIFFERENCES: Readonly<Record<string, Difference>> = {
  issue: {
    // Of pull requests: the package appended the first to issues, and one that was milestoned is one.
    absent: ['draft', 'pull_request'],
    // Younger than the recordings that lack them.
    added: ['active_lock_reason', 'reactions', 'timeline_url', 'performed_via_github_app', 'state_reason'],
    moved: [],
  },
  repository: {
    // The package appended it to repositories of users, which have none.
    absent: ['custom_properties'],
    added: [
      'disabled',
      'has_discussions',
      'allow_forking',
      'is_template',
      'web_commit_signoff_required',
      'topics',
      'visibility',
    ],
    // The owner stands before `private` in a recording of early 2019; the rest is where the package put it.
    moved: ['owner', 'is_template', 'web_commit_signoff_required', 'topics', 'visibility'],
  },
  sender: { absent: [], added: ['user_view_type'], moved: [] },
  organization: { absent: [], added: [], moved: [] },
  label: {
    absent: [],
    // Archived labels are younger than the recordings. One recording has a label without a description.
    added: ['archived_at', 'archived_by', 'description'],
    // Before `color` in the event about labels, behind `default` in events about issues.
    moved: ['description'],
  },
  comment: {
    absent: [],
    added: ['reactions', 'performed_via_github_app'],
    // Before `body` where the package appended `reactions`, behind it where GitHub sent both.
    moved: ['performed_via_github_app'],
  },
  hook: {
    // Of Apps.
    absent: ['app_id'],
    added: ['deliveries_url'],
    moved: [],
  },
}

/** Recordings that are about something else than ours. */
const OTHERWISE: readonly { readonly name: string; readonly keys: string; readonly because: string }[] = [
  {
    name: 'issues.opened',
    keys: 'action,changes,issue,repository,sender',
    because: 'opened by a transfer, which we do not have',
  },
  {
    name: 'member.added',
    keys: 'action,member,repository,sender',
    because: 'recorded before GitHub told of the permission',
  },
  {
    name: 'repository.renamed',
    keys: 'action,changes,repository,sender,organization',
    because: 'an App heard it; elsewhere the organization stands before the sender',
  },
]

const usersPayloads = payloadsOf(usersScene, links)
const organizationsPayloads = payloadsOf(organizationsScene, links)
const ownHookPayloads = organizationHookPayloads(links)

function oursFor(name: string, recorded: Recorded): Built | undefined {
  if (!recorded.organization) return usersPayloads.get(name)
  return recorded.repository ? organizationsPayloads.get(name) : ownHookPayloads.get(name)
}

const pairs = recordings.flatMap(({ name, payload }) => {
  const ours = oursFor(name, payload)
  return ours ? [{ name, recorded: payload, ours }] : []
})

suite('a payload beside a recording of the same event', () => {
  test('it has recordings to stand beside: 40 at the least', () => {
    assert.ok(pairs.length >= 40, `${pairs.length} recordings`)
  })

  for (const [index, { name, recorded, ours }] of pairs.entries()) {
    // `installation` is for Apps.
    const keys = Object.keys(recorded).filter(key => key !== 'installation')
    if (OTHERWISE.some(other => other.name === name && other.keys === keys.join())) continue

    test(`it has the keys of ${name}, in their order (recording ${index + 1})`, () => {
      assert.deepEqual(Object.keys(ours), keys)
    })
  }

  for (const [part, confessed] of Object.entries(DIFFERENCES)) {
    test(`it differs in the keys of its ${part} only as confessed`, () => {
      const found = { absent: new Set<string>(), added: new Set<string>(), moved: new Set<string>() }
      for (const { recorded, ours } of pairs) {
        if (!recorded[part] || !ours[part]) continue
        const theirs = Object.keys(recorded[part])
        const own = Object.keys(ours[part])
        for (const key of theirs.filter(key => !own.includes(key))) found.absent.add(key)
        for (const key of own.filter(key => !theirs.includes(key))) found.added.add(key)

        const common = theirs.filter(key => own.includes(key))
        const commonOfOurs = own.filter(key => theirs.includes(key))
        assert.deepEqual(without(commonOfOurs, confessed.moved), without(common, confessed.moved))
        for (const key of confessed.moved) {
          const others = confessed.moved.filter(other => other !== key)
          if (without(common, others).join() !== without(commonOfOurs, others).join()) found.moved.add(key)
        }
      }
      assert.deepEqual(sorted(found), sorted(confessed))
    })
  }
})

function without(keys: readonly string[], left: readonly string[]): string[] {
  return keys.filter(key => !left.includes(key))
}

function sorted({ absent, added, moved }: { [key in keyof Difference]: Iterable<string> }): Difference {
  return { absent: [...absent].sort(), added: [...added].sort(), moved: [...moved].sort() }
}

suite('a repository beside recordings of 2024', () => {
  for (const name of [
    'branch_protection_rule.created',
    'deployment_review.requested',
    'workflow_job.queued',
  ]) {
    test(`it has exactly the keys of the repository of ${name}, in their order`, () => {
      const repository = recordings
        .filter(recording => recording.name === name)
        .map(recording => recording.payload.repository as Recorded)
        .find(repository => 'has_discussions' in repository)
      assert.deepEqual(
        Object.keys(organizationsPayloads.get('ping')?.repository as Built),
        Object.keys(repository ?? {}),
      )
    })
  }
})

test('it gives every address and node id that GitHub gave the same issue', () => {
  const recorded = firstRecording('issues.opened')
  const codertocat = { ...octocat, login: 'Codertocat', id: 21031067 }
  const label = { ...issue.labels[0]!, name: 'bug' }
  // The number within the node id, and the one in the addresses.
  const milestone = { ...issue.milestone!, id: 4317517, number: 1, creator: codertocat }
  const ours = issuesPayload(
    {
      action: 'opened',
      issue: { ...issue, user: codertocat, labels: [label], assignees: [codertocat], milestone },
    },
    { repository: repositoryOf(codertocat), sender: codertocat },
    { api: 'https://api.github.com', html: 'https://github.com' },
  )

  const theirs = addressesIn(recorded)
  const own = addressesIn(ours)
  const common = [...theirs.keys()].filter(path => own.has(path))
  // 44 of the repository, 12 of each of the six users, 8 of the issue, 2 of its label and 4 of its milestone.
  assert.equal(common.length, 44 + 6 * 12 + 8 + 2 + 4)
  for (const path of common) assert.equal(own.get(path), theirs.get(path), path)
})

/** What ends in `url` or is a node id, by its path; pictures are on another host of GitHub's. */
function addressesIn(value: unknown, path = ''): Map<string, unknown> {
  const found = new Map<string, unknown>()
  if (typeof value !== 'object' || value === null) return found
  for (const [key, inner] of Object.entries(value)) {
    const here = `${path}/${key}`
    if (/url$|^node_id$/.test(key) && key !== 'avatar_url') found.set(here, inner)
    for (const [deeper, address] of addressesIn(inner, here)) found.set(deeper, address)
  }
  return found
}
