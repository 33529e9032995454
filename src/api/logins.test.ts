import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { listRoutes } from '../../test/github/routes.ts'
import { isLogin } from '../account.ts'
import { isReserved, loginFaults } from './logins.ts'
import { startTestServer } from './test-server.ts'

describe('a login', () => {
  it('is no first part of any address that the server has', async t => {
    const { context } = await startTestServer(t)
    const routes = await listRoutes(context)
    const roots = new Set(routes.map(route => route.split(/[ /]+/)[1] ?? ''))
    const open = [...roots].filter(root => isLogin(root) && !isReserved(root))
    assert.deepEqual(open, ['admin', 'octocat'])
    assert.ok(roots.size > 20)
  })

  it('is refused whatever its case, when an address has it', () => {
    for (const login of ['Site', 'NEW', 'settings', 'docs', 'user', 'Orgs']) {
      assert.deepEqual(loginFaults('User', login), [{ resource: 'User', code: 'invalid', field: 'login' }])
    }
    assert.deepEqual([...loginFaults('User', 'octocat'), ...loginFaults('User', 'admin')], [])
  })
})
