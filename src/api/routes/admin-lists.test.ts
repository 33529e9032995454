import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setSuspended } from '../../store/profiles.ts'
import { startTestServer } from '../test-server.ts'

describe('the lists of the site', () => {
  it('have every user and every organization, searched and in pages', async t => {
    const server = await startTestServer(t)
    const token = await server.addToken(await server.addUser('root', { siteAdmin: true }))
    const mona = await server.addUser('mona')
    await server.addUser('Monalisa')
    await server.addOrganization('octo-org', mona)
    await server.store.write(tx => setSuspended(tx, mona.id, true, 0))

    const logins = async (path: string) =>
      (await server.request('GET', path, { token })).json.map((one: { login: string }) => one.login)
    assert.deepEqual(await logins('/admin/users'), ['mona', 'Monalisa', 'root'])
    assert.deepEqual(await logins('/admin/users?q=MONA'), ['mona', 'Monalisa'])
    assert.deepEqual(await logins('/admin/users?q=_'), [])
    assert.deepEqual(await logins('/admin/organizations'), ['octo-org'])
    const { headers, json } = await server.request('GET', '/admin/users?per_page=1', { token })
    assert.match(headers.get('link') ?? '', /page=2>; rel="next"/)
    assert.deepEqual([json[0].suspended_at, json[0].site_admin], ['1970-01-01T00:00:00Z', false])
  })

  it('are not there for anybody else', async t => {
    const server = await startTestServer(t)
    const token = await server.addToken(await server.addUser('mona'))
    for (const path of ['/admin/users', '/admin/organizations']) {
      assert.equal((await server.request('GET', path, { token })).status, 404)
      assert.equal((await server.request('GET', path)).status, 401)
    }
  })
})
