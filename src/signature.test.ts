import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { verify } from '@octokit/webhooks-methods'
import { Secret } from './secret.ts'
import { sign } from './signature.ts'

const secret = new Secret("It's a Secret to Everybody")
const body = Buffer.from('Hello, World!')

test("gives the digests of GitHub's published vector", () => {
  assert.deepEqual(sign(secret, body), {
    sha1: 'sha1=01dc10d0c83e72ed246219cdd91669667fe2ca59',
    sha256: 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
  })
})

test("is verified by GitHub's own library", async () => {
  assert.equal(await verify(secret.reveal(), body.toString(), sign(secret, body).sha256), true)
})

test('never prints a secret by accident', () => {
  const printed = [String(secret), JSON.stringify({ secret }), inspect({ secret }), `${secret}`].join()
  assert.ok(!printed.includes('Everybody'), printed)
})
