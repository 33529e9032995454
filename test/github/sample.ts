// One of each noun, for tests about GitHub's shapes: a user, an organization, a repository of
// either, an issue with a label and an assignee, a comment and a hook.
import type { Account } from '../../src/account.ts'
import type { Links } from '../../src/github/links.ts'
import type { Scene } from '../../src/github/payload/scene.ts'
import { DEFAULT_CHOICES, type Hook, type TargetKind } from '../../src/hook.ts'
import type { Comment, Issue, Label } from '../../src/issue.ts'
import type { Milestone } from '../../src/milestone.ts'
import type { Repository } from '../../src/repository.ts'
import { Secret } from '../../src/secret.ts'

export const links: Links = { api: 'http://127.0.0.1:3000/api/v3', html: 'http://127.0.0.1:3000' }

const createdAt = new Date('2026-11-20T08:09:10.123Z')
const updatedAt = new Date('2026-11-21T11:12:13.999Z')

export const octocat: Account = {
  id: 583231,
  type: 'User',
  login: 'octocat',
  name: 'The Octocat',
  email: 'octocat@example.com',
  description: null,
  siteAdmin: false,
  suspendedAt: null,
  createdAt,
  updatedAt,
}

export const octoOrg: Account = {
  ...octocat,
  id: 38302899,
  type: 'Organization',
  login: 'octo-org',
  name: 'Octo Org',
  description: 'Eight arms',
}

export function repositoryOf(owner: Account): Repository {
  return {
    id: 186853002,
    owner,
    name: 'Hello-World',
    private: false,
    description: 'My first repository',
    homepage: null,
    defaultBranch: 'main',
    hasIssues: true,
    archived: false,
    openIssues: 1,
    stars: 3,
    topics: ['octocat', 'atom'],
    createdAt,
    updatedAt,
    pushedAt: updatedAt,
  }
}

export const usersScene: Scene = { repository: repositoryOf(octocat), sender: octocat }
export const organizationsScene: Scene = { repository: repositoryOf(octoOrg), sender: octocat }

export const bug: Label = {
  id: 1362934389,
  name: ':bug: Bugfix',
  color: 'd73a4a',
  description: "Something isn't working",
  default: false,
}

export const milestone: Milestone = {
  id: 1002604,
  repositoryId: 186853002,
  number: 1,
  title: 'v1.0',
  description: 'Tracking milestone for version 1.0',
  state: 'open',
  creator: octocat,
  openIssues: 4,
  closedIssues: 8,
  dueOn: new Date('2026-12-24T00:00:00.000Z'),
  closedAt: null,
  createdAt,
  updatedAt,
}

export const issue: Issue = {
  id: 444500041,
  repositoryId: 186853002,
  number: 1,
  title: 'Spelling error in the README file',
  body: 'It looks like you accidently spelled "commit" with two "t"s.',
  user: octocat,
  authorAssociation: 'OWNER',
  labels: [bug],
  assignees: [octocat],
  milestone,
  state: 'open',
  stateReason: null,
  locked: false,
  comments: 0,
  closedAt: null,
  closedBy: null,
  createdAt,
  updatedAt,
}

export const closedIssue: Issue = {
  ...issue,
  state: 'closed',
  stateReason: 'completed',
  closedAt: updatedAt,
  closedBy: octocat,
}

export const bareIssue: Issue = { ...issue, body: null, labels: [], assignees: [], milestone: null }

export const comment: Comment = {
  id: 492700400,
  issueNumber: 1,
  user: octocat,
  authorAssociation: 'OWNER',
  body: 'You are totally right!',
  createdAt,
  updatedAt,
}

export function hookOn(kind: TargetKind): Hook {
  return {
    accountId: kind === 'repository' ? octocat.id : octoOrg.id,
    id: 109948940,
    target: { kind, id: kind === 'repository' ? 186853002 : octoOrg.id },
    active: true,
    events: ['issues', 'push'],
    config: {
      url: 'https://example.com/payload',
      contentType: 'json',
      secret: new Secret("It's a Secret to Everybody"),
      insecureSsl: false,
    },
    createdAt,
    updatedAt,
    deletedAt: null,
    ...DEFAULT_CHOICES,
  }
}
