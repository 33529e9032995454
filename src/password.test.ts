import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hashPassword, passwordFault, provesPassword } from './password.ts'

describe('a password', () => {
  it('is proved by itself alone, and kept with another salt each time', async () => {
    const [first, second] = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')])
    assert.notEqual(first, second)
    assert.match(first, /^scrypt\$n=32768,r=8,p=1\$[\w-]{22}\$[\w-]{43}$/)
    assert.equal(await provesPassword('correct horse', first), true)
    assert.equal(await provesPassword('correct horsf', first), false)
    assert.equal(await provesPassword('', first), false)
  })

  it('is the same however a keyboard writes its letters', async () => {
    assert.equal(await provesPassword('cafe\u0301 au lait', await hashPassword('caf\u00e9 au lait')), true)
  })

  it('is nobody’s where none is kept', async () => {
    assert.equal(await provesPassword('correct horse', undefined), false)
  })

  it('is proved with the cost that it was kept with', async () => {
    const cheap = 'scrypt$n=16,r=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$'
    await assert.rejects(provesPassword('x', cheap), /cannot be read/)
    const { scryptSync } = await import('node:crypto')
    const key = scryptSync('correct horse', Buffer.from('saltsaltsaltsalt'), 32, { N: 16, r: 1, p: 1 })
    assert.equal(await provesPassword('correct horse', cheap + key.toString('base64url')), true)
  })

  it('waits for its turn, up to a ceiling', async () => {
    const many = await Promise.allSettled(Array.from({ length: 30 }, () => provesPassword('x', undefined)))
    const refused = many.filter(({ status }) => status === 'rejected')
    assert.equal(refused.length, 8)
    assert.equal(await provesPassword('x', undefined), false)
  })

  it('has a length, and is not the login', () => {
    assert.match(passwordFault('short', 'mona') ?? '', /too short/)
    assert.match(passwordFault('x'.repeat(257), 'mona') ?? '', /too long/)
    assert.match(passwordFault('x'.repeat(1_000_000), 'mona') ?? '', /too long/)
    assert.match(passwordFault('mona-lisa-123', 'mona-lisa') ?? '', /the login/)
    assert.match(passwordFault('aaaaaaaaaaaa', 'mona') ?? '', /repeats/)
    assert.equal(passwordFault('correct horse battery', 'mona'), null)
    assert.equal(passwordFault('ab c'.repeat(64), 'mona'), null)
  })
})
