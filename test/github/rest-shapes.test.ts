// Answers of the REST API: what they have more than payloads, and in which order. That they fit
// GitHub's description is the compiler's business: their functions are annotated with it.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { commentJson, issueJson, labelJson } from '../../src/github/issue.ts'
import { fullRepositoryJson, minimalRepositoryJson, repositoryJson } from '../../src/github/repository.ts'
import {
  fullOrganizationJson,
  organizationJson,
  privateUserJson,
  publicUserJson,
} from '../../src/github/user.ts'
import {
  bareIssue,
  bug,
  closedIssue,
  comment,
  issue,
  links,
  octocat,
  octoOrg,
  repositoryOf,
} from './sample.ts'

const repository = repositoryOf(octocat)
const owned = { public: 2, private: 1 }

suite('a user', () => {
  test('it sees itself with its email address and what only it may know', () => {
    const user = privateUserJson(octocat, owned, links)
    assert.equal(
      Object.keys(user).join(),
      'login,id,node_id,avatar_url,gravatar_id,url,html_url,followers_url,following_url,gists_url,starred_url,' +
        'subscriptions_url,organizations_url,repos_url,events_url,received_events_url,type,user_view_type,site_admin,' +
        'name,company,blog,location,email,hireable,bio,twitter_username,notification_email,public_repos,' +
        'public_gists,followers,following,created_at,updated_at,private_gists,total_private_repos,' +
        'owned_private_repos,disk_usage,collaborators,two_factor_authentication',
    )
    assert.equal(user.user_view_type, 'private')
    assert.equal(user.email, 'octocat@example.com')
    assert.equal(user.owned_private_repos, 1)
  })

  test('it shows others neither its email address nor its private repositories', () => {
    const user = publicUserJson(octocat, owned, links)
    assert.equal(user.user_view_type, 'public')
    assert.equal(user.email, null)
    assert.ok(!('owned_private_repos' in user))
    assert.ok(!JSON.stringify(user).includes('octocat@example.com'))
  })
})

suite('an organization', () => {
  test('it begins as in payloads, and leaves out a name that it does not have', () => {
    const whole = fullOrganizationJson(octoOrg, owned, links)
    const short = Object.keys(organizationJson(octoOrg, links))
    assert.deepEqual(Object.keys(whole).slice(0, short.length), short)
    assert.equal(whole.name, 'Octo Org')
    assert.ok(!('name' in fullOrganizationJson({ ...octoOrg, name: null }, owned, links)))
  })
})

suite('a repository', () => {
  const payloadKeys = Object.keys(repositoryJson(repository, links))

  test('it adds permissions in a list', () => {
    assert.deepEqual(Object.keys(minimalRepositoryJson(repository, 'pull', links)), [
      ...payloadKeys,
      'permissions',
    ])
  })

  test('it adds two counts alone, and the organization when one owns it', () => {
    assert.deepEqual(Object.keys(fullRepositoryJson(repository, 'admin', links)), [
      ...payloadKeys,
      'permissions',
      'network_count',
      'subscribers_count',
    ])
    assert.deepEqual(Object.keys(fullRepositoryJson(repositoryOf(octoOrg), 'admin', links)), [
      ...payloadKeys,
      'permissions',
      'custom_properties',
      'organization',
      'network_count',
      'subscribers_count',
    ])
  })

  test('it lets each role do what the lower ones may', () => {
    const granted = (['pull', 'triage', 'push', 'maintain', 'admin'] as const).map(
      role =>
        Object.values(fullRepositoryJson(repository, role, links).permissions ?? {}).filter(Boolean).length,
    )
    assert.deepEqual(granted, [1, 2, 3, 4, 5])
    assert.deepEqual(fullRepositoryJson(repository, 'push', links).permissions, {
      admin: false,
      maintain: false,
      push: true,
      triage: true,
      pull: true,
    })
  })

  test('it says whether it is private in both words', () => {
    const hidden = repositoryJson({ ...repository, private: true }, links)
    assert.equal(hidden.private, true)
    assert.equal(hidden.visibility, 'private')
    assert.equal(repositoryJson(repository, links).visibility, 'public')
  })

  test('it points its addresses to where the client came from', () => {
    const json = repositoryJson(repository, {
      api: 'https://forge.test:8443/x',
      html: 'https://forge.test:8443/x',
    })
    assert.equal(json.url, 'https://forge.test:8443/x/repos/octocat/Hello-World')
    assert.equal(json.clone_url, 'https://forge.test:8443/x/octocat/Hello-World.git')
    assert.equal(json.ssh_url, 'git@forge.test:octocat/Hello-World.git')
  })
})

suite('an issue', () => {
  test('it tells who closed it, between its body and its reactions', () => {
    const keys = Object.keys(issueJson(closedIssue, repository, links))
    assert.equal(
      keys.join(),
      'url,repository_url,labels_url,comments_url,events_url,html_url,id,node_id,number,title,user,labels,state,' +
        'locked,assignee,assignees,milestone,comments,created_at,updated_at,closed_at,author_association,' +
        'active_lock_reason,body,closed_by,reactions,timeline_url,performed_via_github_app,state_reason',
    )
    assert.equal(issueJson(closedIssue, repository, links).closed_by?.login, 'octocat')
    assert.equal(issueJson(issue, repository, links).closed_by, null)
  })

  test('it has null where there is nothing', () => {
    const json = issueJson(bareIssue, repository, links)
    assert.deepEqual(
      [json.body, json.assignee, json.milestone, json.closed_at, json.state_reason],
      [null, null, null, null, null],
    )
    assert.deepEqual([json.labels, json.assignees], [[], []])
  })

  test('it calls the first of the assignees the assignee', () => {
    const other = { ...octocat, id: 2, login: 'hubot' }
    const json = issueJson({ ...issue, assignees: [other, octocat] }, repository, links)
    assert.equal(json.assignee?.login, 'hubot')
    assert.equal(json.assignees?.length, 2)
  })

  test('it has labels of seven keys', () => {
    assert.deepEqual(labelJson(bug, repository, links), {
      id: 1362934389,
      node_id: 'MDU6TGFiZWwxMzYyOTM0Mzg5',
      url: 'http://127.0.0.1:3000/api/v3/repos/octocat/Hello-World/labels/:bug:%20Bugfix',
      name: ':bug: Bugfix',
      color: 'd73a4a',
      default: false,
      description: "Something isn't working",
    })
  })

  test('it links a comment to its place on the page and to its issue', () => {
    const json = commentJson(comment, repository, links)
    assert.equal(json.html_url, 'http://127.0.0.1:3000/octocat/Hello-World/issues/1#issuecomment-492700400')
    assert.equal(json.issue_url, 'http://127.0.0.1:3000/api/v3/repos/octocat/Hello-World/issues/1')
    assert.equal(
      json.reactions.url,
      'http://127.0.0.1:3000/api/v3/repos/octocat/Hello-World/issues/comments/492700400/reactions',
    )
  })
})
