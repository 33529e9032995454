import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { Secret } from '../secret.ts'
import { newVaultKey, parseVaultKeys, Vault, vaultKeysText } from './vault.ts'

suite('a vault', () => {
  test('opens what it sealed, never sealed alike twice', () => {
    const vault = new Vault([newVaultKey()])
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), text => {
        const [one, other] = [vault.seal(new Secret(text)), vault.seal(new Secret(text))]
        assert.equal(vault.open(one).reveal(), text)
        assert.notDeepEqual(one.bytes, other.bytes)
      }),
    )
  })

  test('seals with its first key, and opens with every one', () => {
    const [older, newer] = [newVaultKey(), newVaultKey()]
    const sealed = new Vault([older]).seal(new Secret('s3cret'))
    const vault = new Vault([newer, older])
    assert.equal(vault.open(sealed).reveal(), 's3cret')
    assert.equal(vault.seal(new Secret('s3cret')).keyId, newer.id)
    assert.throws(() => new Vault([newer]).open(sealed), {
      code: 'misconfigured',
      message: new RegExp(older.id),
    })
  })

  test('opens nothing that was changed, whatever byte it is', () => {
    const vault = new Vault([newVaultKey()])
    const { keyId, bytes } = vault.seal(new Secret('s3cret'))
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.map((byte, index) => (index === at ? byte ^ 1 : byte))
      assert.throws(() => vault.open({ keyId, bytes: changed }), { code: 'misconfigured' })
    }
    assert.throws(() => vault.open({ keyId, bytes: bytes.subarray(0, 20) }), { code: 'misconfigured' })
  })
})

suite('the text of keys', () => {
  test('is a line for each, and read back in their order', () => {
    const keys = [newVaultKey(), newVaultKey()] as const
    const text = vaultKeysText(keys)
    assert.match(text, /^([0-9a-f]{8}:[A-Za-z0-9+/]{43}=\n){2}$/)
    assert.deepEqual(parseVaultKeys(text), keys)
    // As an editor on Windows leaves it.
    assert.deepEqual(parseVaultKeys(`\n${text.replaceAll('\n', '\r\n')}`), keys)
  })

  test('is refused without a key, and is not in the message', () => {
    const good = vaultKeysText([newVaultKey()])
    const short = `name:${Buffer.alloc(31, 7).toString('base64')}`
    for (const text of ['', '\n', 'sinker', short, `${good}${short}`, `:${good.split(':')[1]}`]) {
      assert.throws(
        () => parseVaultKeys(text),
        (error: Error & { code: string }) => {
          assert.equal(error.code, 'misconfigured')
          return !error.message.includes('BwcH') && !error.message.includes('sinker')
        },
      )
    }
  })
})
