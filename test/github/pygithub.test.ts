// PyGithub, the client for Python that most scripts have, with nothing changed but the base URL.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { findPyGithub } from '../../scripts/services.ts'
import { repositoryHooks } from '../../src/api/test-hooks.ts'
import { startTestReceiver } from '../../src/api/test-receiver.ts'

const SCRIPT = fileURLToPath(new URL('pygithub.py', import.meta.url))

test('does for a script in Python what GitHub does', async t => {
  const receiver = await startTestReceiver(t)
  const { server, token, user } = await repositoryHooks(t)
  await server.addOrganization('acme', user)
  const python = findPyGithub()
  assert.ok(python, 'PyGithub is missing')
  const { stdout } = await promisify(execFile)(python, [SCRIPT], {
    env: { TOKEN: token, BASE_URL: `${server.url}/api/v3`, RECEIVER: receiver.url },
  })
  const { created, ...answers } = JSON.parse(stdout)

  const config = (path: string) => ({
    content_type: 'json',
    insecure_ssl: '0',
    url: receiver.url + path,
  })
  assert.deepEqual(created.slice(0, 4), ['web', true, ['push'], config('/0')])
  assert.match(created[4], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/)
  assert.deepEqual(answers, {
    login: 'octocat',
    edited: [['star'], config('/edited')],
    // Two pages, and their number from `Link`.
    listed: [3, 3],
    unchanged: true,
    left: [],
    organization: [['member']],
    gone: ['UnknownObjectException', 404, 'Not Found', null],
    refused: [
      'GithubException',
      422,
      'Validation Failed',
      [{ resource: 'Hook', code: 'invalid', field: 'name' }],
    ],
    stranger: ['BadCredentialsException', 401, 'Bad credentials', null],
  })
})
