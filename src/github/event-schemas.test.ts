import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { suite, test } from 'node:test'
import { brotliDecompressSync } from 'node:zlib'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { type EventSchemas, LOOSENED, makeEventSchemas } from '../../scripts/event-schemas.ts'
import { organizationHookPayloads, payloadsOf } from '../../test/github/payloads.ts'
import { recordings } from '../../test/github/recorded.ts'
import { links, organizationsScene, usersScene } from '../../test/github/sample.ts'
import { Budget } from '../base/budget.ts'
import { checkAgainst } from '../base/json-schema.ts'
import { EVENT_CATALOGUE } from '../event-catalogue.ts'
import { findEventSchema, hasEventSchema } from './event-schemas.ts'

const BYTES_MAX = 32 * 1024

const packed = readFileSync(new URL('event-schemas.json.br', import.meta.url))
const shipped: EventSchemas = JSON.parse(brotliDecompressSync(packed).toString())

suite('the schemas that are shipped', () => {
  test('are what the script makes of the installed description', () => {
    assert.deepEqual(shipped, makeEventSchemas())
    assert.ok(packed.byteLength < BYTES_MAX, `${packed.byteLength} bytes`)
  })

  test('are of events and actions that the catalogue has', () => {
    for (const [name, shapes] of Object.entries(shipped.events)) {
      const actions = EVENT_CATALOGUE.get(name)?.actions
      assert.ok(actions, name)
      const expected = actions === 'any' ? ['*'] : actions.length === 0 ? ['-'] : actions
      for (const action of Object.keys(shapes)) assert.ok(expected.includes(action), `${name} ${action}`)
    }
  })

  test('leave out what GitHub describes nowhere', () => {
    const without = [...EVENT_CATALOGUE.keys()].filter(name => !hasEventSchema(name))
    assert.deepEqual(without, [
      'bypass_request_secret_scanning',
      'dismissal_request_code_scanning',
      'dismissal_request_dependabot',
      'dismissal_request_secret_scanning',
      'exemption_request_push_ruleset',
      'issue_relates_to',
      'organization_custom_property',
      'organization_custom_property_values',
      'user',
    ])
    assert.equal(findEventSchema('constructor', null), undefined)
    assert.equal(findEventSchema('issues', 'constructor'), undefined)
    assert.equal(findEventSchema('issues', null), undefined)
  })

  test('say why each is looser than GitHub’s', () => {
    for (const { why } of Object.values(LOOSENED)) assert.match(why, /^[A-Z].+\.$/)
  })
})

suite('a payload', () => {
  test('that GitHub has sent is accepted, each of 329', () => {
    assert.equal(recordings.length, 329)
    for (const { name, payload } of recordings) assert.deepEqual(faultsOf(name, payload), [], name)
  })

  test('that we build is accepted', () => {
    const built = [
      ...payloadsOf(usersScene, links),
      ...payloadsOf(organizationsScene, links),
      ...organizationHookPayloads(links),
    ]
    for (const [name, payload] of built) {
      if (!hasEventSchema(eventOf(name))) continue
      assert.deepEqual(faultsOf(name, JSON.parse(JSON.stringify(payload))), [], name)
    }
  })

  test('with one thing changed is judged as ajv would', () => {
    const ajv = new Ajv2020({ strict: false, logger: false, ownProperties: true, inlineRefs: false })
    ajv.addSchema(shipped, 'shipped')
    // To compile all of them takes ajv three seconds.
    const names = [
      'issues.opened',
      'push',
      'star.created',
      'check_run.completed',
      'release.published',
      'status',
    ]
    const judges = names.map(name => {
      const { event, action } = parts(name)
      const validate = ajv.compile({ $ref: `shipped#/shapes/${shipped.events[event]?.[action ?? '-']}` })
      const found = recordings.filter(recording => recording.name === name)
      return { name, validate, payloads: found.map(({ payload }) => payload) }
    })
    let refused = 0
    const instead = fc.constantFrom<unknown>(null, 7, 'x', true, {}, [], [{}], undefined)
    fc.assert(
      fc.property(fc.constantFrom(...judges), fc.nat(), fc.nat(), instead, (judge, which, where, value) => {
        const payload = changed(judge.payloads[which % judge.payloads.length]!, where, value)
        const faults = faultsOf(judge.name, payload)
        assert.equal(faults.length === 0, judge.validate(payload), JSON.stringify(faults))
        if (faults.length > 0) refused++
      }),
      { numRuns: 2000 },
    )
    assert.ok(refused > 200 && refused < 1800, `${refused} of 2,000 were refused`)
  })
})

/** A copy in which one value, somewhere, is another, or is not there. */
function changed(payload: object, where: number, value: unknown): unknown {
  const copy = structuredClone(payload)
  const places: [holder: Record<string, unknown>, key: string][] = []
  const walk = (holder: object) => {
    for (const [key, inner] of Object.entries(holder)) {
      places.push([holder as Record<string, unknown>, key])
      if (typeof inner === 'object' && inner !== null) walk(inner)
    }
  }
  walk(copy)
  const [holder, key] = places[where % places.length]!
  if (value === undefined && !Array.isArray(holder)) delete holder[key]
  else holder[key] = value ?? null
  return copy
}

function faultsOf(name: string, payload: unknown) {
  const { event, action } = parts(name)
  const schema = findEventSchema(event, action)
  assert.ok(schema, name)
  return checkAgainst(schema, payload, new Budget(1_000_000), 10)
}

function eventOf(name: string): string {
  return name.replace(/\..*/, '')
}

function parts(name: string) {
  const event = eventOf(name)
  return { event, action: name === event ? null : name.slice(event.length + 1) }
}
