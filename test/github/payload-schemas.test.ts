// Each payload that we build, against GitHub's own description of it
// (`scripts/take-webhook-schemas.ts` takes it).
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { suite, test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { integrationPayloads, sitePayloads } from './integration-payloads.ts'
import { organizationHookPayloads, payloadsOf } from './payloads.ts'
import { links, organizationsScene, usersScene } from './sample.ts'

const schemas = JSON.parse(readFileSync(new URL('./fixtures/webhook-schemas.json', import.meta.url), 'utf8'))
const ajv = new Ajv2020({ strict: false, allErrors: true })
formats.default(ajv)
ajv.addFormat('int64', true)
ajv.addSchema(schemas, 'github')

const owners = [
  { owner: 'a user', payloads: payloadsOf(usersScene, links) },
  { owner: 'an organization', payloads: payloadsOf(organizationsScene, links) },
  { owner: 'an organization itself', payloads: organizationHookPayloads(links) },
  { owner: 'an App', payloads: integrationPayloads(links) },
  { owner: 'the site', payloads: sitePayloads(links) },
]

for (const { owner, payloads } of owners) {
  suite(`a payload of ${owner}`, () => {
    for (const [name, payload] of payloads) {
      test(`it is what GitHub describes as ${name}`, () => {
        const validate = ajv.compile({ $ref: `github#/schemas/${name}` })
        // As the receiver sees it: after JSON.
        assert.ok(validate(JSON.parse(JSON.stringify(payload))), ajv.errorsText(validate.errors))
      })
    }
  })
}

suite('the description', () => {
  const opened = payloadsOf(usersScene, links).get('issues.opened') ?? {}
  const validate = ajv.compile({ $ref: 'github#/schemas/issues.opened' })

  for (const { fault, payload } of [
    { fault: 'without a sender', payload: { ...opened, sender: undefined } },
    { fault: 'with another action', payload: { ...opened, action: 'closed' } },
    {
      fault: 'whose issue has no title',
      payload: { ...opened, issue: { ...Object(opened.issue), title: undefined } },
    },
    {
      fault: 'whose issue has a time for an address',
      payload: { ...opened, issue: { ...Object(opened.issue), url: 'now' } },
    },
  ]) {
    test(`it objects to a payload ${fault}`, () => {
      assert.equal(validate(JSON.parse(JSON.stringify(payload))), false)
    })
  }
})
