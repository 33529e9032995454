// Section 9 of what we know of GitHub, one line an event: where it may be subscribed. R repository,
// O organization, A App; the site may ask for whatever R or O may, and for G.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { EVENT_CATALOGUE } from './event-catalogue.ts'
import { hookEventFaults } from './github/hook-body.ts'
import type { TargetKind } from './hook.ts'

const EVENTS: readonly (readonly [name: string, targets: string, actions?: number])[] = [
  ['branch_protection_configuration', 'ROA', 2],
  ['branch_protection_rule', 'ROA', 3],
  ['bypass_request_secret_scanning', 'ROA'],
  ['check_run', 'ROA', 4],
  ['check_suite', 'ROA', 3],
  ['code_scanning_alert', 'ROA', 7],
  ['commit_comment', 'ROA', 1],
  ['create', 'ROA', 0],
  ['custom_property', 'OA', 4],
  ['custom_property_values', 'ROA', 1],
  ['delete', 'ROA', 0],
  ['dependabot_alert', 'ROA', 8],
  ['deploy_key', 'ROA', 2],
  ['deployment', 'ROA', 1],
  ['deployment_protection_rule', 'A', 1],
  ['deployment_review', 'A', 3],
  ['deployment_status', 'ROA', 1],
  ['discussion', 'ROA', 15],
  ['discussion_comment', 'ROA', 3],
  ['dismissal_request_code_scanning', 'ROA'],
  ['dismissal_request_dependabot', 'ROA'],
  ['dismissal_request_secret_scanning', 'ROA'],
  ['exemption_request_push_ruleset', 'ROA'],
  ['fork', 'ROA', 0],
  ['github_app_authorization', 'A', 1],
  ['gollum', 'ROA', 0],
  ['installation', 'A', 5],
  ['installation_repositories', 'A', 2],
  ['installation_target', 'A', 1],
  ['issue_comment', 'ROA', 5],
  ['issue_dependencies', 'ROA', 4],
  ['issue_relates_to', 'ROA', 2],
  ['issues', 'ROA', 20],
  ['label', 'ROA', 3],
  ['marketplace_purchase', '', 5],
  ['member', 'ROA', 3],
  ['membership', 'OA', 2],
  ['merge_group', 'ROA', 2],
  ['meta', 'ROA', 1],
  ['milestone', 'ROA', 5],
  ['org_block', 'OA', 2],
  ['organization', 'OA', 5],
  ['organization_custom_property', 'O', 3],
  ['organization_custom_property_values', 'O', 1],
  ['package', 'RO', 2],
  ['page_build', 'ROA', 0],
  ['personal_access_token_request', 'OA', 4],
  ['ping', 'ROA', 0],
  ['project', 'ROA', 5],
  ['project_card', 'ROA', 5],
  ['project_column', 'ROA', 4],
  ['projects_v2', 'O', 5],
  ['projects_v2_item', 'O', 7],
  ['projects_v2_status_update', 'O', 3],
  ['public', 'ROA', 0],
  ['pull_request', 'ROA', 22],
  ['pull_request_review', 'ROA', 3],
  ['pull_request_review_comment', 'ROA', 3],
  ['pull_request_review_thread', 'ROA', 2],
  ['push', 'ROA', 0],
  ['registry_package', 'ROA', 2],
  ['release', 'ROA', 7],
  ['repository', 'ROA', 9],
  ['repository_advisory', 'ROA', 2],
  ['repository_dispatch', 'A'],
  ['repository_import', 'RO', 0],
  ['repository_ruleset', 'ROA', 3],
  ['repository_vulnerability_alert', 'RO', 4],
  ['secret_scanning_alert', 'ROA', 9],
  ['secret_scanning_alert_location', 'ROA', 1],
  ['secret_scanning_scan', 'ROA', 1],
  ['security_advisory', 'A', 3],
  ['security_and_analysis', 'ROA', 0],
  ['sponsorship', '', 6],
  ['star', 'ROA', 2],
  ['status', 'ROA', 0],
  ['sub_issues', 'ROA', 4],
  ['team', 'OA', 5],
  ['team_add', 'ROA', 0],
  ['user', 'G', 2],
  ['watch', 'ROA', 1],
  ['workflow_dispatch', 'A', 0],
  ['workflow_job', 'ROA', 4],
  ['workflow_run', 'ROA', 3],
]

const LETTERS: readonly (readonly [kind: TargetKind, letters: RegExp])[] = [
  ['repository', /R/],
  ['organization', /O/],
  ['app', /A/],
  ['site', /[ROG]/],
]

test('has these events, and no other', () => {
  assert.deepEqual(
    [...EVENT_CATALOGUE.keys()],
    EVENTS.map(([name]) => name),
  )
})

for (const [name, targets, actions] of EVENTS) {
  suite(name, () => {
    for (const [kind, letters] of LETTERS) {
      const isAllowed = letters.test(targets)
      test(`is ${isAllowed ? 'allowed' : 'not allowed'} for a hook of ${kind}`, () => {
        const message = `These events are not allowed for this hook: ${name}`
        const refusal = [{ resource: 'Hook', code: 'custom', message }]
        assert.deepEqual(hookEventFaults([name], kind), isAllowed ? [] : refusal)
      })
    }

    test('has its actions, and a description of one line', () => {
      const event = EVENT_CATALOGUE.get(name)
      assert.match(event?.description ?? '', /^[A-Z][^\n]{10,110}\.$/)
      if (actions === undefined) return
      assert.ok(event && event.actions !== 'any')
      assert.equal(event.actions.length, actions)
      assert.deepEqual(event.actions, event.actions.toSorted())
    })
  })
}

test('names all that are not allowed in one item', () => {
  assert.deepEqual(hookEventFaults(['push', 'team', 'nonsense', 'workflow_dispatch'], 'repository'), [
    {
      resource: 'Hook',
      code: 'custom',
      message: 'These events are not allowed for this hook: team, nonsense, workflow_dispatch',
    },
  ])
})
