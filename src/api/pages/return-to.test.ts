import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ownPath } from './return-to.ts'

describe('the page to go on to', () => {
  it('is one of this origin', () => {
    for (const path of [
      '/',
      '/octo/widgets/settings/hooks/1?tab=deliveries&status=failed#x',
      '/new?owner=octo-org',
      '/a?b=//evil.example',
      '/%2F%2Fevil.example',
      '/%5Cevil.example',
    ]) {
      assert.equal(ownPath(path), path)
    }
    assert.equal(ownPath('/a/../b'), '/b')
    assert.equal(ownPath('/caf\u00e9'), '/caf%C3%A9')
  })

  it('is no other', () => {
    for (const path of [
      '',
      'evil.example',
      'https://evil.example/',
      'https:evil.example',
      'javascript:alert(1)',
      '//evil.example',
      '///evil.example',
      '/\\evil.example',
      '\\\\evil.example',
      '\\/evil.example',
      '/\t/evil.example',
      '/\n/evil.example',
      '/\r\n\\evil.example',
      '\t//evil.example',
      ' //evil.example',
      '/.//evil.example',
      '/x/..//evil.example',
      '/%2e//evil.example',
      '/x/%2E%2e//evil.example',
      '/./\\evil.example',
      '//[',
      `/${'x'.repeat(2000)}`,
    ]) {
      assert.equal(ownPath(path), undefined, JSON.stringify(path))
    }
  })
})
